import type { Rng } from '../../rng.js';
import type { RingLayout } from '../../virtqueue/layouts.js';
import type { ProgramOptions } from './catalogue.js';

const BUFFERS_MAX = 16;
const BATCH_MAX = 4;
/** Of a buffer's descriptors without a table. */
const DESCRIPTORS = 2;

/**
 * Options of a ring for one random execution: whatever the user did not fix is drawn, rings that hold only some of the
 * buffers and indices that are about to wrap among them.
 */
export function drawRing(layout: RingLayout, given: ProgramOptions, rng: Rng): ProgramOptions {
  const coin = (): boolean => rng.chance(0.5);
  const count = (most: number): number => 1 + rng.below(most);
  const buffers = Number(given['buffers'] ?? count(BUFFERS_MAX));
  return {
    buffers,
    eventIdx: coin(),
    indirect: coin(),
    inOrder: coin(),
    batch: count(BATCH_MAX),
    deviceBatch: count(BATCH_MAX),
    ringSize: drawSize(layout, buffers, rng),
    startIndex: drawIndex(buffers, rng),
    ...given,
  };
}

/** From the smallest that there is to about twice what all buffers need at once. */
function drawSize(layout: RingLayout, buffers: number, rng: Rng): number {
  const needed = DESCRIPTORS * buffers;
  if (layout === 'packed') return DESCRIPTORS + rng.below(2 * needed - 1);
  return 2 ** (1 + rng.below(Math.ceil(Math.log2(needed)) + 1));
}

/** At the start, just in front of the wrap of 16 bits, or anywhere. */
function drawIndex(buffers: number, rng: Rng): number {
  const index = rng.below(0x1_0000);
  const beforeWrap = 0xffff - rng.below(2 * buffers);
  return [0, beforeWrap, index][rng.below(3)] as number;
}
