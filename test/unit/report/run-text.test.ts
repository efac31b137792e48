import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import type { DmaReport, EncryptionReport, JobReport } from '../../../src/machine/job-report.js';
import { painterFor, plain } from '../../../src/report/paint.js';
import type { RunOutcome } from '../../../src/report/run-json.js';
import { runText } from '../../../src/report/run-text.js';
import {
  dmaReport,
  encryptionReport,
  environment,
  failure,
  jobPlan,
  jobReport,
  latencyLeg,
  latencySplitReport,
  lifecycleReport,
  runReport,
  scenarioPlan,
} from './fixtures.js';

function text(changes: Partial<RunOutcome> = {}): string {
  return runText(runReport(changes), plain);
}

function lineWith(report: string, start: string): string {
  return report.split('\n').find((line) => line.trim().startsWith(start)) ?? '';
}

describe('runText of a pass', () => {
  it('starts with the verdict and gives the seed', () => {
    const [first = ''] = text().split('\n');
    expect(first).toMatch(/^✓ PASS quickstart/);
    expect(first).toContain('seed 42');
  });

  it('has rate, latency and checks with units', () => {
    const report = text();
    expect(lineWith(report, 'rate')).toContain('2M op/s   7.63 GiB/s');
    expect(lineWith(report, 'latency')).toContain(
      'p50 12.3 us   p90 20 us   p99 41.2 us   p99.9 99 us   max 1.5 ms',
    );
    expect(lineWith(report, 'checks')).toContain('mismatches 0');
    expect(lineWith(report, 'checks')).toContain('out of order 5 %');
  });

  it('has the notification economy and the negotiated features', () => {
    const report = text();
    expect(lineWith(report, 'kicks')).toContain(
      '0.08 per op   80k sent, 920k suppressed (92 %), 12 spurious',
    );
    expect(lineWith(report, 'interrupts')).toMatch(/0\.11 per op .*, 34 spurious$/);
    expect(lineWith(report, 'features')).toContain('VERSION_1 EVENT_IDX');
  });

  it('counts the warm-up in what is there for each operation', () => {
    const report = text({ jobs: [jobReport({ operations: 500_000, warmup_operations: 500_000 })] });
    expect(lineWith(report, 'kicks')).toContain('0.08 per op');
    expect(lineWith(report, 'checks')).toContain('out of order 5 %');
    expect(lineWith(report, 'rate')).toContain('500k operations in 500 ms, after 500k of warm-up');
  });

  it('tells what the threads spent their time on, where enough was measured', () => {
    expect(lineWith(text(), 'time')).toBe('');
    const time_use = {
      guest: { posting: 0.4, reaping: 0.3, checking: 0.2, waiting: 0.1 },
      host: { ring: 0.25, device: 0.55, waiting: 0.2 },
    };
    expect(lineWith(text({ jobs: [jobReport({ time_use })] }), 'time')).toContain(
      'guest posting 40 %, reaping 30 %, checking 20 %, waiting 10 %   host ring 25 %, device 55 %, waiting 20 %',
    );
  });

  it('tells where the latency went, and of what is waited for only where there was any', () => {
    expect(lineWith(text(), 'split')).toBe('');
    const closed = lineWith(text({ jobs: [jobReport({ latency_split: latencySplitReport() })] }), 'split');
    expect(closed).toContain(
      'to device p50 2 us p99 4 us   in device p50 3 us p99 6 us   back p50 4 us p99 8 us   (15.6k sampled)',
    );
    const changes = { waiting: latencyLeg(500), dropped: 3 };
    const open = lineWith(
      text({ jobs: [jobReport({ latency_split: latencySplitReport(changes) })] }),
      'split',
    );
    expect(open).toContain('waiting p50 500 ns p99 1 us   to device');
    expect(open).toContain('(15.6k sampled, 3 dropped)');
  });

  it('has the hash where there is one', () => {
    expect(text()).not.toContain('sha256');
    expect(lineWith(text({ jobs: [jobReport({ sha256: 'abc' })] }), 'sha256')).toContain('abc');
  });

  it('tells of resets, resizes and suspensions where there were any', () => {
    expect(lineWith(text(), 'lifecycle')).toBe('');
    expect(lineWith(text({ jobs: [jobReport({ lifecycle: lifecycleReport() })] }), 'lifecycle')).toContain(
      '1k events (250 device resets, 250 ring resets, 250 resizes, 250 suspends)   20k taken back, 20k posted again',
    );
  });

  it('tells how buffers reached the device where they went through the DMA API', () => {
    expect(lineWith(text(), 'dma')).toBe('');
    expect(lineWith(text(), 'encryption')).toBe('');
    const job = (dma: Partial<DmaReport>): string =>
      lineWith(text({ jobs: [jobReport({ dma: dmaReport(dma) })] }), 'dma');
    expect(job({})).toContain(
      'swiotlb: 3k mappings, 2k bounced   3 MiB in, 1 MiB out   slots 713 of 8.19k at most, 0 left',
    );
    expect(job({})).not.toContain('refused');
    expect(job({ mapping_errors: 7, transient_pools: 2, grown_pools: 1 })).toContain(
      '2 transient pools, 1 added   7 refused',
    );
    expect(job({ mapping: 'direct', slots: 0 })).not.toContain('slots');
  });

  it('tells what an encrypted guest showed to the host', () => {
    const line = (changes: Partial<EncryptionReport>): string =>
      lineWith(text({ jobs: [jobReport({ encryption: encryptionReport(changes) })] }), 'encryption');
    expect(line({})).toContain('host sees zero   pages shared 4.1k, taken back 2   private accesses 0');
    expect(line({ pages_leaked: 3, private_accesses: 5 })).toContain('lost 3   private accesses 5');
  });

  it('draws the way of one request as a tree, where that was asked for', () => {
    const path = [
      { text: 'virtqueue_add', steps: [{ text: 'one', steps: [{ text: 'deep', steps: [] }] }] },
      { text: 'virtqueue_kick', steps: [] },
    ];
    const report = text({ jobs: [jobReport({ dma_path: path })] });
    expect(report).toContain('  ├─ virtqueue_add\n  │  └─ one\n  │     └─ deep\n  └─ virtqueue_kick\n');
    expect(text()).not.toContain('├─');
  });

  it('counts the errors that the device answered, by kind', () => {
    const report = text({ jobs: [jobReport({ errors: 2, errors_by_kind: { 'IOERR write': 2 } })] });
    expect(report).toContain('errors 2 (IOERR write 2)');
    expect(report).toMatch(/^✓ PASS/);
  });

  it('copes with a job that measured nothing', () => {
    const empty = { operations: 0, operations_per_s: 0, bytes_per_s: 0, latency_ns: null, kicks: 0 };
    const report = text({ jobs: [jobReport({ ...empty, kicks_suppressed: 0 })] });
    expect(report).toContain('none measured');
    expect(report).not.toContain('NaN');
    expect(report).toContain('! nothing was measured in randread');
  });

  it('colours only when told to', () => {
    const colourful = runText(runReport(), painterFor({ isTTY: true }, {}));
    expect(text()).not.toContain('\u001b');
    expect(colourful).toContain('\u001b[32m');
  });
});

