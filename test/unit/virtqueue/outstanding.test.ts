import { describe, expect, it } from 'vitest';
import { Outstanding } from '../../../src/virtqueue/outstanding.js';

describe('Outstanding', () => {
  it('follows a buffer from free to staged to published and back', () => {
    const outstanding = new Outstanding<string>(4);
    expect(outstanding.isFree(2)).toBe(true);
    outstanding.stage(2, 'token', 3, 100);
    expect([outstanding.isFree(2), outstanding.isPublished(2)]).toEqual([false, false]);
    expect([outstanding.count, outstanding.stagedCount]).toEqual([1, 1]);
    outstanding.publish();
    expect(outstanding.isPublished(2)).toBe(true);
    expect([outstanding.count, outstanding.stagedCount]).toEqual([1, 0]);
    expect([outstanding.slots(2), outstanding.writableBytes(2), outstanding.tableEntries(2)]).toEqual([
      3, 100, 0,
    ]);
    expect(outstanding.finish(2)).toBe('token');
    expect(outstanding.isFree(2)).toBe(true);
    expect([outstanding.count, outstanding.stagedCount]).toEqual([0, 0]);
  });

  it('a staged buffer that is taken back is neither in use nor staged', () => {
    const outstanding = new Outstanding<number>(4);
    outstanding.stage(0, 1, 1, 0);
    outstanding.stage(1, 2, 1, 0);
    expect(outstanding.finish(0)).toBe(1);
    expect([outstanding.count, outstanding.stagedCount]).toEqual([1, 1]);
  });

  it('the table of a buffer is forgotten when its id is used again', () => {
    const outstanding = new Outstanding<number>(1);
    outstanding.stage(0, 1, 1, 0);
    outstanding.setTable(0, 4096, 5);
    expect([outstanding.table(0), outstanding.tableEntries(0), outstanding.slots(0)]).toEqual([4096, 5, 1]);
    outstanding.finish(0);
    outstanding.stage(0, 2, 1, 2 ** 32);
    expect([outstanding.tableEntries(0), outstanding.writableBytes(0)]).toEqual([0, 2 ** 32 - 1]);
  });

  it('holds the largest table and the longest chain there can be', () => {
    const outstanding = new Outstanding<number>(1);
    outstanding.stage(0, 1, 32768, 0);
    outstanding.setTable(0, 2 ** 40, 32768);
    expect([outstanding.slots(0), outstanding.tableEntries(0), outstanding.table(0)]).toEqual([
      32768,
      32768,
      2 ** 40,
    ]);
  });

  it('shows what is staged, and nothing that is staged later', () => {
    const outstanding = new Outstanding<number>(3);
    outstanding.stage(0, 1, 1, 0);
    outstanding.stage(1, 2, 1, 0);
    outstanding.publish();
    outstanding.stage(2, 3, 1, 0);
    expect([0, 1, 2].map((id) => outstanding.isPublished(id))).toEqual([true, true, false]);
    outstanding.finish(0);
    outstanding.stage(0, 4, 1, 0);
    expect([0, 1, 2].map((id) => outstanding.isPublished(id))).toEqual([false, true, false]);
    expect([outstanding.count, outstanding.stagedCount]).toEqual([3, 2]);
  });

  it('tells what was published long ago from what is staged, also when batch numbers start again', () => {
    const outstanding = new Outstanding<number>(3, 2 ** 30 - 3);
    outstanding.stage(0, 1, 1, 0);
    for (let round = 0; round < 6; round++) {
      outstanding.publish();
      outstanding.stage(1, 2, 1, 0);
      expect(
        [0, 1, 2].map((id) => outstanding.isPublished(id)),
        `round ${round}`,
      ).toEqual([true, false, false]);
      outstanding.publish();
      expect(
        [0, 1, 2].map((id) => outstanding.isPublished(id)),
        `round ${round}`,
      ).toEqual([true, true, false]);
      expect([outstanding.finish(1), outstanding.count, outstanding.stagedCount]).toEqual([2, 1, 0]);
    }
  });

  it('notices its own side handing out or finishing a buffer twice', () => {
    const outstanding = new Outstanding<number>(2);
    expect(() => outstanding.finish(0)).toThrow(/no token/);
    outstanding.stage(0, 1, 1, 0);
    expect(() => outstanding.stage(0, 2, 1, 0)).toThrow(/twice/);
    outstanding.publish();
    expect(() => outstanding.stage(0, 2, 1, 0)).toThrow(/twice/);
    outstanding.finish(0);
    expect(() => outstanding.finish(0)).toThrow(/no token/);
  });
});
