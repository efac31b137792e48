import { describe, expect, it } from 'vitest';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makePackedRig, type RigOptions } from '../../support/ring/rig.js';
import { runRounds } from '../../support/ring/rounds.js';
import { buffer, drain, pop, post } from '../../support/ring/traffic.js';

const SIZES = [1, 2, 3, 5, 7, 1000, 32768];

describe('slots that wrap at the queue size', () => {
  it.each([
    { laps: 4000, size: 1, eventIdx: true, startIndex: 0xffff },
    { laps: 1500, size: 2, eventIdx: false, inOrder: true, startIndex: 0 },
    { laps: 1500, size: 3, eventIdx: true, startIndex: 7 },
    { laps: 600, size: 5, eventIdx: true, inOrder: true, startIndex: 4 },
    { laps: 600, size: 7, eventIdx: true, inOrder: true, directCount: 0, startIndex: 0 },
    { laps: 20, size: 1000, eventIdx: true, startIndex: 999 },
    { laps: 4, size: 32768, eventIdx: true, inOrder: true, startIndex: 32767, memoryBytes: 1 << 21 },
    { laps: 4, size: 32768, eventIdx: false, startIndex: 0xffff, memoryBytes: 1 << 21 },
  ])('$laps times round: %o', ({ laps, ...options }) => {
    const tally = runRounds('packed', options, laps * options.size);
    expect(tally.kicksSent).toBeGreaterThan(0);
    expect(tally.interruptsSent).toBeGreaterThan(0);
  });
});

describe('a list exactly as long as the ring', () => {
  it.each(SIZES)('goes round again and again, wherever it starts: size %i', (size) => {
    for (const startIndex of [0, size - 1, size + Math.floor(size / 2)]) {
      const rig = makePackedRig({ size, startIndex, memoryBytes: 1 << 21 });
      const list = buffer(
        rig,
        [],
        Array.from({ length: size }, () => 1),
      );
      const chain = new Chain();
      for (let lap = 0; lap < 4; lap++) {
        const position = startIndex + lap * size;
        post(rig, lap, list);
        expect(rig.driver.freeCount).toBe(0);
        expect(rig.driver.addBuf(buffer(rig, [1], []), 99), 'the ring is full').toBe(false);
        const wrong = Array.from({ length: size }, (_, i) => position + i).filter(
          (at) => !rig.wire.isAvailable(at),
        );
        expect(wrong, 'not available in its own lap').toEqual([]);
        expect(rig.device.pop(chain)).toBe(true);
        expect(chain.buffers.count).toBe(size);
        expect(rig.device.poll(), 'its own first slot again').toBe(false);
        rig.device.push(chain, size);
        expect(rig.wire.isUsed(position)).toBe(true);
        expect(drain(rig)).toEqual([lap]);
        expect([rig.driver.usedLength, rig.driver.freeCount]).toEqual([size, size]);
      }
    }
  });
});

describe('a list across the end of the ring', () => {
  it.each([2, 3, 5, 7, 1000, 32768])('is found whole, cut at any of its descriptors: size %i', (size) => {
    const count = Math.min(size, 5);
    for (let before = 1; before < count; before++) {
      const startIndex = size - before;
      const rig = makePackedRig({ size, startIndex, memoryBytes: 1 << 21 });
      post(
        rig,
        7,
        buffer(
          rig,
          [],
          Array.from({ length: count }, (_, i) => i + 1),
        ),
      );
      const laps = Array.from({ length: count }, (_, i) => rig.wire.flags(startIndex + i) & 0x8080);
      expect(laps).toEqual(Array.from({ length: count }, (_, i) => (i < before ? 0x80 : 0x8000)));
      const chain = pop(rig);
      expect(chain.buffers.count).toBe(count);
      rig.device.push(chain, 1);
      expect(drain(rig)).toEqual([7]);
      // What follows is in the new lap on both ends.
      post(rig, 8);
      expect(rig.wire.isAvailable(startIndex + count)).toBe(true);
      rig.device.push(pop(rig), 0);
      expect(rig.wire.isUsed(startIndex + count)).toBe(true);
      expect(drain(rig)).toEqual([8]);
    }
  });
});

describe('the largest packed queue', () => {
  const size = 32768;
  const cases: RigOptions[] = [
    { eventIdx: true, startIndex: 0xffff },
    { eventIdx: false, inOrder: true, startIndex: 0x7ffe },
  ];

  it.each(cases)('size 32768 is filled to the last slot and emptied: %o', (options) => {
    const { driver, device, wire, kicks, interrupts } = makePackedRig({
      ...options,
      size,
      memoryBytes: 1 << 21,
    });
    const buffers = new ScatterList();
    const stage = (token: number) => driver.stageBuf(fill(buffers, token), token);
    for (let token = 0; token < size; token++) if (!stage(token)) expect.fail(`buffer ${token} does not fit`);
    expect(stage(size), 'one more than the queue has slots').toBe(false);
    expect(driver.freeCount).toBe(0);
    expect(driver.kick()).toBe(true);

    const chains = Array.from({ length: size }, () => new Chain());
    for (const chain of chains) if (!device.pop(chain)) expect.fail('a buffer is missing');
    expect(device.pop(new Chain())).toBe(false);
    // Out of order: all the odd ones first, backwards.
    const order =
      options.inOrder === true ? chains : [...chains.filter(isOdd).reverse(), ...chains.filter(isEven)];
    const expected = order.map((chain) => chain.buffers.length(0) - 1);
    for (const chain of order) device.stageUsed(chain, chain.writableBytes);
    expect(device.interrupt()).toBe(true);
    expect(wire.isUsed(options.startIndex ?? 0)).toBe(true);

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
