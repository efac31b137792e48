import { describe, expect, test } from 'vitest';
import { runJson, sets, vring } from '../support/e2e/vring.js';

const FEATURES = ['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER'] as const;

describe('vring run', () => {
  test('the quickstart passes, and its report has every key of the contract', async () => {
    const { code, report } = await runJson(['quickstart', ...sets({ 'jobs.mixed.operations': '20k' })]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ schemaVersion: 1, command: 'run', verdict: 'pass', exitCode: 0 });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['scenario', 'seed', 'environment', 'jobs', 'violations', 'thresholds']),
    );
    for (const job of report.jobs) {
      expect(job.operations).toBeGreaterThan(0);
      expect(job.verified_bytes).toBeGreaterThan(0);
      expect(job.mismatches).toBe(0);
      expect(job.lost).toBe(0);
      expect(job.errors).toBe(0);
      expect(job.operations_per_s).toBeGreaterThan(0);
      const latency = job.latency_ns;
      expect(latency).not.toBeNull();
      const order = ['min', 'p50', 'p90', 'p99', 'p99_9', 'max'] as const;
      const values = order.map((key) => latency?.[key] ?? -1);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  test('random reads complete out of submission order, and every one of them is checked', async () => {
    const { code, report } = await runJson(['blk-randread', ...sets({ operations: '50k', warmup: 0 })]);
    expect(code).toBe(0);
    const [job] = report.jobs;
    expect(job?.operations).toBe(50_000);
    expect(job?.buffers).toBe(50_000);
    expect(job?.verified_bytes).toBe(50_000 * 4096);
    expect(job?.out_of_order).toBeGreaterThan(10_000);
    for (const shares of [job?.time_use?.guest, job?.time_use?.host]) {
      const values = Object.values(shares ?? {});
      expect(Math.min(...values)).toBeGreaterThan(0);
      expect(values.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    }
  });

  test.each([
    ['blk', 'split', 'mmio'],
    ['blk', 'packed', 'pci'],
    ['rng', 'split', 'pci'],
  ])('one by one, the split of the latency is that of the right requests: %s, %s', async (...setup) => {
    const [device, layout, transport] = setup;
    const { code, report } = await runJson([
      'blk-randread',
      ...sets({ device, 'queue.layout': layout, transport, depth: 1, operations: 6400, warmup: 0 }),
    ]);
    expect(code).toBe(0);
    const [job] = report.jobs;
    const split = job?.latency_split;
    // With the times of the request before, each would be done before it was posted.
    expect(split).toMatchObject({ dropped: 0, waiting: { max_ns: 0 } });
    expect(Math.abs((split?.sampled ?? 0) - 100)).toBeLessThan(5);
    for (const leg of [split?.to_device, split?.in_device, split?.to_driver]) {
      expect(leg?.max_ns).toBeGreaterThan(0);
      expect(leg?.max_ns).toBeLessThanOrEqual(job?.latency_ns?.max ?? 0);
    }
  });

  test.each([2, 128, 32768])('every combination of ring features at queue size %i', async (size) => {
    const { code, report } = await runJson([
      'ring-features',
      ...sets({ operations: 4000, 'queue.size': size }),
    ]);
    expect(code).toBe(0);
    expect(report.jobs).toHaveLength(8);
    const negotiated = report.jobs.map((job) =>
      FEATURES.filter((name) => job.queue.features.includes(name)).join(),
    );
    expect(new Set(negotiated).size).toBe(8);
    for (const job of report.jobs) {
      expect(job).toMatchObject({ verdict: 'pass', operations: 4000, mismatches: 0, errors: 0, lost: 0 });
      const inOrder = job.queue.features.includes('IN_ORDER');
      if (inOrder) expect(job.out_of_order).toBe(0);
    }
  });

  test('every combination of ring features on an entropy device, down to a queue of one', async () => {
    const { code, report } = await runJson(['rng-features', ...sets({ operations: 2000, 'queue.size': 1 })]);
    expect(code).toBe(0);
    expect(report.jobs).toHaveLength(8);
    for (const job of report.jobs) {
      expect(job).toMatchObject({
        device: 'rng',
        queue: { size: 1 },
        operations: 2000,
        mismatches: 0,
        lost: 0,
      });
    }
  });

  test('two queues with all operations, on four threads', async () => {
    const { code, report } = await runJson(['blk-mixed-multiqueue', ...sets({ operations: '20k' })]);
    expect(code).toBe(0);
    const [job] = report.jobs;
    expect(job?.queue.count).toBe(2);
    expect(job?.submission_digests).toHaveLength(2);
    expect(job?.mismatches).toBe(0);
  });

  test.each(['split', 'packed'])('virtio-pci with a %s ring', async (layout) => {
    const args = [
      'blk-mixed-multiqueue',
      ...sets({ transport: 'pci', 'queue.layout': layout, operations: 10_000 }),
    ];
    const { code, report } = await runJson(args);
    expect(code).toBe(0);
    const [job] = report.jobs;
    expect(job).toMatchObject({
      transport: 'pci',
      queue: { layout },
      operations: 10_000,
      mismatches: 0,
      lost: 0,
    });
    expect(job?.queue.features.includes('RING_PACKED')).toBe(layout === 'packed');
  });

  test.each(['poll', 'block', 'adaptive'])('waiting policy %s', async (wait) => {
    const { code, report } = await runJson(['blk-randwrite-verify', ...sets({ operations: 3000, wait })]);
    expect(code).toBe(0);
    expect(report.jobs[0]).toMatchObject({ wait, mismatches: 0, lost: 0 });
  });

  test('an open loop never issues faster than its rate', async () => {
    const { code, report } = await runJson([
      'blk-openloop',
      ...sets({ 'arrival.rate': '2k/s', 'arrival.distribution': 'constant', operations: 1000, warmup: 0 }),
    ]);
    expect(code).toBe(0);
    const [job] = report.jobs;
    expect(job).toMatchObject({ arrival: 'open', operations: 1000, mismatches: 0 });
    // From the first intended start to the last one.
    expect(job?.duration_s).toBeGreaterThan(999 / 2000);
  });

  test('open-loop latency counts from the intended start, however late the request is posted', async () => {
    const { report } = await runJson([
      'blk-openloop',
      ...sets({ 'arrival.rate': '100M/s', operations: 20_000, warmup: 0, depth: 4 }),
      '--seed',
      '3',
    ]);
    const [job] = report.jobs;
    // All were meant to start at once, so the last one waited for all the others.
    expect(job?.latency_ns?.max).toBeGreaterThan(0.9 * (job?.duration_s ?? 0) * 1e9);
  });

  test('one seed submits the same operations in the same order, another seed others', async () => {
    const run = async (seed: string): Promise<readonly string[]> => {
      const args = ['blk-mixed-multiqueue', '--seed', seed, ...sets({ operations: 5000 })];
      const { report } = await runJson(args);
      return report.jobs.flatMap((job) => job.submission_digests);
    };
    const first = await run('7');
    expect(await run('7')).toEqual(first);
    expect(await run('8')).not.toEqual(first);
  });

  test('an error that the device answers is counted, and nothing is lost', async () => {
    const { code, report } = await runJson([
      'blk-randwrite-verify',
      ...sets({
        operations: 5000,
        'backend.faults': '[{ errno: EIO, operation: any, after: 500, probability: 0.2 }]',
      }),
    ]);
    const [job] = report.jobs;
    expect(job?.errors).toBeGreaterThan(100);
    expect(Object.keys(job?.errors_by_kind ?? {})).toContain('IOERR write');
    expect(job?.backend_errors['EIO']).toBeGreaterThan(100);
    expect(job).toMatchObject({ operations: 5000, mismatches: 0, lost: 0, failures: [] });
    // The scenario's own threshold says that no error is acceptable.
    expect(code).toBe(10);
  });

  test('a full disk is ENOSPC in the report and IOERR at the driver', async () => {
    const { report } = await runJson([
      'blk-randwrite-verify',
      ...sets({ operations: 2000, 'backend.faults': '[{ errno: ENOSPC, operation: write, after: 100 }]' }),
    ]);
    const [job] = report.jobs;
    expect(job?.backend_errors['ENOSPC']).toBeGreaterThan(0);
    expect(job).toMatchObject({ operations: 2000, mismatches: 0, lost: 0 });
  });

  test.each([
    ['blk-mixed-multiqueue', 'split'],
    ['blk-mixed-multiqueue', 'packed'],
    ['rng-features', 'split'],
  ])(
    'a device that asks for a reset is recovered, and the work goes on: %s, %s',
    async (scenario, layout) => {
      const { code, report } = await runJson([
        scenario,
        ...sets({
          operations: 5000,
          'queue.layout': layout,
          'queue.size': 64,
          fault: '{ worker: host, queue: 0, how: needs_reset, after: 1000 }',
        }),
      ]);
      expect(code).toBe(0);
      for (const job of report.jobs) {
        expect(job).toMatchObject({
          operations: 5000,
          mismatches: 0,
          errors: 0,
          lost: 0,
          detached: 0,
          failures: [],
        });
        expect(job.recoveries).toBe(job.queue.count);
      }
    },
  );

  test('without --json, the verdict is the first line', async () => {
    const { code, stdout } = await vring([
      'run',
      'blk-randread',
      '--seed',
      '5',
      ...sets({ operations: 500 }),
    ]);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/PASS blk-randread.*seed 5$/);
  });
});