describe('runText of a failure', () => {
  const failed = {
    jobs: [jobReport({ verdict: 'fail', failures: [failure(ExitCode.liveness, 'no kick')] })],
  };

  it('starts with the command that repeats it, then says what happened', () => {
    const [first, second, third] = text(failed).split('\n');
    expect(first).toBe('replay: vring run quickstart.yaml --seed 42');
    expect(second).toContain('✗ FAIL quickstart  liveness, exit 21');
    expect(third).toContain('LIVENESS  randread: no kick (CODE)');
  });

  it('keeps to the first reasons of very many', () => {
    const jobs = Array.from({ length: 50 }, () => jobReport({ mismatches: 1, verdict: 'fail' }));
    const report = text({ jobs });
    expect(report.match(/SAFETY/g)).toHaveLength(10);
    expect(report).toContain('and 40 more');
  });

  it('marks each threshold and gives the value', () => {
    const common = { metric: 'latency_ns', job: 'randread' };
    const report = text({
      thresholds: [
        { ...common, text: 'p50 < 1ms', actual: 12_300, passed: true },
        { ...common, text: 'p99 < 10us', actual: 41_200, passed: false },
      ],
    });
    expect(report).toMatch(/✓ p50 < 1ms +12.3 us {2}randread/);
    expect(report).toMatch(/✗ p99 < 10us +41.2 us {2}randread/);
    expect(report).toContain('threshold, exit 10');
  });

  it('says when a threshold ended it before its time', () => {
    const thresholds = [
      { text: 'p99 < 1us', metric: 'latency_ns', job: 'randread', actual: 2000, passed: false },
    ];
    expect(text({ thresholds })).not.toContain('stopped early');
    const report = text({ thresholds, abortedBy: 'p99 < 1us' });
    expect(report).toContain('  stopped early: abort_on_fail of p99 < 1us\n');
  });

  it('is the verdict and its reasons alone when quiet', () => {
    const report = runText(runReport(failed), plain, { quiet: true });
    expect(report.split('\n')).toHaveLength(4);
    expect(report).toContain('no kick');
  });
});

