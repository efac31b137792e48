import type { ExploreResult, Measured, RingResult } from './bench-result.js';

/** Whether a key says what was measured, or how that came out and how much of it there was. */
const KEYS = {
  name: 'what',
  metric: 'what',
  better: 'what',
  samples: 'figure',
  repetitions: 'figure',
  spread: 'figure',
  layout: 'what',
  wait: 'what',
  batch: 'what',
  ring_size: 'what',
  features: 'what',
  depth: 'what',
  queues: 'what',
  elements: 'what',
  element_bytes: 'what',
  // All figures are per buffer: how many there were is no other measurement, only a longer one.
  buffers: 'figure',
  ns_per_buffer: 'figure',
  buffers_per_s: 'figure',
  kicks_per_buffer: 'figure',
  interrupts_per_buffer: 'figure',
  heap_bytes_per_buffer: 'figure',
  minor_collections: 'figure',
  major_collections: 'figure',
  latency_ns: 'figure',
  bytes_per_s: 'figure',
  memcpy_bytes_per_s: 'figure',
  profile: 'what',
  graphs: 'figure',
  graphs_per_s: 'figure',
  elapsed_s: 'figure',
  workers: 'what',
} as const satisfies Record<keyof RingResult | keyof ExploreResult, 'what' | 'figure'>;

const FIGURES: ReadonlySet<string> = new Set(
  Object.entries(KEYS).flatMap(([key, kind]) => (kind === 'figure' ? [key] : [])),
);

/** What a result is of: two results about the same have it in common, and may be compared and pooled. */
export interface Subject {
  /** The same text for the same subject. */
  readonly identity: string;
  readonly name: string;
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  /** Everything else that is not a figure. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** A key that this version does not know counts as `what`: better not paired than wrongly so. */
export function subjectOf(result: Pick<Measured, 'name' | 'metric' | 'better'>): Subject {
  const { name, metric, better, ...others } = result;
  const known = Object.entries(others).filter(([key]) => !FIGURES.has(key));
  known.sort(([one], [other]) => (one < other ? -1 : 1));
  const identity = JSON.stringify([name, metric, better, known]);
  return { identity, name, metric, better, configuration: Object.fromEntries(known) };
}
