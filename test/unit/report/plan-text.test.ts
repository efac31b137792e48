import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/report/paint.js';
import { planText } from '../../../src/report/plan-text.js';
import type { JobPlan } from '../../../src/scenario/plan.js';
import { jobPlan, scenarioPlan } from './fixtures.js';

function text(changes: Partial<JobPlan> = {}): string {
  return planText(scenarioPlan({ jobs: [jobPlan(changes)] }), plain);
}

describe('planText', () => {
  it('starts with the scenario and its seed', () => {
    expect(text()).toMatch(/^quickstart {2}quickstart.yaml {2}seed 42\n {2}a first look\n/);
  });

  it('spells out a job', () => {
    const report = text();
    expect(report).toContain('blk over mmio, 64 MiB of guest memory');
    expect(report).toContain('16 MiB in memory');
    expect(report).toContain('split 1 x 256, EVENT_IDX');
    expect(report).toContain('closed loop, depth 32');
    expect(report).toContain('1M operations');
  });

  it('shows weights as shares', () => {
    const { workload } = jobPlan();
    const mix = [
      { operation: 'read' as const, weight: 3 },
      { operation: 'write' as const, weight: 1 },
    ];
    expect(text({ workload: { ...workload, mix } })).toContain('read 75 %, write 25 %');
  });

  it('says when a sequential workload ends by itself', () => {
    const { workload } = jobPlan();
    const endless = { ...workload, operations: null, pattern: 'sequential' as const };
    expect(text({ workload: endless })).toContain('one pass over the disk');
    expect(text({ workload: { ...endless, kind: 'copy' } })).toContain('the whole file');
  });

  it('shows what is made to fail', () => {
    const report = text({
      fault: { worker: 'host', queue: 0, how: 'exit', afterOperations: 100, pauseMs: 100 },
      backend: {
        kind: 'file',
        path: 'disk.img',
        readOnly: true,
        faults: [{ operation: 'write', errno: 'EIO', afterCalls: 5, probability: 0.5 }],
      },
    });
    expect(report).toContain('host of queue 0: exit after 100 operations');
    expect(report).toContain('disk.img, read-only, EIO on 50 % of write after 5 calls');
  });

  it('shows what is done to the device under load', () => {
    const lifecycle = {
      everyOperations: 100,
      events: ['suspend', 'resize'] as const,
      sizes: [8, 64],
      count: 50,
    };
    expect(text({ lifecycle })).toContain(
      '50 events, one in 100 operations of a queue: suspend, resize, sizes 8 64',
    );
    expect(text({ lifecycle: { ...lifecycle, count: null, sizes: [] } })).toContain(
      'as many events as fall due, one in 100 operations of a queue: suspend, resize\n',
    );
    expect(text()).not.toContain('lifecycle');
  });

  it('shows what is encrypted, and how buffers are mapped', () => {
    const encryption = { hostSees: 'garbage', refusal: 0, requireAccessPlatform: true } as const;
    const pool = { sizeBytes: 2 ** 26, growthBytes: 0 };
    const dma = { mapping: 'swiotlb', maskBits: 64, minAlignMask: 0, pool, checked: true } as const;
    expect(text({ encryption, dma })).toContain(
      '\n  memory    encrypted, the host sees garbage in private pages' +
        '\n  dma       swiotlb, pool of 64 MiB, checked\n',
    );
    expect(
      text({ encryption: { hostSees: 'fault', refusal: 0.05, requireAccessPlatform: false } }),
    ).toContain(
      'the host faults on private pages, refuses 5 % of conversions, a device without ACCESS_PLATFORM is taken\n',
    );
    expect(
      text({
        dma: {
          ...dma,
          maskBits: 32,
          minAlignMask: 4095,
          pool: { ...pool, growthBytes: 2 ** 20 },
          checked: false,
        },
      }),
    ).toContain(
      'pool of 64 MiB and 1 MiB for each queue, addresses of 32 bits, low bits 0xfff kept, not checked\n',
    );
    expect(text({ dma: { ...dma, mapping: 'direct', pool: null } })).toContain('direct, no pool, checked\n');
    expect(text()).not.toMatch(/memory {4}|dma/);
  });

  it('lists the thresholds', () => {
    const threshold = {
      metric: 'latency_ns',
      statistic: 'p99',
      operator: '<' as const,
      bound: 250_000,
      abortOnFail: true,
      delayMs: 5000,
      text: 'p99 < 250us',
    };
    const report = planText(scenarioPlan({ thresholds: [threshold] }), plain);
    expect(report).toContain('p99 < 250us, stops the run from 5 s on');
  });
});
