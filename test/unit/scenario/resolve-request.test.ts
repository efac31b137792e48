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
      's.yaml:7:36: `blk.seg_max`: a block of 4KiB in 8 segments is refused by a device whose seg_max is 4 (job `a`)',
    ]);
  });

  it('counts those that size_max demands towards the chain', () => {
    const lines = ['blk: { size_max: 512 }', 'block: 4KiB'];
    expect(request(...lines, 'queue: { size: 16 }').framing).toBe('separate');
    expect(refusal(readText(...lines, 'queue: { size: 8 }'))[0]).toMatch(
      /^s\.yaml:9:20: `queue\.size`: a request with 9 data segments, framing merged, is a chain of 10 descriptors/,
    );
  });
});
