import { describe, expect, it } from 'vitest';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeRig } from '../../support/ring/rig.js';
import { runRounds } from '../../support/ring/rounds.js';

const LAP = 65536;

describe('indices that wrap at 65536', () => {
  it.each([
    { laps: 1, size: 1, eventIdx: true, startIndex: 0xffff },
    { laps: 3, size: 8, eventIdx: false, inOrder: true, startIndex: 0 },
    { laps: 3, size: 128, eventIdx: true, inOrder: true, directCount: 0, startIndex: 0xfff0 },
    { laps: 3, size: 128, eventIdx: true, startIndex: 7 },
  ])('$laps times round: %o', ({ laps, ...options }) => {
    const tally = runRounds('split', options, laps * LAP);
    expect(tally.buffersReturned).toBeGreaterThanOrEqual(laps * LAP);
    expect(tally.kicksSent).toBeGreaterThan(0);
    expect(tally.interruptsSent).toBeGreaterThan(0);
  });
});

describe('the largest split queue', () => {
  const size = 32768;

  it.each([
    { eventIdx: true, startIndex: 0xffff },
    { eventIdx: false, inOrder: true, startIndex: 0x8001 },
  ])('size 32768 is filled to the last descriptor and emptied: %o', (options) => {
    const { driver, device, wire, kicks, interrupts } = makeRig({ ...options, size, memoryBytes: 1 << 21 });
    const buffers = new ScatterList();
    const post = (token: number) => driver.stageBuf(fill(buffers, token), token);
    for (let token = 0; token < size; token++) if (!post(token)) expect.fail(`buffer ${token} does not fit`);
    expect(post(size), 'one more than the queue has descriptors').toBe(false);
    expect(driver.freeCount).toBe(0);
    expect(driver.kick()).toBe(true);
    expect(wire.availIdx).toBe((options.startIndex + size) & 0xffff);

    const chains = Array.from({ length: size }, () => new Chain());
    for (const chain of chains) if (!device.pop(chain)) expect.fail('a buffer is missing');
    expect(device.pop(new Chain())).toBe(false);
    // Out of order: all the odd ones first, backwards.
    const order =
      options.inOrder === true ? chains : [...chains.filter(isOdd).reverse(), ...chains.filter(isEven)];
    const expected = order.map((chain) => chain.buffers.length(0) - 1);
    for (const chain of order) device.stageUsed(chain, chain.writableBytes);
    expect(device.interrupt()).toBe(true);
    expect(wire.usedIdx).toBe((options.startIndex + size) & 0xffff);

    const tokens = expected.map(() => driver.getBuf());
    expect(tokens).toEqual(expected);
    expect(new Set(tokens).size).toBe(size);
    expect(driver.getBuf()).toBeUndefined();
    expect(driver.freeCount).toBe(size);
    expect([kicks.count, interrupts.count]).toEqual([1, 1]);
  });

  /** The token is told by the length, so that the device's side of the test needs no table. */
  function fill(buffers: ScatterList, token: number): ScatterList {
    buffers.clear();
    return buffers.addWritable(4096, token + 1);
  }

  const isOdd = (_: Chain, i: number): boolean => i % 2 === 1;
  const isEven = (_: Chain, i: number): boolean => i % 2 === 0;
});
