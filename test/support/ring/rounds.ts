import { Rng } from '../../../src/rng.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import { Lockstep } from './lockstep.js';
import { type OperationKind, OPERATION_KINDS, type Tally } from './operations.js';
import type { RigOptions } from './rig.js';

const ROUND: OperationKind[] = ['fill', 'kick', 'popAll', 'stageUsedAll', 'interrupt', 'drain'];

/** Moves a ring on by `positions` in full rounds beside the reference, with a call out of turn now and then. */
export function runRounds(layout: RingLayout, options: RigOptions, positions: number): Tally {
  const rng = new Rng(4711);
  const lockstep = Lockstep.of(options, layout);
  const step = (kind: OperationKind) =>
    lockstep.run({ kind, a: rng.below(0x1_0000), b: rng.below(0x1_0000) });
  while (lockstep.consumed < positions) {
    for (const kind of ROUND) step(kind);
    if (rng.chance(0.25)) step(OPERATION_KINDS[rng.below(OPERATION_KINDS.length)] as OperationKind);
  }
  lockstep.finish();
  return lockstep.tally;
}
