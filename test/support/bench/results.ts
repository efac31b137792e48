import { type BenchResult, median, type RingResult, spread } from '../../../src/bench/bench-result.js';
import type { RecordedEnvironment } from '../../../src/bench/history.js';
import type { RecordedResult } from '../../../src/bench/read-results.js';

export const ENVIRONMENT: RecordedEnvironment = {
  cpu_model: 'Model 1',
  cpu_count: 2,
  node_version: '20.20.2',
  load_average: [0.1, 0.1, 0.1],
};

/** A result of the ring bench with these samples. */
export function ringResult(samples: readonly number[], changes: Partial<RingResult> = {}): RingResult {
  return {
    name: 'ring',
    metric: 'ns_per_buffer',
    better: 'lower',
    samples,
    repetitions: samples.length,
    spread: spread(samples),
    layout: 'split',
    wait: 'poll',
    batch: 1,
    ring_size: 256,
    features: ['EVENT_IDX'],
    depth: 256,
    queues: 1,
    elements: 1,
    element_bytes: 64,
    buffers: 1_000_000,
    ns_per_buffer: median(samples),
    buffers_per_s: 1e9 / median(samples),
    kicks_per_buffer: 0,
    interrupts_per_buffer: 0,
    heap_bytes_per_buffer: 0,
    minor_collections: 0,
    major_collections: 0,
    latency_ns: null,
    bytes_per_s: null,
    memcpy_bytes_per_s: null,
    ...changes,
  };
}

/** As it is read from a file; every call with another `run` is another run of the program. */
export function recorded(result: BenchResult, run = 0, environment = ENVIRONMENT): RecordedResult {
  return {
    started_at: `2026-11-22T10:00:0${run}.000Z`,
    environment,
    result: { ...result, samples: [...result.samples] },
  };
}

/** What `vring bench ring --json` prints. */
export function benchDocument(results: readonly BenchResult[], run = 0, environment = ENVIRONMENT): string {
  const { started_at } = recorded(ringResult([1]), run);
  const head = { schemaVersion: 1, command: 'bench', what: 'ring', exitCode: 0, started_at, environment };
  return `${JSON.stringify({ ...head, results }, null, 2)}\n`;
}

/** `count` samples from `from` on, each one percent of it above the one before. */
export function climbing(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from * (1 + index / 100));
}
