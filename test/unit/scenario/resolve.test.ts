import { describe, expect, it } from 'vitest';
import { firstJob, plan, readText, refusal } from './scenario-text.js';

const MIB = 2 ** 20;

describe('fault', () => {
  it('is none unless there is one', () => {
    expect(firstJob(readText()).fault).toBeNull();
    expect(firstJob(readText('fault: { worker: host }')).fault).toEqual({
      worker: 'host',
      queue: 0,
      how: 'exit',
      afterOperations: 1000,
      pauseMs: 100,
    });
    expect(firstJob(readText('fault: { worker: host }'), 'fault=null').fault).toBeNull();
    const text = readText('queue: { count: 2 }', 'fault: { worker: guest, queue: 1, how: hang, after: 0 }');
    expect(firstJob(text).fault).toMatchObject({
      worker: 'guest',
      queue: 1,
      how: 'hang',
      afterOperations: 0,
    });
    const pause = firstJob(readText('fault: { worker: host, how: pause, for: 250ms }')).fault;
    expect(pause).toMatchObject({ how: 'pause', pauseMs: 250 });
  });

  it('has a length only as a pause', () => {
    expect(refusal(readText('fault: { worker: host, how: hang, for: 1s }'))).toEqual([
      's.yaml:7:44: `fault.for`: only a pause has a length: how pause (job `a`)',
    ]);
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
