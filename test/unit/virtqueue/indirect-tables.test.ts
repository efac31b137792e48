import { describe, expect, it } from 'vitest';
import { Allocator } from '../../../src/memory/allocator.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';

describe('IndirectTables', () => {
  it('gives room for at least as many entries as asked for, aligned, and never the same room twice', () => {
    const tables = new IndirectTables(new Allocator(1 << 22));
    const taken: { from: number; to: number }[] = [];
    for (let entries = 1; entries <= 300; entries++) {
      const from = tables.take(entries) as number;
      expect(from % 16).toBe(0);
      taken.push({ from, to: from + 16 * entries });
    }
    taken.sort((a, b) => a.from - b.from);
    for (const [i, { from }] of taken.entries()) expect(from).toBeGreaterThanOrEqual(taken[i - 1]?.to ?? 0);
  });

  it('hands out a table that was given back, also for a different length of the same class', () => {
    const allocator = new Allocator(1 << 20);
    const tables = new IndirectTables(allocator);
    const first = tables.take(5) as number;
    const free = allocator.freeBytes;
    tables.release(first, 5);
    expect(tables.take(8)).toBe(first);
    expect(tables.take(8)).not.toBe(first);
    expect(allocator.freeBytes).toBe(free - 8 * 16);
  });

  it('a table of a smaller class is never used for a longer chain', () => {
    const tables = new IndirectTables(new Allocator(1 << 20));
    const small = tables.take(8) as number;
    tables.release(small, 8);
    expect(tables.take(9)).not.toBe(small);
  });

  it('has a table for the longest chain', () => {
    const allocator = new Allocator(1 << 20);
    const free = allocator.freeBytes;
    expect(new IndirectTables(allocator).take(32768)).not.toBeNull();
    expect(free - allocator.freeBytes).toBe(16 * 32768);
  });

  it('says so when memory is exhausted, and works again when a table comes back', () => {
    const tables = new IndirectTables(new Allocator(4096 + 256));
    const table = tables.take(16) as number;
    expect(tables.take(16)).toBeNull();
    tables.release(table, 16);
    expect(tables.take(16)).toBe(table);
  });
});
