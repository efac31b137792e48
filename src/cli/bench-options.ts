import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { RingChoices } from '../bench/ring/ring-suites.js';
import { ScenarioError } from '../errors.js';
import { isQueueSize } from '../virtqueue/layouts.js';
import { MAX_QUEUE_SIZE } from '../virtqueue/split-layout.js';
import type { StoreFlags } from './keep-run.js';

/** Options that every bench has. */
export interface CommonBenchFlags extends StoreFlags {
  readonly repetitions: number;
  readonly json?: true;
  readonly history?: string;
  readonly color: boolean;
}

/** What the command line says about a ring, as commander hands it over. */
export interface RingFlags extends CommonBenchFlags {
  readonly layout?: 'split' | 'packed';
  readonly wait?: 'poll' | 'block' | 'adaptive';
  readonly spinUs?: number;
  readonly batch?: number;
  readonly ringSize?: number;
  readonly buffers?: number;
  readonly queues?: number;
  /** False with `--no-event-idx`. */
  readonly eventIdx: boolean;
  readonly indirect?: true;
  readonly inOrder?: true;
}

export const REPETITIONS = 5;
const QUEUES_MAX = 64;
const BUFFERS_MAX = 10_000_000_000;

/** What was chosen, checked: a ring that cannot be is the user's fault. */
export function ringChoices(flags: RingFlags): RingChoices {
  const { layout = 'split', ringSize = 256, batch = 1, buffers = 1, queues = 1, spinUs } = flags;
  if (!isQueueSize(layout, ringSize)) {
    const sizes = layout === 'split' ? `a power of 2 up to ${MAX_QUEUE_SIZE}` : `at most ${MAX_QUEUE_SIZE}`;
    throw usage(`--ring-size ${ringSize}: a ${layout} ring has ${sizes} entries`);
  }
  if (batch > ringSize) throw usage(`--batch ${batch}: a ring of ${ringSize} never holds as many`);
  if (buffers > BUFFERS_MAX) throw usage(`--buffers ${buffers}: at most ${BUFFERS_MAX}`);
  if (queues > QUEUES_MAX) throw usage(`--queues ${queues}: at most ${QUEUES_MAX}`);
  const { eventIdx, indirect = false, inOrder = false } = flags;
  return {
    layout,
    eventIdx,
    indirect,
    inOrder,
    ringSize,
    batch,
    ...(flags.wait === undefined ? {} : { wait: flags.wait }),
    ...(flags.buffers === undefined ? {} : { buffers: flags.buffers }),
    ...(flags.queues === undefined ? {} : { queues: flags.queues }),
    ...(spinUs === undefined ? {} : { spinNs: spinUs * 1000 }),
  };
}

export function collectName(value: string, previous: readonly string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('a name is empty');
  return [...previous, value];
}

function usage(message: string): ScenarioError {
  return new ScenarioError('USAGE', message);
}
