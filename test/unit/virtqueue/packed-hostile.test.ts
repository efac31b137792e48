import { describe, expect, it } from 'vitest';
import { ProtocolViolation } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { claim } from '../../support/ring/hostile-packed-device.js';
import { offer } from '../../support/ring/hostile-packed-driver.js';
import { INDIRECT, NEXT, type PackedDescriptor, WRITE } from '../../support/ring/packed-wire.js';
import { makeRecordedPackedRig } from '../../support/ring/recorded-rig.js';
import { makePackedRig, type PackedRig, snapshot } from '../../support/ring/rig.js';
import { buffer, drain, pop, post, postMany, ranges, serve } from '../../support/ring/traffic.js';

/** What nobody can have meant. */
const poison: PackedDescriptor = { address: 2 ** 60, length: 0xffff_ffff, id: 0xffff, flags: 7 };

describe('a driver that writes what the device has read', () => {
  it.each([null, 0])('cannot change a list that was popped, nor its id; tables %s', (directCount) => {
    const rig = makePackedRig({ directCount });
    post(rig, 1, buffer(rig, [8], [16, 16]));
    const { direct, indirect, id } = rig.wire.list(0);
    const chain = pop(rig);
    const before = ranges(chain);
    for (const i of direct.keys()) rig.wire.pokeDescriptor(i, poison);
    for (const i of indirect.keys())
      rig.wire.pokeDescriptorAt((direct[0]?.address as number) + 16 * i, poison);
    expect(ranges(chain)).toEqual(before);
    expect([chain.readableBytes, chain.writableBytes]).toEqual([8, 32]);
    rig.device.push(chain, 32);
    expect(rig.wire.descriptor(0)).toMatchObject({ id, length: 32 });
    expect(drain(rig)).toEqual([1]);
  });

  it.each([null, 0])(
    'finds that each word is read once: no check is made on a first reading and used on a second, tables %s',
    (directCount) => {
      const rig = makeRecordedPackedRig({ directCount });
      post(rig, 1, buffer(rig, [8, 8], [16, 16]));
      rig.devicePort.take();
      pop(rig);
      const loads = rig.devicePort.take().map(({ address }) => address);
      expect(loads.length).toBeGreaterThan(16);
      expect(new Set(loads).size).toBe(loads.length);
    },
  );

  it('finds an unaligned table read once too', () => {
    const rig = makeRecordedPackedRig({ indirect: true });
    const table = (rig.allocator.allocate(64) as number) + 1;
    rig.wire.pokeDescriptorAt(table, { address: 4096, length: 1, flags: 0 });
    rig.wire.pokeDescriptorAt(table + 16, { address: 4097, length: 2, flags: WRITE });
    offer(rig, 0, [{ address: table, length: 32, flags: INDIRECT }]);
    const trace = rig.deviceTrace(() => pop(rig));
    expect(trace.at(-1)).toBe('copyOut memory');
  });

  it('finds that a list without an end is followed for as many steps as the ring has slots, and no further', () => {
    const rig = makeRecordedPackedRig({ size: 7 });
    offer(
      rig,
      0,
      Array.from({ length: 7 }, () => ({ flags: NEXT })),
    );
    expect(() => pop(rig)).toThrow(/longer than the ring/);
    const reads = rig.devicePort.take().filter(({ operation }) => operation === 'load32');
    expect(reads).toHaveLength(3 * 7);
  });

  it('cannot move the place where the next used descriptor goes', () => {
    const rig = makePackedRig({ size: 3 });
    post(rig, 1, buffer(rig, [1], [1]));
    post(rig, 2);
    const chains = [pop(rig), pop(rig)] as const;
    for (let i = 0; i < 3; i++) rig.wire.pokeDescriptor(i, { flags: rig.wire.usedBits(i + 3) });
    rig.device.push(chains[0], 1);
    rig.device.push(chains[1], 16);
    expect([0, 1, 2].map((slot) => rig.wire.isUsed(slot))).toEqual([true, false, true]);
    expect(drain(rig)).toEqual([1, 2]);
  });

  it.each([false, true])(
    'cannot make the device write behind the ring by making slots available that it has not given back, IN_ORDER %s',
    (inOrder) => {
      const rig = makePackedRig({ size: 3, inOrder });
      const before = snapshot(rig);
      const takeAndStage = (position: number) => {
        offer(
          rig,
          position,
          [1, 2, 3].map(() => ({ flags: WRITE })),
        );
        rig.device.stageUsed(pop(rig), 3);
      };
      expect(() => {
        for (let lap = 0; lap < 3; lap++) takeAndStage(3 * lap);
        rig.device.publishUsed();
        takeAndStage(9);
      }).toThrow(ProtocolViolation);
      expect(rig.device.broken).toBe(true);
      rig.wire.ring.copy(before, rig.wire.at.ring);
      expect(snapshot(rig).equals(before), 'nothing but the ring has changed').toBe(true);
    },
  );
});

