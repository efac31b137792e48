import { assert } from '../../assert.js';
import { LivenessError } from '../../errors.js';
import { Chain } from '../../virtqueue/chain.js';
import type { RingLayout } from '../../virtqueue/layouts.js';
import { Rig } from './rig.js';

const ROUNDS = 20;

/** A driver that polls has asked for silence: the device must not interrupt it all the same. */
export function silence(layout: RingLayout): void {
  const rig = new Rig({ layout });
  rig.driver.disableCallbacks();
  for (let round = 0; round < ROUNDS; round++) {
    rig.driver.addBuf(rig.list(), round);
    rig.serve();
    rig.device.interrupt();
    assert(rig.driver.getBuf() === round, 'buffer % is not back', round);
  }
  assert(rig.interrupts === 0, '% interrupts of a polled queue, % buffers', rig.interrupts, ROUNDS);
}

/** A driver that never says anything about its interrupts wants one for each buffer that it waits for. */
export function untouchedCallbacks(): void {
  const rig = new Rig();
  for (let round = 0; round < ROUNDS; round++) {
    rig.driver.addBuf(rig.list(), round);
    rig.serve();
    if (!rig.device.interrupt()) throw new LivenessError('NO_INTERRUPT', `buffer ${round} is never heard of`);
    assert(rig.driver.getBuf() === round, 'buffer % is not back', round);
  }
}

/** Two buffers are shown one by one, and the decision about an interrupt is for both. */
export function lateDecision(): void {
  const rig = new Rig();
  for (const token of [0, 1]) rig.driver.addBuf(rig.list(), token);
  rig.serve();
  rig.serve();
  if (!rig.device.interrupt())
    throw new LivenessError('NO_INTERRUPT', 'the one buffer asked for was passed over');
}

/** A device that has a buffer in hand, and no other to take, must come to rest. */
export function bufferInHand(): void {
  const rig = new Rig();
  rig.driver.addBuf(rig.list(), 0);
  const chain = new Chain();
  assert(rig.device.pop(chain), 'the buffer is not there');
  for (let turn = 0; turn < ROUNDS; turn++) {
    if (rig.device.enableKicks()) return;
    rig.device.disableKicks();
    assert(!rig.device.pop(new Chain()), 'there is a second buffer');
  }
  throw new LivenessError('LIVELOCK', `enabled and disabled ${ROUNDS} times, with nothing to take`);
}
