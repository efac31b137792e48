import { describe, expect, it } from 'vitest';
import { IndirectTables } from '../../src/virtqueue/indirect-tables.js';
import { SplitDriver } from '../../src/virtqueue/split-driver.js';
import { splitLayout } from '../../src/virtqueue/split-layout.js';
import { makeRig, type Rig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, ranges, serve } from '../support/ring/traffic.js';
import { INDIRECT, NEXT, type WireChain, type WireDescriptor, WRITE } from '../support/ring/wire.js';

function posted(rig: Rig, position = 0): WireChain {
  return rig.wire.chain(rig.wire.availEntry(position));
}

const flagsOf = (placed: WireChain['direct']): number[] => placed.map(({ descriptor }) => descriptor.flags);

/** Writes a table of `entries` into guest memory at `at`, or at a fresh place. */
function writeTable(rig: Rig, entries: readonly Partial<WireDescriptor>[], at?: number): number {
  const table = at ?? (rig.allocator.allocate(16 * entries.length) as number);
  for (const [i, entry] of entries.entries()) {
    rig.wire.pokeDescriptorAt(table + 16 * i, { address: 0, length: 0, flags: 0, next: 0, ...entry });
  }
  return table;
}

/** Makes descriptor 0 refer to a table, as a driver of its own mind would, and shows it to the device. */
function offerTable(rig: Rig, table: number, entries: number, flags = INDIRECT): void {
  rig.wire.pokeDescriptor(0, { address: table, length: 16 * entries, flags, next: 0 });
  rig.wire.pokeAvail(0, 0);
  rig.wire.availIdx = 1;
}

describe('2.7.5.3.1 what drivers must not do with indirect descriptors', () => {
  it('N0040 without INDIRECT_DESC the flag is never set, whatever the chain', () => {
    const rig = makeRig({ indirect: false });
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
      expect(flagsOf(posted(rig, count - 1).direct).some((flags) => (flags & INDIRECT) !== 0)).toBe(false);
    }
  });

  it('N0040 a driver cannot be given tables that were not negotiated', () => {
    const { memory, options, kicks, allocator } = makeRig({ indirect: false });
    const layout = splitLayout(options.size, { desc: 0, driver: 1024, device: 2048 });
    const indirect = { tables: new IndirectTables(allocator), directCount: 0 };
    expect(() => new SplitDriver(memory, layout, options, kicks, indirect)).toThrow(/N0040/);
  });

  it('N0041 entries of a table never have INDIRECT, only the last one in the ring does', () => {
    const rig = makeRig({ directCount: 2 });
    post(rig, 1, buffer(rig, [1, 1, 1], [1, 1, 1]));
    const { direct, indirect } = posted(rig);
    expect(flagsOf(direct)).toEqual([NEXT, NEXT, INDIRECT]);
    expect(flagsOf(indirect)).toEqual([NEXT, NEXT | WRITE, NEXT | WRITE, WRITE]);
  });

  it.each([null, 0, 2])('N0042 no chain is longer than the queue, tables after %s', (directCount) => {
    const rig = makeRig({ size: 4, directCount });
    const long = buffer(rig, [], [1, 1, 1, 1, 1]);
    expect(() => rig.driver.addBuf(long, 1)).toThrow(/N0042/);
    expect(rig.driver.freeCount).toBe(4);
  });

  it('N0043 INDIRECT and NEXT are never in one descriptor', () => {
    const both = INDIRECT | NEXT;
    for (const directCount of [0, 1, 2, 5]) {
      const rig = makeRig({ directCount });
      post(rig, 1, buffer(rig, [1, 1, 1, 1], [1, 1, 1, 1]));
      expect(flagsOf(posted(rig).direct).filter((flags) => (flags & both) === both)).toEqual([]);
      expect(flagsOf(posted(rig).direct).at(-1)).toBe(INDIRECT);
    }
  });

  it('N0044 with IN_ORDER the entries of a table are linked in sequence', () => {
    const rig = makeRig({ directCount: 0, inOrder: true });
    post(rig, 1, buffer(rig, [1, 1], [1, 1]));
    const { indirect } = posted(rig);
    expect(indirect.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(indirect.slice(0, -1).map(({ descriptor }) => descriptor.next)).toEqual([1, 2, 3]);
  });
});

