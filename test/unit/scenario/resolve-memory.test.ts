import { describe, expect, it } from 'vitest';
import { firstJob, readText, refusal } from './scenario-text.js';

const MIB = 2 ** 20;

function memoryBytes(...lines: readonly string[]): number {
  return firstJob(readText(...lines)).memoryBytes;
}

describe('memory', () => {
  it('is what the job needs, in whole MiB, 32 at least', () => {
    expect(firstJob(readText()).memoryBytes).toBe(32 * MIB);
    const deep = firstJob(
      readText('depth: 1024', 'block: 64KiB', 'queue: { count: 2, size: 1024 }'),
    ).memoryBytes;
    expect(deep % MIB).toBe(0);
    expect(deep).toBeGreaterThan(2 * 1024 * (65_536 + 8192) + 16 * MIB);
    expect(deep).toBeLessThan(256 * MIB);
  });

  it('does not grow with a depth that the queue cannot hold', () => {
    expect(firstJob(readText('depth: 32768', 'block: 64KiB')).memoryBytes).toBe(32 * MIB);
  });

  it('has room for tables of many segments', () => {
    const lines = ['queue: { size: 32768 }', 'depth: 256', 'block: 64KiB'];
    const few = firstJob(readText(...lines)).memoryBytes;
    const many = firstJob(readText(...lines, 'segments: 30000')).memoryBytes;
    expect(many - few).toBeGreaterThan(256 * 30_000 * 16);
  });

  it('can be chosen, if it is enough', () => {
    expect(firstJob(readText('memory: { size: 1GiB }')).memoryBytes).toBe(1024 * MIB);
    expect(refusal(readText('memory: { size: 1MiB }', 'depth: 1000', 'queue: { size: 1024 }'))).toEqual([
      's.yaml:7:21: `memory.size`: too small: 1000 requests in flight on each queue need about 12MiB (job `a`)',
    ]);
  });

  it('is 4GiB at most', () => {
    expect(refusal(readText('depth: 32768', 'block: 1MiB'), 'jobs.a.queue.size=32768')).toEqual([
      '--set jobs.a.queue.size=32768: `queue.size`: 32768 requests of up to 1MiB in flight on each queue need ' +
        '33045MiB of guest memory; 4GiB is the most (job `a`)',
    ]);
  });

  it('has room for the bounce pool, and for what each queue may add to it', () => {
    const lines = ['block: 256KiB', 'depth: 128', 'queue: { count: 2 }'];
    const plain = memoryBytes(...lines);
    expect(memoryBytes(...lines, 'dma: direct')).toBe(plain);
    expect(memoryBytes(...lines, 'dma: swiotlb')).toBe(plain + 64 * MIB);
    const growing = 'dma: { mapping: swiotlb, pool: 8MiB, dynamic: 3MiB }';
    expect(memoryBytes(...lines, growing)).toBe(plain + 14 * MIB);
  });

  it('has room for a ring on every try of a guest whose host refuses pages', () => {
    const lines = ['queue: { size: 32768 }', 'depth: 256', 'block: 64KiB', 'dma: null'];
    const calm = memoryBytes(...lines, 'memory: { encryption: zero }');
    const refused = memoryBytes(...lines, 'memory: { encryption: { refuse: 1% } }');
    expect(memoryBytes(...lines)).toBe(calm);
    const ringBytes = 32_768 * (16 + 2 + 8) + 2 * 4096;
    const moreBytes = 3 * 2 * ringBytes;
    expect(Math.abs(refused - calm - moreBytes)).toBeLessThan(MIB);
  });

  it('that was chosen holds the pool too', () => {
    const text = readText('memory: { size: 64MiB }', 'dma: swiotlb');
    expect(refusal(text)).toEqual([
      's.yaml:7:21: `memory.size`: too small: 32 requests in flight on each queue and a bounce pool of 64MiB ' +
        'need about 65MiB (job `a`)',
    ]);
    expect(firstJob(text, 'memory.size=80MiB').memoryBytes).toBe(80 * MIB);
    expect(firstJob(text, 'dma.pool=1MiB').memoryBytes).toBe(64 * MIB);
    const small = readText('memory: { size: 64MiB }');
    expect(refusal(small, 'dma=swiotlb')[0]).toContain('--set dma=swiotlb: `dma`: too small');
    expect(refusal(text, 'dma.pool=4GiB')[0]).toContain('--set dma.pool=4GiB: `dma.pool`: too small');
  });

  it('has no room for any pool', () => {
    expect(refusal(readText('dma: { mapping: swiotlb, pool: 4GiB }'))).toEqual([
      's.yaml:7:36: `dma.pool`: 32 requests of up to 4KiB in flight on each queue and a bounce pool of 4GiB need ' +
        '4113MiB of guest memory; 4GiB is the most (job `a`)',
    ]);
  });
});
