import { assert } from '../../assert.js';
import { InvariantError, LivenessError, ProtocolViolation, QueueBroken } from '../../errors.js';
import { Chain } from '../../virtqueue/chain.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import { Desc, DESC_BYTES, DescFlag, splitLayout } from '../../virtqueue/split-layout.js';
import { linked } from './expect.js';
import { Rig } from './rig.js';

/** Buffers come back empty, as after an error; the queue must be as good as new after each. */
export function emptyAnswers(): void {
  const rig = new Rig();
  for (let round = 0; round < 3 * rig.options.size; round++) {
    rig.driver.addBuf(rig.list(), round);
    rig.serve(0);
    assert(rig.driver.getBuf() === round, 'buffer % is not back', round);
  }
}

/** A buffer without a range has no descriptor, so nothing can carry it. */
export function emptyBuffer(): void {
  const rig = new Rig();
  let isAccepted = false;
  try {
    isAccepted = rig.driver.addBuf(new ScatterList(), 0);
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
  }
  assert(!isAccepted, 'accepted: a buffer without a descriptor, as id 0');
}

/** The device has broken the ring: whoever asks whether there is more must learn that, and not ask for ever. */
export function brokenQueue(): void {
  const rig = new Rig();
  const { usedIdx } = splitLayout(rig.options.size, rig.ring);
  rig.driver.addBuf(rig.list(), 0);
  rig.memory.store16Release(usedIdx, 9);
  for (let turn = 0; turn < 1000; turn++) {
    try {
      if (!rig.driver.poll()) return;
      rig.driver.getBuf();
    } catch (error) {
      if (error instanceof QueueBroken) return;
      if (!(error instanceof ProtocolViolation)) throw error;
    }
  }
  throw new LivenessError('BUSY_LOOP', 'a broken queue says that there is more, and has nothing');
}

/** The device forges the links of a chain before it returns it: the driver must go by its own. */
export function forgedLinks(): void {
  const rig = new Rig();
  const { desc } = splitLayout(rig.options.size, rig.ring);
  const chains = [new Chain(), new Chain()] as const;
  for (const token of [0, 1]) rig.driver.addBuf(rig.list(), token);
  for (const chain of chains) assert(rig.device.pop(chain), 'a buffer is missing');
  // As if the first buffer went on in the second.
  rig.memory.store32(desc + Desc.flagsAndNext, linked(0, 2));
  for (const chain of chains) rig.device.push(chain, 4);
  for (const token of [0, 1]) assert(rig.driver.getBuf() === token, 'buffer % is not back', token);
  const list = rig.list(3);
  assert(rig.driver.addBuf(list, 2), 'the ring is empty, and takes no buffer');
  const chain = new Chain();
  assert(rig.device.pop(chain), 'the large buffer is missing');
  for (let i = 0; i < list.count; i++) {
    assert(chain.buffers.address(i) === list.address(i), 'range % of the large buffer is another', i);
  }
}

/** One buffer is announced a hundred times over, and the device returns each at once. */
export function tooMany(): void {
  const rig = new Rig();
  const { availIdx, desc } = splitLayout(rig.options.size, rig.ring);
  rig.memory.store32(desc + Desc.length, DESC_BYTES);
  rig.memory.store32(desc + Desc.flagsAndNext, DescFlag.write);
  rig.memory.store16Release(availIdx, 100);
  const chain = new Chain();
  let served = 0;
  try {
    for (; rig.device.pop(chain); served++) rig.device.push(chain, 0);
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
  }
  assert(served <= rig.options.size, '% buffers out of a ring of %', served, rig.options.size);
}
