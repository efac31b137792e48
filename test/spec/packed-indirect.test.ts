import { describe, expect, it } from 'vitest';
import { IndirectTables } from '../../src/virtqueue/indirect-tables.js';
import { PackedDriver } from '../../src/virtqueue/packed-driver.js';
import { packedLayout } from '../../src/virtqueue/packed-layout.js';
import { offer } from '../support/ring/hostile-packed-driver.js';
import { INDIRECT, NEXT, type PackedDescriptor, WRITE } from '../support/ring/packed-wire.js';
import { makePackedRig, type PackedRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, ranges, serve } from '../support/ring/traffic.js';

/** Flags of the descriptors of the list at `position`, without those that say whose turn it is. */
function flagsAt(rig: PackedRig, position: number): { direct: number[]; indirect: number[] } {
  const { direct, indirect } = rig.wire.list(position);
  return {
    direct: direct.map(({ flags }) => flags & (NEXT | WRITE | INDIRECT)),
    indirect: indirect.map(({ flags }) => flags),
  };
}

/** Writes a table of `entries` into guest memory at `at`, or at a fresh place. */
function writeTable(rig: PackedRig, entries: readonly Partial<PackedDescriptor>[], at?: number): number {
  const table = at ?? (rig.allocator.allocate(16 * entries.length) as number);
  for (const [i, entry] of entries.entries()) {
    rig.wire.pokeDescriptorAt(table + 16 * i, { address: 0, length: 0, id: 0, flags: 0, ...entry });
  }
  return table;
}

describe('2.8.19 what drivers must not do with indirect descriptors', () => {
  it('N0096 without INDIRECT_DESC the flag is never set, whatever the list', () => {
    const rig = makePackedRig({ indirect: false });
    let position = 0;
    for (let count = 1; count <= 3; count++) {
      post(
        rig,
        count,
        buffer(
          rig,
          [],
          Array.from({ length: count }, () => 4),
        ),
      );
      expect(flagsAt(rig, position).direct.some((flags) => (flags & INDIRECT) !== 0)).toBe(false);
      position += count;
    }
  });

  it('N0096 a driver cannot be given tables that were not negotiated', () => {
    const { memory, options, kicks, allocator } = makePackedRig({ indirect: false });
    const layout = packedLayout(options.size, { desc: 0, driver: 1024, device: 2048 });
    const tables = new IndirectTables(allocator);
    expect(() => new PackedDriver(memory, layout, options, kicks, tables)).toThrow(/N0096/);
  });

  it('N0097 entries of a table have WRITE or nothing, and no NEXT', () => {
    const rig = makePackedRig({ directCount: 0 });
    post(rig, 1, buffer(rig, [1, 1], [1, 1, 1]));
    expect(flagsAt(rig, 0)).toEqual({ direct: [INDIRECT], indirect: [0, 0, WRITE, WRITE, WRITE] });
  });

  it.each([0, 2])(
    'N0098 no list is longer than the queue, in a table either, tables after %s',
    (directCount) => {
      const rig = makePackedRig({ size: 4, directCount });
      const ones = (count: number) =>
        buffer(
          rig,
          [],
          Array.from({ length: count }, () => 1),
        );
      expect(() => rig.driver.addBuf(ones(5), 1)).toThrow(/N0089/);
      expect(rig.driver.freeCount).toBe(4);
      post(rig, 1, ones(4));
      expect(pop(rig).buffers.count).toBe(4);
    },
  );

  it.each([0, 1, 2, 5])(
    'N0099 a list is all direct, or one indirect descriptor, tables after %s',
    (directCount) => {
      const rig = makePackedRig({ size: 100, directCount });
      let position = 0;
      for (let count = 1; count <= 8; count++) {
        post(
          rig,
          count,
          buffer(
            rig,
            [],
            Array.from({ length: count }, () => 1),
          ),
        );
        const { direct } = flagsAt(rig, position);
        const isDirect = count <= directCount + 1;
        expect(direct, `${count}`).toHaveLength(isDirect ? count : 1);
        expect(direct.filter((flags) => (flags & INDIRECT) !== 0)).toEqual(isDirect ? [] : [INDIRECT]);
        position += direct.length;
        expect(pop(rig).buffers.count).toBe(count);
      }
    },
  );
});