describe('a device that writes what only the driver writes', () => {
  it('cannot change which slots are freed', () => {
    const rig = makePackedRig({ size: 4 });
    post(rig, 1, buffer(rig, [1], [1, 1]));
    const { id } = rig.wire.list(0);
    for (let slot = 0; slot < 4; slot++) rig.wire.pokeDescriptor(slot, poison);
    claim(rig, 0, id);
    expect(drain(rig)).toEqual([1]);
    expect(rig.driver.freeCount).toBe(4);
    for (let token = 2; token < 6; token++) post(rig, token);
    const lists = [3, 4, 5, 6].map((position) => rig.wire.list(position));
    expect(new Set(lists.map((list) => list.id)).size).toBe(4);
    expect(rig.driver.freeCount).toBe(0);
  });

  it('cannot make the driver give back another table', () => {
    const rig = makePackedRig({ directCount: 0 });
    post(rig, 1, buffer(rig, [1], [1]));
    const table = rig.wire.descriptor(0).address;
    rig.wire.pokeDescriptor(0, { address: 4096, length: 16 });
    claim(rig, 0, rig.wire.descriptor(0).id);
    expect(drain(rig)).toEqual([1]);
    post(rig, 2, buffer(rig, [1], [1]));
    expect(rig.wire.descriptor(1)).toMatchObject({ address: table, length: 32 });
  });

  it.each([false, true])('finds that each word of a used descriptor is read once, IN_ORDER %s', (inOrder) => {
    const rig = makeRecordedPackedRig({ inOrder });
    post(rig, 1);
    serve(rig);
    rig.driverPort.take();
    rig.driver.getBuf();
    const loads = rig.driverPort.take().map(({ address }) => address);
    expect(loads).toHaveLength(3);
    expect(new Set(loads).size).toBe(3);
  });

  it('takes nothing back with a flag that it withdraws after a poll, and loses nothing', () => {
    const rig = makePackedRig();
    post(rig, 1);
    const { flags } = rig.wire.descriptor(0);
    serve(rig);
    const used = rig.wire.descriptor(0);
    expect(rig.driver.poll()).toBe(true);
    rig.wire.pokeDescriptor(0, { flags });
    expect(rig.driver.getBuf()).toBeUndefined();
    expect(rig.driver.outstandingCount).toBe(1);
    rig.wire.pokeDescriptor(0, used);
    expect(rig.driver.getBuf()).toBe(1);
  });

  it('is believed in what the flags say at the time of getBuf, not of an earlier poll', () => {
    const rig = makePackedRig();
    post(rig, 1);
    serve(rig, 9);
    expect(rig.driver.poll()).toBe(true);
    rig.wire.pokeDescriptor(0, { flags: rig.wire.usedBits(0) });
    expect(rig.driver.getBuf()).toBe(1);
    expect(rig.driver.usedLength, 'no WRITE, no length').toBe(0);
  });

  it('cannot change a length that was told', () => {
    const rig = makePackedRig();
    post(rig, 1);
    serve(rig, 9);
    expect(drain(rig)).toEqual([1]);
    rig.wire.pokeDescriptor(0, poison);
    expect(rig.driver.usedLength).toBe(9);
  });

  it('cannot lengthen a batch that is being worked off', () => {
    const rig = makePackedRig({ inOrder: true });
    postMany(rig, 4);
    claim(rig, 0, rig.wire.list(1).id, 16);
    expect(rig.driver.getBuf()).toBe(0);
    claim(rig, 0, rig.wire.list(3).id, 16);
    expect(drain(rig)).toEqual([1]);
    expect(rig.driver.outstandingCount).toBe(2);
  });
});