describe('runText of an interrupted run', () => {
  it('says so, and what was not run', () => {
    const plan = scenarioPlan({ jobs: [jobPlan(), jobPlan({ name: 'write' })] });
    const report = text({ plan, interrupted: true });
    expect(report).toMatch(/^! INTERRUPTED quickstart/);
    expect(report).toContain('not run: write');
  });
});

describe('runText of many jobs', () => {
  const cell = (size: number): JobReport =>
    jobReport({ name: `read[queue.size=${size}]`, parameters: { 'queue.size': size } });

  it('is a table with a line for each and a column for each matrix value', () => {
    const report = text({ jobs: [64, 128, 256, 512].map(cell) });
    const [header = '', ...lines] = report.split('\n').filter((line) => /^(job|read) /.test(line));
    expect(header).toMatch(/^job +size +rate +bytes +p50 /);
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual(['64', '128', '256', '512']);
    expect(new Set(lines.map((line) => line.indexOf('2M op/s'))).size).toBe(1);
    expect(report).not.toContain('features');
  });

  it('has columns for events where a job had any', () => {
    const [first, ...others] = [1, 2, 3, 4].map((i) => jobReport({ name: `job${i}` }));
    const jobs = [{ ...(first as JobReport), lifecycle: lifecycleReport() }, ...others];
    const report = text({ jobs });
    expect(lineWith(text({ jobs: others.concat(others) }), 'job')).not.toContain('events');
    expect(lineWith(report, 'job ')).toContain('events  taken back');
    expect(lineWith(report, 'job1')).toMatch(/ 1k +20k *$/);
    expect(lineWith(report, 'job2')).toMatch(/ - +- *$/);
  });

  it('has columns for bounce buffers where a job had any', () => {
    const [first, second, ...others] = [1, 2, 3, 4].map((i) => jobReport({ name: `job${i}` }));
    const jobs = [
      { ...(first as JobReport), dma: dmaReport(), encryption: encryptionReport() },
      { ...(second as JobReport), dma: dmaReport() },
      ...others,
    ];
    const report = text({ jobs });
    expect(lineWith(report, 'job ')).toContain('bounced  slots  pages');
    expect(lineWith(report, 'job1')).toMatch(/ 4 MiB +713 +4\.1k *$/);
    expect(lineWith(report, 'job2')).toMatch(/ 4 MiB +713 +- *$/);
    expect(lineWith(report, 'job3')).toMatch(/ - +- +- *$/);
  });

  it('gives whole paths where their last words are the same', () => {
    const parameters = { 'queue.size': 64, 'backend.size': '1MiB' };
    const jobs = ['a', 'b', 'c', 'd'].map((name) => jobReport({ name, parameters }));
    expect(text({ jobs })).toMatch(/^job +queue\.size +backend\.size +rate/m);
  });

  it('keeps the names of jobs outside of the matrix', () => {
    const report = text({ jobs: [cell(64), cell(128), cell(256), jobReport({ name: 'warm' })] });
    expect(report).toMatch(/^warm +- +2M op\/s/m);
  });
});

describe('runText of many jobs with a threshold', () => {
  it('sums up in how many of them it held', () => {
    const jobs = ['a', 'b', 'c', 'd'].map((name) => jobReport({ name }));
    const thresholds = jobs.map(({ name }) => {
      return { text: 'p99 < 1us', metric: 'latency_ns', job: name, actual: 500, passed: name !== 'd' };
    });
    const lines = text({ jobs, thresholds }).split('\n');
    expect(lines.filter((line) => line.includes('p99 < 1us'))).toEqual([
      '  THRESHOLD d: p99 < 1us, was 500 ns',
      '  ✗ p99 < 1us  3 of 4 jobs',
    ]);
  });
});

describe('warnings', () => {
  it('appear when latencies come near the step of the clock', () => {
    expect(text()).not.toContain('! ');
    const report = text({ environment: { ...environment, timer_resolution_ns: 10_000 } });
    expect(report).toContain("p99 of randread is near the clock's own step of 10 us");
  });

  it('appear when there are more threads than cores', () => {
    const report = text({ environment: { ...environment, cpu_count: 1 } });
    expect(report).toContain('! 2 threads on 1 core in randread');
  });
});
