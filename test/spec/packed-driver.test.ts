import { describe, expect, it } from 'vitest';
import { Chain } from '../../src/virtqueue/chain.js';
import { packedLayout, packedParts } from '../../src/virtqueue/packed-layout.js';
import { ScatterList } from '../../src/virtqueue/scatter-list.js';
import { NEXT, WRITE } from '../support/ring/packed-wire.js';
import { makeRecordedPackedRig } from '../support/ring/recorded-rig.js';
import { makePackedRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, roundTrip, serve } from '../support/ring/traffic.js';

/** Stores into the descriptor ring, of a trace in words. */
const ringStores = (trace: readonly string[]): string[] =>
  trace.filter((step) => /^store.*\[\d+\]$/.test(step));

describe('2.8.11 alignment', () => {
  it('N0077 each part must start at a multiple of its alignment: 16, 4 and 4 bytes', () => {
    const good = { desc: 16, driver: 4, device: 8 };
    expect(packedLayout(5, good)).toEqual({ size: 5, ring: 16, driverEvent: 4, deviceEvent: 8 });
    for (const bad of [
      { desc: 8 },
      { desc: 24 },
      { driver: 2 },
      { driver: 6 },
      { device: 1 },
      { device: 10 },
    ]) {
      expect(() => packedLayout(5, { ...good, ...bad }), JSON.stringify(bad)).toThrow(/not aligned/);
    }
  });

  it('N0077 the parts tell their alignment to whoever allocates them', () => {
    const { desc, driver, device } = packedParts(5);
    expect([desc.align, driver.align, device.align]).toEqual([16, 4, 4]);
  });
});

describe('2.8.16 descriptors belong to the device until it has used them', () => {
  it('N0084 a slot is filled again only after the driver has seen it used', () => {
    const rig = makeRecordedPackedRig({ size: 2 });
    post(rig, 1);
    post(rig, 2);
    const refused = () => expect(rig.driver.addBuf(buffer(rig, [], [16]), 3)).toBe(false);
    expect(ringStores(rig.driverTrace(refused)), 'both are available').toEqual([]);
    serve(rig);
    expect(ringStores(rig.driverTrace(refused)), 'one is used, which the driver has not seen').toEqual([]);
    expect(rig.driver.getBuf()).toBe(1);
    const stores = ringStores(rig.driverTrace(() => post(rig, 3)));
    expect(stores).toEqual([
      'store32 address[0]',
      'store32 length[0]',
      'store16 id[0]',
      'store16Release flags[0]',
    ]);
  });

  it('N0084 a list is freed from the slot behind the one before, wherever its own descriptors were', () => {
    const rig = makeRecordedPackedRig({ size: 4 });
    post(rig, 1, buffer(rig, [1, 1, 1], []));
    post(rig, 2, buffer(rig, [1], []));
    const [first, second] = [pop(rig), pop(rig)];
    rig.device.push(second, 0);
    expect(drain(rig), 'out of order').toEqual([2]);
    expect(rig.driver.freeCount).toBe(1);
    const stores = ringStores(rig.driverTrace(() => post(rig, 3, buffer(rig, [1], []))));
    expect(
      stores.every((step) => step.endsWith('[0]')),
      'the used descriptor was in slot 0',
    ).toBe(true);
    rig.device.push(first, 0);
    expect(rig.wire.isUsed(1)).toBe(true);
    expect(drain(rig)).toEqual([1]);
  });

  it('N0085 nothing of a list is changed once its head is available, whatever the driver does', () => {
    for (const directCount of [null, 0]) {
      const rig = makeRecordedPackedRig({ directCount, eventIdx: true });
      post(rig, 1, buffer(rig, [8], [8, 8]));
      const trace = rig.driverTrace(() => {
        rig.driver.kick();
        rig.driver.enableCallbacks();
        rig.driver.disableCallbacks();
        rig.driver.enableCallbacksDelayed();
        expect(rig.driver.getBuf()).toBeUndefined();
        rig.driver.publish();
      });
      expect(trace.length).toBeGreaterThan(4);
      expect(trace.filter((step) => /^store.*(\[\d+\]| memory)$/.test(step))).toEqual([]);
    }
  });
});

describe('2.8.16 notifications', () => {
  it('N0086 next_off and next_wrap are those of the next descriptor that is not available yet', () => {
    const rig = makePackedRig({ size: 5 });
    const data: number[] = [];
    for (let token = 0; token < 6; token++) {
      rig.driver.stageBuf(buffer(rig, [1], [1]), token);
      rig.driver.stageBuf(buffer(rig, [1], []), token);
      expect(rig.driver.kick()).toBe(true);
      data.push(rig.kicks.lastIndex);
      serve(rig);
      serve(rig);
      drain(rig);
    }
    // Three slots each: 3, 6, 9, 12, 15, 18 of a ring of five, whose wrap counter is 1 in the first lap.
    expect(data).toEqual([0x8003, 1, 4, 0x8002, 0, 3]);
  });

  it('N0086 also in the largest ring, at both of its ends', () => {
    for (const [startIndex, next] of [
      [32766, 0xffff],
      [32767, 0],
      [65534, 0x7fff],
      [65535, 0x8000],
    ] as const) {
      const rig = makePackedRig({ size: 32768, startIndex, memoryBytes: 1 << 20 });
      post(rig, 1);
      rig.driver.kick();
      expect(rig.kicks.lastIndex, `${startIndex}`).toBe(next);
    }
  });

  it('N0087 notifications that nothing is behind are harmless', () => {
    for (const eventIdx of [false, true]) {
      const rig = makePackedRig({ eventIdx });
      const chain = new Chain();
      for (let i = 0; i < 3; i++) expect(rig.device.pop(chain)).toBe(false);
      rig.driver.stageBuf(buffer(rig, [], [16]), 7);
      expect(rig.device.pop(chain), 'not published yet').toBe(false);
      expect(chain.head).toBe(-1);
      rig.driver.publish();
      serve(rig);
      expect(rig.device.pop(chain)).toBe(false);
      expect(drain(rig)).toEqual([7]);
      for (let i = 0; i < 3; i++) expect(rig.driver.getBuf()).toBeUndefined();
    }
  });
});

