import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobReport } from '../../src/machine/job-report.js';
import { runJson, Scratch, sets, Vring } from '../support/e2e/vring.js';

const scratch = new Scratch();

afterAll(() => scratch.remove());

/** Everything that must hold of a run that went to its end, whatever was done to it. */
function expectWhole(job: JobReport, events: number): void {
  expect(job.failures).toEqual([]);
  const { lifecycle } = job;
  expect(lifecycle?.events).toBe(events);
  expect(lifecycle?.tokens_detached).toBeGreaterThan(events / 2);
  expect(lifecycle?.tokens_reposted).toBe(lifecycle?.tokens_detached);
  expect([job.lost, job.detached, job.mismatches, job.errors]).toEqual([0, 0, 0, 0]);
  expect(job.verified_bytes).toBeGreaterThan(0);
  expect(job.latency_split?.dropped ?? 0).toBe(0);
}

describe('resets, resizes and suspensions under load', () => {
  test('split and packed, over mmio and pci, on two queues: every token comes back once', async () => {
    const { code, report } = await runJson([
      'lifecycle',
      ...sets({ 'lifecycle.count': 200, operations: '20k' }),
    ]);
    expect(report.jobs).toHaveLength(4);
    for (const job of report.jobs) {
      expectWhole(job, 200);
      const { device_resets, ring_resets, resizes, suspends } = job.lifecycle ?? {};
      for (const count of [device_resets, ring_resets, resizes, suspends]) expect(count).toBeGreaterThan(10);
    }
    // The scenario promises 1,000 in each job, and a run that did fewer does not pass for one that did them.
    expect(code).toBe(10);
    const breached = report.thresholds.filter((threshold) => !threshold.passed);
    expect(breached.map(({ metric, actual }) => [metric, actual])).toEqual(
      Array.from({ length: 4 }, () => ['lifecycle_events', 200]),
    );
  });

  test.each(['split', 'packed'])(
    'a device that asks for a reset in the middle of them: %s',
    async (layout) => {
      // Late enough that the first vCPU may have come to its end, and must serve the others. Of the events only a
      // device reset could come before the driver has seen what the device asks for, and would be the answer to it.
      for (const [after, events] of [
        [3000, '[device_reset, ring_reset, resize, suspend]'],
        [3000, '[ring_reset, resize, suspend]'],
        [9900, '[ring_reset, resize, suspend]'],
      ] as const) {
        const { report } = await runJson([
          'lifecycle',
          ...sets({
            'queue.layout': layout,
            transport: 'pci',
            wait: 'block',
            'queue.count': 3,
            'lifecycle.count': 150,
            'lifecycle.events': events,
            operations: '30k',
            fault: `{ worker: host, queue: 2, how: needs_reset, after: ${after} }`,
          }),
        ]);
        const [job] = report.jobs as [JobReport];
        expectWhole(job, 150);
        if (!events.includes('device_reset')) expect(job.recoveries).toBeGreaterThan(0);
      }
    },
  );

  test('rings down to one entry, on an entropy device', async () => {
    const path = scratch.path('rng.yaml');
    const scenario = {
      version: 1,
      name: 'rng',
      jobs: {
        rng: {
          device: 'rng',
          workload: 'read',
          operations: 10_000,
          lifecycle: {
            every: 50,
            count: 200,
            events: ['device_reset', 'ring_reset', 'resize', 'suspend'],
            sizes: [1, 3, 64],
          },
        },
      },
      matrix: { 'queue.layout': ['packed'], wait: ['block', 'adaptive'] },
    };
    writeFileSync(path, JSON.stringify(scenario));
    const { code, report } = await runJson([path]);
    expect(code).toBe(0);
    for (const job of report.jobs) expectWhole(job, 200);
  });

  test('a copy of a file arrives whole', async () => {
    const path = scratch.path('copy.yaml');
    const file = scratch.path('file');
    writeFileSync(
      file,
      Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 7 + (i >> 9)) & 0xff),
    );
    const lifecycle = '{ every: 10, events: [device_reset, ring_reset, resize, suspend], sizes: [8, 64] }';
    const backend = `backend: { size: 8MiB }, source: { path: ${file} }`;
    const job = `{ workload: copy, block: 4KiB, ${backend}, lifecycle: ${lifecycle} }`;
    writeFileSync(path, `version: 1\nname: copy\njobs:\n  copy: ${job}\n`);
    const { code, report } = await runJson([path]);
    expect(code).toBe(0);
    const [copied] = report.jobs as [JobReport];
    expectWhole(copied, copied.lifecycle?.events ?? -1);
    expect(copied.lifecycle?.events).toBeGreaterThan(100);
  });

  test('Ctrl-C between two of them ends in good order', async () => {
    const run = new Vring([
      'run',
      'lifecycle',
      '--json',
      '--progress',
      'always',
      ...sets({ operations: '500M', 'lifecycle.count': 'null', 'lifecycle.every': 20 }),
    ]);
    await run.saysOnStderr(/loaded/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const [job] = (JSON.parse(stdout) as { jobs: JobReport[] }).jobs;
    expect(job).toMatchObject({ verdict: 'interrupted', lost: 0, detached: 0, failures: [] });
    expect(job?.lifecycle?.events).toBeGreaterThan(0);
  });
});

describe('what goes wrong between them', () => {
  test.each([
    ['host', 'hang', 21],
    ['guest', 'hang', 21],
    ['guest', 'throw', 1],
    ['host', 'exit', 1],
  ])('a %s thread that does %s ends the run, and nobody waits for it', async (worker, how, exitCode) => {
    const { code, report } = await runJson([
      'lifecycle',
      ...sets({
        wait: 'block',
        stall_timeout: '1s',
        'lifecycle.every': 20,
        'lifecycle.count': 'null',
        fault: `{ worker: ${worker}, queue: 1, how: ${how}, after: 2000 }`,
      }),
    ]);
    expect(code).toBe(exitCode);
    expect(report.jobs[0]?.lifecycle?.events).toBeGreaterThan(0);
  });
});