describe('2.8.7 what devices must accept of indirect descriptors', () => {
  const address = 8192;
  const entries = [
    { address, length: 4 },
    { address: address + 4, length: 5, flags: WRITE },
  ];
  const expected = [
    [address, 4, false],
    [address + 4, 5, true],
  ];

  it('WRITE means nothing in the descriptor that refers to the table', () => {
    const rig = makePackedRig({ indirect: true });
    offer(rig, 0, [{ address: writeTable(rig, entries), length: 32, flags: INDIRECT | WRITE }]);
    expect(ranges(pop(rig))).toEqual(expected);
  });

  it('ids and all flags but WRITE mean nothing within a table: entries are taken one after the other', () => {
    const rig = makePackedRig({ indirect: true });
    const table = writeTable(
      rig,
      entries.map((entry) => ({
        ...entry,
        id: 0xffff,
        flags: (entry.flags ?? 0) | NEXT | INDIRECT | 0xff80,
      })),
    );
    offer(rig, 0, [{ address: table, length: 32, flags: INDIRECT, id: 3 }]);
    const chain = pop(rig);
    expect(ranges(chain)).toEqual(expected);
    expect(chain.head, "the id of the ring's descriptor").toBe(3);
  });

  it.each([1, 2, 3, 4, 15])('a table need not be aligned: %i bytes past a multiple of 16', (offset) => {
    const rig = makePackedRig({ indirect: true });
    const table = rig.allocator.allocate(64) as number;
    const wide = [
      { address: 0x1_2345, length: 0x1_0001, flags: WRITE },
      { address: 0x1f_1234_5678_9abc, length: 1, flags: WRITE },
    ];
    writeTable(rig, [...entries, ...wide], table + offset);
    offer(rig, 0, [{ address: table + offset, length: 48, flags: INDIRECT }]);
    expect(ranges(pop(rig))).toEqual([...expected, [0x1_2345, 0x1_0001, true]]);
    offer(rig, 1, [{ address: table + offset, length: 64, flags: INDIRECT, id: 1 }]);
    expect(() => pop(rig)).toThrow(/1 bytes at 0x1f123456789abc/);
  });

  it('a table takes one slot, and one used descriptor gives it back', () => {
    const rig = makePackedRig({ size: 3, directCount: 0 });
    for (let token = 0; token < 9; token++) {
      post(rig, token, buffer(rig, [1], [1, 1]));
      serve(rig);
      expect(rig.wire.isUsed(token)).toBe(true);
      expect(drain(rig)).toEqual([token]);
    }
  });

  it('direct and indirect lists stand side by side in one ring (2.8.5)', () => {
    const rig = makePackedRig({ size: 7, directCount: 2 });
    const lists = [2, 5, 3, 4].map((count) => Array.from({ length: count }, (_, i) => i + 1));
    for (const [token, lengths] of lists.entries()) post(rig, token, buffer(rig, lengths, []));
    expect(rig.driver.freeCount).toBe(7 - 2 - 1 - 3 - 1);
    for (const lengths of lists) {
      const chain = pop(rig);
      expect(ranges(chain).map(([, length]) => length)).toEqual(lengths);
      rig.device.push(chain, 0);
    }
    expect(drain(rig)).toEqual([0, 1, 2, 3]);
  });
});

describe('tables of the driver', () => {
  it('are used again by the next buffer of about the same length', () => {
    const rig = makePackedRig({ size: 3, directCount: 0 });
    const tables = new Set<number>();
    for (let token = 0; token < 20; token++) {
      post(rig, token, buffer(rig, [1, 1], [1]));
      tables.add(rig.wire.descriptor(token).address);
      serve(rig);
      expect(drain(rig)).toEqual([token]);
    }
    expect(tables.size).toBe(1);
  });

  it('are not shared by buffers that are out at the same time', () => {
    const rig = makePackedRig({ directCount: 0 });
    for (let token = 0; token < 8; token++) post(rig, token, buffer(rig, [token], [token, token]));
    expect(rig.driver.freeCount).toBe(0);
    for (let token = 0; token < 8; token++) {
      expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([token, token, token]);
    }
  });

  it('are done without, and the buffer goes into the ring whole, when guest memory has no room for one', () => {
    const rig = makePackedRig({ directCount: 0 });
    while (rig.allocator.allocate(16, 16) !== null);
    expect(rig.driver.addBuf(buffer(rig, [1, 2], [3]), 1)).toBe(true);
    expect(rig.driver.freeCount).toBe(5);
    expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([1, 2, 3]);
  });

  it('are not taken when the ring has no room for the descriptor that would refer to them', () => {
    const rig = makePackedRig({ directCount: 0 });
    for (let token = 0; token < 8; token++) post(rig, token, buffer(rig, [token], [token]));
    const freeBytes = rig.allocator.freeBytes;
    for (let i = 0; i < 3; i++) expect(rig.driver.addBuf(buffer(rig, [1], [1]), 8)).toBe(false);
    expect(rig.allocator.freeBytes).toBe(freeBytes);
  });
});
