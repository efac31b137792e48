import { describe, expect, it } from 'vitest';
import { firstJob, plan, readText, refusal } from './scenario-text.js';

const MIB = 2 ** 20;

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
});

describe('fault', () => {
  it('is none unless there is one', () => {
    expect(firstJob(readText()).fault).toBeNull();
    expect(firstJob(readText('fault: { worker: host }')).fault).toEqual({
      worker: 'host',
      queue: 0,
      how: 'exit',
      afterOperations: 1000,
    });
    expect(firstJob(readText('fault: { worker: host }'), 'fault=null').fault).toBeNull();
    const text = readText('queue: { count: 2 }', 'fault: { worker: guest, queue: 1, how: hang, after: 0 }');
    expect(firstJob(text).fault).toEqual({ worker: 'guest', queue: 1, how: 'hang', afterOperations: 0 });
  });

  it('names a side and a queue that there is', () => {
    expect(refusal(readText('fault: { how: throw }'))).toEqual([
      's.yaml:7:5: `fault.worker` is missing: expected one of guest, host (job `a`)',
    ]);
    expect(refusal(readText('fault: { worker: host, queue: 1 }'))).toEqual([
      's.yaml:7:35: `fault.queue`: there is no queue 1; there is queue 0 (job `a`)',
    ]);
  });
});

describe('a job', () => {
  it('has every field of the plan', () => {
    expect(plan(readText('stall_timeout: 500ms'), 'seed=7').jobs).toEqual([
      {
        name: 'a',
        parameters: {},
        seed: expect.any(Number),
        device: 'blk',
        transport: 'mmio',
        memoryBytes: 32 * MIB,
        encryption: null,
        dma: null,
        wait: { policy: 'adaptive', spinNs: 50_000 },
        queue: {
          layout: 'split',
          size: 128,
          count: 1,
          features: ['INDIRECT_DESC', 'EVENT_IDX'],
          directCount: 0,
          startIndex: 0,
        },
        backend: { kind: 'memory', sizeBytes: 64 * MIB, readOnly: false, faults: [] },
        blk: { sizeMaxBytes: null, segMax: null, serial: 'vring-blk' },
        service: { window: 8, order: 'random' },
        workload: {
          kind: 'read',
          pattern: 'random',
          mix: [{ operation: 'read', weight: 1 }],
          blocks: [{ sizeBytes: 4096, weight: 1 }],
          arrival: { model: 'closed', depth: 32 },
          segments: { min: 1, max: 1 },
          framing: 'separate',
          operations: 10,
          durationMs: null,
          warmup: { operations: 0, durationMs: 0 },
          verify: true,
          hash: false,
          source: null,
        },
        stallTimeoutMs: 500,
        fault: null,
        lifecycle: null,
      },
    ]);
  });

  it('is plain data that can cross to another thread', () => {
    const { jobs } = plan(readText('backend: { faults: [{ errno: EIO }] }'));
    expect(structuredClone(jobs)).toEqual(jobs);
  });
});
