import { describe, expect, it } from 'vitest';
import { Chain } from '../../../src/virtqueue/chain.js';
import { makeRecordedRig } from '../../support/ring/recorded-rig.js';
import { makeRig, type Rig } from '../../support/ring/rig.js';
import { buffer, drain, pop, post, postMany, ranges, roundTrip, serve } from '../../support/ring/traffic.js';
import { INDIRECT, NEXT, WRITE } from '../../support/ring/wire.js';

describe('a driver that writes what the device has read', () => {
  it('cannot change a chain that was popped', () => {
    for (const directCount of [null, 0]) {
      const rig = makeRig({ directCount });
      post(rig, 1, buffer(rig, [8], [16, 16]));
      const { direct, indirect } = rig.wire.chain(rig.wire.availEntry(0));
      const chain = pop(rig);
      const before = ranges(chain);
      for (const { index } of direct)
        rig.wire.pokeDescriptor(index, { address: 2 ** 60, length: 0, flags: 7 });
      for (const [i] of indirect.entries()) {
        const table = direct.at(-1)?.descriptor.address as number;
        rig.wire.pokeDescriptorAt(table + 16 * i, { address: 2 ** 60, length: 0, flags: 7 });
      }
      expect(ranges(chain)).toEqual(before);
      expect([chain.readableBytes, chain.writableBytes]).toEqual([8, 32]);
      rig.device.push(chain, 32);
      expect(drain(rig)).toEqual([1]);
    }
  });

  it.each([null, 0, 2])(
    'finds that each word is read once: no check is made on a first reading and used on a second, %s',
    (directCount) => {
      const rig = makeRecordedRig({ directCount });
      post(rig, 1, buffer(rig, [8, 8], [16, 16]));
      rig.devicePort.take();
      pop(rig);
      const loads = rig.devicePort.take().map(({ address }) => address);
      expect(loads.length).toBeGreaterThan(16);
      expect(new Set(loads).size).toBe(loads.length);
    },
  );

  it('finds an unaligned table read once too', () => {
    const rig = makeRecordedRig({ indirect: true });
    const table = (rig.allocator.allocate(64) as number) + 1;
    rig.wire.pokeDescriptorAt(table, { address: 4096, length: 1, flags: NEXT, next: 1 });
    rig.wire.pokeDescriptorAt(table + 16, { address: 4097, length: 2, flags: WRITE });
    rig.wire.pokeDescriptor(0, { address: table, length: 32, flags: INDIRECT });
    rig.wire.availIdx = 1;
    const trace = rig.deviceTrace(() => pop(rig));
    expect(trace.at(-1)).toBe('copyOut memory');
  });

  it('finds that a loop is followed for as many steps as the queue has entries, and no further', () => {
    const rig = makeRecordedRig();
    for (let i = 0; i < 8; i++) {
      rig.wire.pokeDescriptor(i, { address: 4096, length: 1, flags: NEXT, next: (i + 1) % 8 });
    }
    rig.wire.availIdx = 1;
    expect(() => pop(rig)).toThrow(/loops/);
    const reads = rig.devicePort.take().filter(({ operation }) => operation === 'load32');
    expect(reads).toHaveLength(4 * 8);
  });

  it('cannot move the used index, which the device keeps to itself', () => {
    const rig = makeRig();
    roundTrip(rig, 1);
    post(rig, 2);
    rig.wire.usedIdx = 77;
    serve(rig);
    expect(rig.wire.usedIdx).toBe(2);
    expect(drain(rig)).toEqual([2]);
  });
});

