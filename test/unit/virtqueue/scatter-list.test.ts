import { describe, expect, it } from 'vitest';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';

describe('ScatterList', () => {
  it('keeps ranges in order, and counts readable and writable bytes apart', () => {
    const list = new ScatterList().addReadable(0, 10).addReadable(100, 20).addWritable(200, 30);
    expect([list.count, list.readableCount, list.readableBytes, list.writableBytes]).toEqual([3, 2, 30, 30]);
    expect([0, 1, 2].map((i) => list.address(i))).toEqual([0, 100, 200]);
    expect([0, 1, 2].map((i) => list.length(i))).toEqual([10, 20, 30]);
    expect([0, 1, 2].map((i) => list.isWritable(i))).toEqual([false, false, true]);
  });

  it('grows over any number of ranges without losing one', () => {
    const list = new ScatterList();
    for (let i = 0; i < 1000; i++) list.addWritable(i * 2 ** 40, i);
    for (let i = 0; i < 1000; i++) expect([list.address(i), list.length(i)]).toEqual([i * 2 ** 40, i]);
  });

  it('is empty after clear, and what it held before does not count', () => {
    const list = new ScatterList().addReadable(0, 10).addWritable(0, 10);
    list.clear();
    expect([list.count, list.readableCount, list.readableBytes, list.writableBytes]).toEqual([0, 0, 0, 0]);
    list.addReadable(5, 1);
    expect([list.count, list.address(0), list.isWritable(0), list.readableBytes]).toEqual([1, 5, false, 1]);
  });

  it('holds what 64-bit addresses and 32-bit lengths can be, and refuses the rest', () => {
    const list = new ScatterList().addReadable(Number.MAX_SAFE_INTEGER, 0).addReadable(0, 0xffff_ffff);
    expect([list.address(0), list.length(1)]).toEqual([Number.MAX_SAFE_INTEGER, 0xffff_ffff]);
    for (const address of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => list.addReadable(address, 1), `address ${address}`).toThrow(/not an address/);
    }
    for (const length of [-1, 2 ** 32, Number.NaN]) {
      expect(() => list.addWritable(0, length), `length ${length}`).toThrow(/not possible/);
    }
    expect(list.count).toBe(2);
    expect(list.readableBytes).toBe(0xffff_ffff);
  });
});

describe('Chain', () => {
  it('holds no buffer until it is filled', () => {
    const chain = new Chain();
    expect([chain.head, chain.readableBytes, chain.writableBytes]).toEqual([-1, 0, 0]);
    chain.buffers.addReadable(0, 3).addWritable(0, 4);
    expect([chain.readableBytes, chain.writableBytes]).toEqual([3, 4]);
  });
});
