import { describe, expect, it } from 'vitest';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { firstJob, readText, refusal } from './scenario-text.js';

function request(...lines: readonly string[]): Pick<WorkloadPlan, 'blocks' | 'segments' | 'framing'> {
  const { blocks, segments, framing } = firstJob(readText(...lines)).workload;
  return { blocks, segments, framing };
}

const FORBIDDEN =
  'and a chain longer than the queue (2) is forbidden even when it is indirect (virtio 1.4, 2.7.5.3.1, N0042)';

describe('block', () => {
  it.each([
    ['depth: 1', [[4096, 1]]],
    ['block: 64KiB', [[65_536, 1]]],
    [
      'block: [512, 4KiB]',
      [
        [512, 1],
        [4096, 1],
      ],
    ],
    [
      'block: { 512: 1, 4KiB: 8.5 }',
      [
        [512, 1],
        [4096, 8.5],
      ],
    ],
  ])('%s', (line, expected) => {
    expect(request(line).blocks.map(({ sizeBytes, weight }) => [sizeBytes, weight])).toEqual(expected);
  });

  it('of a job replaces that of the defaults', () => {
    const text = `${readText('block: { 4KiB: 1 }')}defaults: { block: { 512: 1, 4KiB: 8 } }\n`;
    expect(firstJob(text).workload.blocks).toEqual([{ sizeBytes: 4096, weight: 1 }]);
  });

  it('fits the part of the disk that each queue has', () => {
    expect(refusal(readText('backend: { size: 64KiB }', 'block: 128KiB'))).toEqual([
      's.yaml:8:12: `block`: a block of 128KiB is too large: the disk is 64KiB (job `a`)',
    ]);
    expect(refusal(readText('backend: { size: 64KiB }', 'block: 64KiB'), 'queue.count=2')).toEqual([
      '--set queue.count=2: `queue.count`: a block of 64KiB is too large: each of 2 queues has a part of the disk ' +
        'that is 32KiB (job `a`)',
    ]);
  });
});

describe('framing', () => {
  it.each([
    ['depth: 1', 'separate'],
    ['queue: { size: 2 }', 'merged'],
    ['queue: { size: 2, features: [] }', 'merged'],
    ['queue: { size: 4 }', 'separate'],
    ['framing: merged', 'merged'],
  ])('%s', (line, framing) => {
    expect(request(line).framing).toBe(framing);
  });

  it('is merged when the segments leave no room for more', () => {
    expect(request('queue: { size: 4 }', 'segments: 1..2').framing).toBe('separate');
    expect(request('queue: { size: 4 }', 'segments: 1..3').framing).toBe('merged');
  });

  it('that was asked for and does not fit is refused', () => {
    expect(refusal(readText('queue: { size: 2 }', 'framing: separate'))).toEqual([
      `s.yaml:8:14: \`framing\`: a request with 1 data segment, framing separate, is a chain of 3 ` +
        `descriptors, ${FORBIDDEN}; framing merged would fit (job \`a\`)`,
    ]);
    expect(refusal(readText('framing: separate'), 'queue.size=2')).toEqual([
      `--set queue.size=2: \`queue.size\`: a request with 1 data segment, framing separate, is a chain of 3 ` +
        `descriptors, ${FORBIDDEN}; framing merged would fit (job \`a\`)`,
    ]);
  });
});

describe('segments', () => {
  it('is one, a number or a range', () => {
    expect(request().segments).toEqual({ min: 1, max: 1 });
    expect(request('segments: 3').segments).toEqual({ min: 3, max: 3 });
    expect(request('segments: 1..4').segments).toEqual({ min: 1, max: 4 });
  });

  it('fits the queue', () => {
    expect(refusal(readText('queue: { size: 2 }', 'segments: 1..4'))).toEqual([
      `s.yaml:8:15: \`segments\`: a request with 4 data segments, framing merged, is a chain of 5 ` +
        `descriptors, ${FORBIDDEN}; use fewer segments or a larger queue (job \`a\`)`,
    ]);
  });

  it('is not empty, not even in the last request of a pass', () => {
    const lines = ['queue: { size: 1024 }', 'block: 1KiB', 'segments: 1..600'];
    expect(request(...lines).segments).toEqual({ min: 1, max: 600 });
    expect(refusal(readText(...lines, 'pattern: sequential'))).toEqual([
      's.yaml:9:15: `segments`: 600 segments of 512 bytes, the shortest request, would be empty (job `a`)',
    ]);
    expect(refusal(readText(...lines), 'block=512')).toEqual([
      '--set block=512: `block`: 600 segments of 512 bytes, the shortest request, would be empty (job `a`)',
    ]);
  });

  it('is as many as size_max demands, and no more than seg_max allows', () => {
    expect(request('blk: { size_max: 16KiB }', 'block: 64KiB').segments).toEqual({ min: 1, max: 1 });
    expect(request('blk: { size_max: 16KiB }', 'block: 64KiB', 'segments: 1..4').segments).toEqual({
      min: 1,
      max: 4,
    });
    expect(refusal(readText('blk: { size_max: 16KiB }', 'block: 64KiB', 'segments: 3'))).toEqual([
      's.yaml:9:15: `segments`: a block of 64KiB needs 4 segments, because size_max is 16KiB (job `a`)',
    ]);
    expect(refusal(readText('blk: { seg_max: 2 }', 'segments: 1..3'))).toEqual([
      's.yaml:8:15: `segments`: a block of 4KiB in 3 segments is refused by a device whose seg_max is 2 (job `a`)',
    ]);
    expect(refusal(readText('blk: { size_max: 512, seg_max: 4 }'))).toEqual([
      's.yaml:7:36: `blk.seg_max`: a block of 4KiB in 8 segments (size_max is 512 bytes) is refused by a device ' +
        'whose seg_max is 4 (job `a`)',
    ]);
  });

  it('counts those that size_max demands towards the chain', () => {
    const lines = ['blk: { size_max: 512 }', 'block: 4KiB'];
    expect(request(...lines, 'queue: { size: 16 }').framing).toBe('separate');
    expect(refusal(readText(...lines, 'queue: { size: 8 }'))[0]).toMatch(
      /^s\.yaml:9:20: `queue\.size`: a request with 9 data segments \(size_max is 512 bytes\), framing merged/,
    );
  });
});