describe('2.7.5.3.2 what devices must accept of indirect descriptors', () => {
  const address = 8192;
  const expected = [
    [address, 4, false],
    [address + 4, 5, true],
  ];
  const entries = [
    { address, length: 4, flags: NEXT, next: 1 },
    { address: address + 4, length: 5, flags: WRITE },
  ];

  it('N0045 WRITE means nothing in the descriptor that refers to the table', () => {
    const rig = makeRig({ indirect: true });
    offerTable(rig, writeTable(rig, entries), 2, INDIRECT | WRITE);
    expect(ranges(pop(rig))).toEqual(expected);
  });

  it.each([0, 1, 2, 6])('N0046 %i direct descriptors may come before the indirect one', (directCount) => {
    const rig = makeRig({ indirect: true });
    offerDirectAndTable(rig, directCount);
    const direct = Array.from({ length: directCount }, (_, i) => [4096 + i, 1, false]);
    expect(ranges(pop(rig))).toEqual([...direct, ...expected]);
  });

  it('N0042 they count: seven and a table of two are too many for a queue of eight', () => {
    const rig = makeRig({ indirect: true });
    offerDirectAndTable(rig, 7);
    expect(() => pop(rig)).toThrow(/longer than the queue/);
  });

  function offerDirectAndTable(rig: Rig, directCount: number): void {
    for (let i = 0; i < directCount; i++) {
      rig.wire.pokeDescriptor(i, { address: 4096 + i, length: 1, flags: NEXT, next: i + 1 });
    }
    rig.wire.pokeDescriptor(directCount, { address: writeTable(rig, entries), length: 32, flags: INDIRECT });
    rig.wire.pokeAvail(0, 0);
    rig.wire.availIdx = 1;
  }

  it.each([1, 2, 3, 4, 15])('a table need not be aligned: %i bytes past a multiple of 16', (offset) => {
    const rig = makeRig({ indirect: true });
    const table = rig.allocator.allocate(64) as number;
    offerTable(rig, writeTable(rig, entries, table + offset), 2);
    expect(ranges(pop(rig))).toEqual(expected);
  });

  it('without IN_ORDER the entries of a table may be linked in any order, and some not at all', () => {
    const rig = makeRig({ indirect: true });
    const at = (i: number) => ({ address: address + 16 * i, length: i + 1 });
    const table = writeTable(rig, [
      { ...at(0), flags: NEXT, next: 3 },
      { address: 2 ** 40, length: 1, flags: INDIRECT },
      { ...at(2), flags: WRITE },
      { ...at(3), flags: NEXT, next: 2 },
    ]);
    offerTable(rig, table, 4);
    expect(ranges(pop(rig))).toEqual([
      [address, 1, false],
      [address + 48, 4, false],
      [address + 32, 3, true],
    ]);
  });
});

describe('tables of the driver', () => {
  it('are used again by the next buffer of about the same length', () => {
    const rig = makeRig({ directCount: 0 });
    const list = buffer(rig, [1, 1], [1]);
    const tables = new Set<number>();
    for (let token = 0; token < 20; token++) {
      post(rig, token, list);
      tables.add((posted(rig, token).direct[0] as { descriptor: WireDescriptor }).descriptor.address);
      serve(rig);
      expect(drain(rig)).toEqual([token]);
    }
    expect(tables.size).toBe(1);
  });

  it('are not shared by buffers that are out at the same time', () => {
    const rig = makeRig({ directCount: 0 });
    for (let token = 0; token < 8; token++) post(rig, token, buffer(rig, [token], [token, token]));
    expect(rig.driver.freeCount).toBe(0);
    for (let token = 0; token < 8; token++) {
      expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([token, token, token]);
    }
  });

  it('are done without, and the buffer goes into the ring whole, when guest memory has no room for one', () => {
    const rig = makeRig({ directCount: 0 });
    while (rig.allocator.allocate(16, 16) !== null);
    expect(rig.driver.addBuf(buffer(rig, [1, 2], [3]), 1)).toBe(true);
    expect(rig.driver.freeCount).toBe(5);
    expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([1, 2, 3]);
  });

  it('go back when the ring has no room for the descriptor that would refer to them', () => {
    const rig = makeRig({ directCount: 0 });
    for (let token = 0; token < 8; token++) post(rig, token, buffer(rig, [token], [token]));
    const freeBytes = rig.allocator.freeBytes;
    expect(rig.driver.addBuf(buffer(rig, [1], [1]), 8)).toBe(false);
    expect(rig.driver.addBuf(buffer(rig, [1], [1]), 8)).toBe(false);
    // The first attempt may have taken a table from memory; the second found that one again.
    expect(freeBytes - rig.allocator.freeBytes).toBeLessThanOrEqual(32);
  });
});