describe('what is at the limit and legal', () => {
  it.each([1, 2, 3, 5, 8])('all slots made available at once, after any number of laps: size %i', (size) => {
    for (const startIndex of [0, size - 1, 0xfffc, 0xffff]) {
      const rig = makePackedRig({ size, startIndex });
      const tokens = Array.from({ length: size }, (_, token) => token);
      for (let lap = 0; lap < 3; lap++) {
        postMany(rig, size);
        for (let i = 0; i < size; i++) serve(rig, 16);
        expect(drain(rig)).toEqual(tokens);
      }
    }
  });

  it('ranges that end where memory ends, also empty ones', () => {
    const rig = makePackedRig();
    const { sizeBytes } = rig.memory;
    offer(rig, 0, [
      { address: sizeBytes - 8, length: 8 },
      { address: sizeBytes, length: 0, flags: WRITE },
    ]);
    expect(ranges(pop(rig))).toEqual([
      [sizeBytes - 8, 8, false],
      [sizeBytes, 0, true],
    ]);
  });

  it('2^32 bytes in one list, of which the device can tell all but one', () => {
    const rig = makePackedRig({ size: 4099, memoryBytes: 1 << 20 });
    const gibibyte = 2 ** 30;
    const list = buffer(rig, [], []);
    for (let i = 0; i < 4; i++) list.addWritable(0, gibibyte);
    post(rig, 7, list);
    offer(
      rig,
      0,
      Array.from({ length: 4096 }, () => ({ address: 0, length: 1 << 20, flags: WRITE })),
    );
    const chain = pop(rig);
    expect([chain.buffers.count, chain.writableBytes]).toEqual([4096, 2 ** 32]);
    rig.device.push(chain, 2 ** 32);
    expect(rig.wire.descriptor(0)).toMatchObject({ length: 0xffff_ffff });
    expect(drain(rig)).toEqual([7]);
    expect(rig.driver.usedLength).toBe(0xffff_ffff);
  });

  it('flags that no version defines are left alone', () => {
    const rig = makePackedRig();
    offer(rig, 0, [{ address: 4096, length: 4, flags: 0x7f78 | WRITE }]);
    expect(ranges(pop(rig))).toEqual([[4096, 4, true]]);
  });

  it('NEXT and INDIRECT in a used descriptor are ignored (2.8.6)', () => {
    const rig = makePackedRig();
    postMany(rig, 2);
    for (const position of [0, 1]) {
      const { id } = rig.wire.list(position);
      rig.wire.pokeDescriptor(position, { id, length: 5, flags: rig.wire.usedBits(position) | 0x7f7f });
    }
    expect(drain(rig)).toEqual([0, 1]);
    expect(rig.driver.usedLength).toBe(5);
  });

  it('an id that was returned may come again at once, before the driver has taken it back', () => {
    const rig: PackedRig = makePackedRig();
    post(rig, 1);
    const { id } = rig.wire.list(0);
    serve(rig);
    offer(rig, 1, [{ id }]);
    expect(rig.device.pop(new Chain())).toBe(true);
  });
});