describe('segments that are bounced', () => {
  const SWIOTLB = 'dma: swiotlb';
  const NARROW = 'dma: { mask: 24, pool: 1MiB }';

  it('are as many as bounces demand, and stay what was asked for', () => {
    const large = ['block: 1MiB', SWIOTLB];
    expect(request(...large).segments).toEqual({ min: 1, max: 1 });
    expect(request(...large, 'segments: 4').segments).toEqual({ min: 4, max: 4 });
    expect(request('block: 256KiB', 'segments: 1', SWIOTLB).framing).toBe('separate');
    // 4 ranges, a header and a status.
    expect(request(...large, 'queue: { size: 8 }').framing).toBe('separate');
    expect(refusal(readText('framing: separate', ...large, 'queue: { size: 4 }'))[0]).toContain(
      's.yaml:10:20: `queue.size`: a request with 4 data segments (a bounce takes 256KiB at most), framing separate, ' +
        'is a chain of 6 descriptors',
    );
  });

  it.each([
    ['dma: swiotlb', '256KiB'],
    ['dma: restricted', '256KiB'],
    ['dma: { mapping: swiotlb, align_mask: 1 }', '254KiB'],
    ['dma: { mapping: swiotlb, align_mask: 2047 }', '254KiB'],
    ['dma: { mapping: swiotlb, align_mask: 4095 }', '252KiB'],
    ['memory: { encryption: zero }', '256KiB'],
    ['dma: { mask: 24, pool: 1MiB }', '256KiB'],
  ])('%s', (line, size) => {
    expect(refusal(readText('block: 512KiB', 'segments: 1', line))).toEqual([
      `s.yaml:8:15: \`segments\`: a block of 512KiB needs ${size === '256KiB' ? 2 : 3} segments, because a ` +
        `bounce takes ${size} at most (job \`a\`)`,
    ]);
  });

  it.each([
    'dma: direct',
    'dma: { pool: 1MiB }',
    'dma: { mask: 26, pool: 1MiB }',
    'memory: { encryption: zero }, dma: direct',
    'memory: { encryption: zero }, queue: { features: { ACCESS_PLATFORM: false } }',
  ])('are not limited where nothing can be bounced: %s', (lines) => {
    expect(request('block: 512KiB', 'segments: 1', ...lines.split(/, (?=dma|queue)/)).segments.max).toBe(1);
  });

  it('depend on the size of memory, where only what is out of reach is bounced', () => {
    const lines = ['block: 512KiB', 'segments: 1', 'dma: { mask: 26, pool: 1MiB }'];
    expect(request(...lines, 'memory: { size: 64MiB }').segments.max).toBe(1);
    expect(refusal(readText(...lines), 'memory.size=65MiB')[0]).toContain('because a bounce takes 256KiB');
    expect(refusal(readText(...lines), 'depth=128')[0]).toContain('because a bounce takes 256KiB at most');
    expect(firstJob(readText('block: 512KiB', NARROW)).memoryBytes).toBeGreaterThan(2 ** 24);
  });

  it('are limited by the smaller of a bounce and size_max, and say by which', () => {
    const lines = ['block: 1MiB', 'segments: 1', SWIOTLB];
    expect(refusal(readText(...lines, 'blk: { size_max: 128KiB }'))).toEqual([
      's.yaml:8:15: `segments`: a block of 1MiB needs 8 segments, because size_max is 128KiB (job `a`)',
    ]);
    expect(refusal(readText(...lines, 'blk: { size_max: 512KiB }'))).toEqual([
      's.yaml:8:15: `segments`: a block of 1MiB needs 4 segments, because a bounce takes 256KiB at most (job `a`)',
    ]);
    expect(refusal(readText('block: 1MiB', 'blk: { seg_max: 3 }'), 'dma=swiotlb')).toEqual([
      '--set dma=swiotlb: `dma`: a block of 1MiB in 4 segments (a bounce takes 256KiB at most) is refused by a ' +
        'device whose seg_max is 3 (job `a`)',
    ]);
  });

  it('of an entropy device are raised too', () => {
    const lines = ['device: rng', 'block: 1MiB', SWIOTLB];
    expect(request(...lines).segments).toEqual({ min: 1, max: 1 });
    const plain = firstJob(readText('device: rng', 'block: 1MiB', 'queue: { size: 2 }')).workload;
    expect(plain.segments.max).toBe(1);
    expect(refusal(readText(...lines, 'queue: { size: 2 }'))).toEqual([
      's.yaml:10:20: `queue.size`: a buffer in 4 segments (a bounce takes 256KiB at most) is a chain longer than the ' +
        'queue (2) (virtio 1.4, 2.7.5.3.1, N0042) (job `a`)',
    ]);
    expect(refusal(readText(...lines, 'segments: 1..3'))[0]).toContain('a block of 1MiB needs 4 segments');
  });
});
