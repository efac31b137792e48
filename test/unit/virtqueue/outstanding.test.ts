import { describe, expect, it } from 'vitest';
import { Outstanding } from '../../../src/virtqueue/outstanding.js';

describe('Outstanding', () => {
  it('follows a buffer from free to staged to published and back', () => {
    const outstanding = new Outstanding<string>(4);
    const buffer = outstanding.at(2);
    expect([buffer.id, buffer.isFree]).toEqual([2, true]);
    outstanding.stage(buffer, 'token', 3, 100);
    expect([buffer.isFree, outstanding.isPublished(buffer)]).toEqual([false, false]);
    outstanding.publish();
    expect(outstanding.isPublished(buffer)).toBe(true);
    expect([buffer.slots, buffer.writableBytes, buffer.tableEntries]).toEqual([3, 100, 0]);
    expect(outstanding.finish(buffer)).toBe('token');
    expect([buffer.isFree, outstanding.isPublished(buffer)]).toEqual([true, false]);
  });

  it('links its records in a ring, in the order of their ids', () => {
    const outstanding = new Outstanding<number>(3);
    expect([0, 1, 2].map((id) => outstanding.at(id).next.id)).toEqual([1, 2, 0]);
    expect(new Outstanding<number>(1).at(0).next.id).toBe(0);
  });

  it('has no record of an id that is out of range', () => {
    const outstanding = new Outstanding<number>(4);
    expect(() => outstanding.at(4)).toThrow('there is no buffer 4');
    expect(() => outstanding.at(-1)).toThrow('there is no buffer -1');
  });

  it('the table of a buffer is forgotten when its id is used again', () => {
    const outstanding = new Outstanding<number>(1);
    const buffer = outstanding.at(0);
    outstanding.stage(buffer, 1, 1, 0);
    buffer.tableEntries = 5;
    outstanding.finish(buffer);
    outstanding.stage(buffer, 2, 1, 0);
    expect(buffer.tableEntries).toBe(0);
  });

  it('counts a buffer of 2^32 bytes as one less, which is the most that a used length can say', () => {
    const outstanding = new Outstanding<number>(1);
    outstanding.stage(outstanding.at(0), 1, 2, 2 ** 32);
    expect(outstanding.at(0).writableBytes).toBe(2 ** 32 - 1);
  });

  it('shows what is staged, and nothing that is staged later', () => {
    const outstanding = new Outstanding<number>(3);
    const ids = [0, 1, 2] as const;
    const published = () => ids.map((id) => outstanding.isPublished(outstanding.at(id)));
    outstanding.stage(outstanding.at(0), 1, 1, 0);
    outstanding.stage(outstanding.at(1), 2, 1, 0);
    outstanding.publish();
    outstanding.stage(outstanding.at(2), 3, 1, 0);
    expect(published()).toEqual([true, true, false]);
    outstanding.finish(outstanding.at(0));
    outstanding.stage(outstanding.at(0), 4, 1, 0);
    expect(published()).toEqual([false, true, false]);
  });

  it('tells what was published long ago from what is staged, also when batch numbers start again', () => {
    const outstanding = new Outstanding<number>(3, 2 ** 30 - 3);
    const published = () => [0, 1, 2].map((id) => outstanding.isPublished(outstanding.at(id)));
    outstanding.stage(outstanding.at(0), 1, 1, 0);
    for (let round = 0; round < 6; round++) {
      outstanding.publish();
      outstanding.stage(outstanding.at(1), 2, 1, 0);
      expect(published(), `round ${round}`).toEqual([true, false, false]);
      outstanding.publish();
      expect(published(), `round ${round}`).toEqual([true, true, false]);
      expect(outstanding.finish(outstanding.at(1))).toBe(2);
    }
  });

  it('notices its own side handing out or finishing a buffer twice', () => {
    const outstanding = new Outstanding<number>(2);
    const buffer = outstanding.at(0);
    expect(() => outstanding.finish(buffer)).toThrow(/no token/);
    outstanding.stage(buffer, 1, 1, 0);
    expect(() => outstanding.stage(buffer, 2, 1, 0)).toThrow(/twice/);
    outstanding.publish();
    expect(() => outstanding.stage(buffer, 2, 1, 0)).toThrow(/twice/);
    outstanding.finish(buffer);
    expect(() => outstanding.finish(buffer)).toThrow(/no token/);
  });
});