describe('2.8.17 lists', () => {
  it.each([null, 0, 2])('N0088 N0089 no list is longer than the queue, tables after %s', (directCount) => {
    const rig = makePackedRig({ size: 5, directCount });
    const ones = (count: number) =>
      buffer(
        rig,
        [],
        Array.from({ length: count }, () => 1),
      );
    expect(() => rig.driver.addBuf(ones(6), 1)).toThrow(/N0089/);
    expect([rig.driver.freeCount, rig.driver.outstandingCount]).toEqual([5, 0]);
    post(rig, 1, ones(5));
    expect(pop(rig).buffers.count).toBe(5);
  });

  it('N0090 writable descriptors stand behind readable ones, and a list cannot say otherwise', () => {
    const rig = makePackedRig();
    post(rig, 1, buffer(rig, [1, 2], [3, 4]));
    const flags = rig.wire.list(0).direct.map((descriptor) => descriptor.flags & (NEXT | WRITE));
    expect(flags).toEqual([NEXT, NEXT, NEXT | WRITE, WRITE]);
    expect(() => new ScatterList().addWritable(0, 8).addReadable(8, 8)).toThrow(/cannot follow/);
  });

  it('N0091 N0092 a list that does not fit now is refused whole, and no slot, id or table is taken', () => {
    for (const directCount of [null, 2]) {
      const rig = makeRecordedPackedRig({ size: 4, directCount });
      post(rig, 1, buffer(rig, [1, 1], []));
      const freeBytes = rig.allocator.freeBytes;
      const trace = rig.driverTrace(() => {
        expect(rig.driver.addBuf(buffer(rig, [1, 1], [1]), 2)).toBe(false);
        rig.driver.publish();
      });
      expect(trace).toEqual([]);
      expect([rig.driver.freeCount, rig.driver.outstandingCount]).toEqual([2, 1]);
      expect(rig.allocator.freeBytes).toBe(freeBytes);
      serve(rig);
      expect(drain(rig)).toEqual([1]);
      post(rig, 2, buffer(rig, [1, 1], [1]));
      expect(pop(rig).buffers.count).toBe(3);
    }
  });

  it.each([0, 3])('N0093 while a list is filled its head is not available, from slot %i on', (startIndex) => {
    const rig = makePackedRig({ size: 5, startIndex });
    rig.driver.stageBuf(buffer(rig, [1, 1], [1, 1]), 1);
    expect(rig.wire.isAvailable(startIndex)).toBe(false);
    expect([1, 2, 3].map((i) => rig.wire.isAvailable(startIndex + i))).toEqual([true, true, true]);
    rig.driver.publish();
    expect(rig.wire.isAvailable(startIndex)).toBe(true);
  });

  it('N0093 lists that are published together become available with the head of the first', () => {
    const rig = makePackedRig();
    for (let token = 0; token < 3; token++) rig.driver.stageBuf(buffer(rig, [1], [1]), token);
    expect(rig.device.poll()).toBe(false);
    rig.driver.publish();
    expect([0, 2, 4].map((position) => rig.wire.isAvailable(position))).toEqual([true, true, true]);
    for (let i = 0; i < 3; i++) serve(rig);
    expect(drain(rig)).toEqual([0, 1, 2]);
  });
});

describe('2.8.21 buffer ids', () => {
  it('stand in the last descriptor of a list (2.8.6), and no two buffers in flight have the same', () => {
    const rig = makePackedRig({ size: 7 });
    for (let token = 0; token < 3; token++) post(rig, token, buffer(rig, [1], [1]));
    const chains = [pop(rig), pop(rig), pop(rig)];
    for (const i of [2, 0]) rig.device.push(chains[i] as Chain, 0);
    expect(drain(rig)).toEqual([2, 0]);
    for (let token = 3; token < 5; token++) post(rig, token, buffer(rig, [1], [1]));
    const ids = [6, 8].map((position) => rig.wire.list(position).id);
    expect(new Set([...ids, chains[1]?.head]).size, 'two new, one still out').toBe(3);
  });

  it('an address above 4 GiB is written whole', () => {
    const rig = makePackedRig();
    rig.driver.addBuf(new ScatterList().addReadable(0x1f_1234_5678_9abc, 16), 1);
    expect(rig.wire.descriptor(0).address).toBe(0x1f_1234_5678_9abc);
    expect(() => rig.device.pop(new Chain())).toThrow(/at 0x1f123456789abc/);
  });

  it('the driver may be as far ahead as the ring is long, and never a slot further', () => {
    const rig = makePackedRig({ size: 3 });
    roundTrip(rig, 0);
    for (let token = 1; token <= 3; token++) post(rig, token);
    expect(rig.driver.addBuf(buffer(rig, [1], []), 4)).toBe(false);
    for (let i = 0; i < 3; i++) serve(rig);
    expect(drain(rig)).toEqual([1, 2, 3]);
  });
});
