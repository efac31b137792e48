import type { WaitPolicy } from '../../transport/waiter.js';
import type { RingLayout } from '../../virtqueue/layouts.js';

/**
 * What the buffers are, and what the device does with them: all are the same memory, as in ringtest, where nobody looks
 * into it; each has its own, which is left alone too; or the device copies what it can read to a place of its own.
 */
export type PayloadUse = 'same' | 'none' | 'copy';

/** How the buffers reach the device: by their own addresses, or through the DMA API, as they are or bounced. */
export type BufferPath = 'none' | 'direct' | 'bounced';

/**
 * Who looks on: nobody; each end records its operations; its stores too; or all of it is checked on a third thread, as
 * `vring run --check` does.
 */
export type Onlooker = 'none' | 'events' | 'stores' | 'checks';

/** One way to use a ring, to be measured; plain data, the same for both threads. */
export interface RingCase {
  readonly layout: RingLayout;
  readonly wait: WaitPolicy;
  /** Buffers that become visible together, to the device and back. */
  readonly batch: number;
  readonly ringSize: number;
  /** Buffers in flight at most. */
  readonly depth: number;
  /** Measured, in each repetition. */
  readonly buffers: number;
  readonly eventIdx: boolean;
  readonly inOrder: boolean;
  /** Elements of a buffer go into a table of their own. */
  readonly indirect: boolean;
  readonly elements: number;
  readonly elementBytes: number;
  readonly payload: PayloadUse;
  readonly dma: BufferPath;
  readonly onlooker: Onlooker;
  /** What is timed, from post to return: nothing, each buffer of a stream, or one that is in flight alone. */
  readonly timing: 'none' | 'stream' | 'single';
}

/** Rounds before the measured ones: the engine compiles what it has seen often, and a loop once it has left it. */
export const WARM_UP_ROUNDS = 4;
const WARM_UP_BUFFERS = 200_000;

/**
 * Each thread takes so many buffers at once, then looks up. The loop over them is a function of its own: one that is
 * entered once and runs for a minute is compiled while it runs, and its variables stay what the interpreter had.
 */
export const PART_BUFFERS = 0x4000;
/** While it warms up: a function is compiled for good only after so many calls, however long each takes. */
export const WARM_UP_PART_BUFFERS = 0x100;

export function warmUpBuffers({ buffers }: RingCase): number {
  return Math.min(WARM_UP_BUFFERS, buffers);
}

export function bufferBytes({ elements, elementBytes }: RingCase): number {
  return elements * elementBytes;
}