describe('a device that writes what only the driver writes', () => {
  it('cannot change which descriptors are freed', () => {
    const rig = makeRig({ size: 4 });
    post(rig, 1, buffer(rig, [1], [1, 1]));
    for (let i = 0; i < 4; i++) rig.wire.pokeDescriptor(i, { flags: NEXT, next: 3 });
    rig.wire.pokeUsed(0, 0, 0);
    rig.wire.usedIdx = 1;
    expect(drain(rig)).toEqual([1]);
    expect(rig.driver.freeCount).toBe(4);
    postMany(rig, 4);
    const heads = [1, 2, 3, 4].map((position) => rig.wire.availEntry(position));
    expect(new Set(heads).size).toBe(4);
    expect(rig.driver.freeCount).toBe(0);
  });

  it('cannot make the driver give back another table', () => {
    const rig = makeRig({ directCount: 0 });
    post(rig, 1, buffer(rig, [1], [1]));
    const table = rig.wire.descriptor(0).address;
    rig.wire.pokeDescriptor(0, { address: 4096, length: 16 });
    rig.wire.usedIdx = 1;
    expect(drain(rig)).toEqual([1]);
    post(rig, 2, buffer(rig, [1], [1]));
    expect(rig.wire.descriptor(0)).toMatchObject({ address: table, length: 32 });
  });

  it('cannot move the available ring', () => {
    const rig = makeRig();
    roundTrip(rig, 1);
    rig.wire.availIdx = 77;
    rig.wire.pokeAvail(0, 5);
    post(rig, 2);
    expect(rig.wire.availIdx).toBe(2);
    serve(rig);
    expect(drain(rig)).toEqual([2]);
  });

  it('finds that a used entry is read once', () => {
    const rig = makeRecordedRig();
    post(rig, 1);
    serve(rig);
    rig.driverPort.take();
    rig.driver.getBuf();
    const loads = rig.driverPort.take().map(({ address }) => address);
    expect(new Set(loads).size).toBe(loads.length);
  });
});

describe('what is at the limit and legal', () => {
  it('all descriptors made available at once, after any number of laps', () => {
    for (const startIndex of [0, 0xfffc, 0x7fff]) {
      const rig = makeRig({ startIndex });
      postMany(rig, 8);
      for (let i = 0; i < 8; i++) serve(rig, 16);
      expect(drain(rig)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it('ranges that end where memory ends, also empty ones', () => {
    const rig = makeRig();
    const { sizeBytes } = rig.memory;
    offer(rig, [
      { address: sizeBytes - 8, length: 8, flags: 0 },
      { address: sizeBytes, length: 0, flags: WRITE },
    ]);
    expect(ranges(pop(rig))).toEqual([
      [sizeBytes - 8, 8, false],
      [sizeBytes, 0, true],
    ]);
  });

  it('2^32 bytes in one chain', () => {
    const rig = makeRig({ size: 4096, memoryBytes: 1 << 20 });
    offer(
      rig,
      Array.from({ length: 4096 }, () => ({ address: 0, length: 1 << 20, flags: WRITE })),
    );
    const chain = pop(rig);
    expect(chain.buffers.count).toBe(4096);
    expect(chain.writableBytes).toBe(2 ** 32);
  });

  it('flags that no version defines are left alone', () => {
    const rig = makeRig();
    offer(rig, [{ address: 4096, length: 4, flags: 0xfff8 | WRITE }]);
    expect(ranges(pop(rig))).toEqual([[4096, 4, true]]);
  });

  it('a head that was returned may come again at once, before the driver has seen it returned', () => {
    const rig = makeRig();
    post(rig, 1);
    serve(rig);
    rig.wire.pokeAvail(1, rig.wire.availEntry(0));
    rig.wire.availIdx = 2;
    expect(rig.device.pop(new Chain())).toBe(true);
  });

  /** Links the descriptors from 0 on and makes them available. */
  function offer(rig: Rig, descriptors: { address: number; length: number; flags: number }[]): void {
    for (const [i, descriptor] of descriptors.entries()) {
      const link = i + 1 < descriptors.length ? NEXT : 0;
      rig.wire.pokeDescriptor(i, { ...descriptor, flags: descriptor.flags | link, next: i + 1 });
    }
    rig.wire.pokeAvail(0, 0);
    rig.wire.availIdx = 1;
  }
});
