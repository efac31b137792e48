import { afterEach, describe, expect, test } from 'vitest';
import type { JobReport } from '../../src/machine/job-report.js';
import type { Patch } from '../../src/mutants/mutant.js';
import { TreeCopy } from '../../src/mutants/tree-copy.js';
import { ROOT, runJson, sets, vring } from '../support/e2e/vring.js';

const copies: TreeCopy[] = [];

afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

/** The package with something wrong in it. */
function broken(file: string, find: string, replace: string): string {
  const patch: Patch = { file, find, replace };
  const copy = TreeCopy.make(ROOT);
  copies.push(copy);
  copy.mutate([patch]);
  return copy.root;
}

function expectChecked(job: JobReport, queues = 1): void {
  expect(job.failures).toEqual([]);
  // At least: posted, shown, popped, used, shown, reaped, some of them shared by a batch.
  expect(job.checks?.events).toBeGreaterThan(4 * job.buffers);
  expect(job.checks?.rings).toBeGreaterThanOrEqual(queues);
  expect(job.checks?.violations).toBe(0);
}

/** One of each layout. */
const BOUNCED = ['split', 'packed'].flatMap((layout) => ['--only', `plain[queue.layout=${layout}]`]);

describe('run --check finds nothing wrong', () => {
  test('with the first scenario, and says so', async () => {
    const args = [
      'quickstart',
      '--check',
      '--only',
      'mixed',
      ...sets({ 'jobs.mixed.operations': '2k', 'jobs.mixed.warmup': 0 }),
    ];
    const { code, report } = await runJson(args);
    expect(code).toBe(0);
    for (const job of report.jobs) expectChecked(job);
    expect(
      report.jobs.reduce((sum, { checks }) => sum + (checks?.suppressions_judged ?? 0), 0),
    ).toBeGreaterThan(0);
    expect(report.replay).toContain('--check');
    const text = await vring(['run', ...args]);
    expect(text.stdout).toMatch(/^ {2}watched +\S+ events of 1 ring .* 0 violations$/m);
  });

  test('with resets, resizes and suspensions, on two queues, split and packed, over mmio and pci', async () => {
    const { report } = await runJson([
      'lifecycle',
      '--check',
      ...sets({ 'lifecycle.count': 40, operations: '4k' }),
    ]);
    expect(report.jobs).toHaveLength(4);
    for (const job of report.jobs) {
      expectChecked(job, 2);
      expect(job.checks?.rings).toBeGreaterThan(12);
    }
  });

  test('with buffers that bounce', async () => {
    const { code, report } = await runJson([
      'dma-swiotlb',
      '--check',
      ...sets({ operations: 200 }),
      ...BOUNCED,
    ]);
    expect(code).toBe(0);
    for (const job of report.jobs) {
      expectChecked(job);
      expect(job.dma?.bounced).toBeGreaterThan(0);
    }
  });

  test('and is silent where nobody asked', async () => {
    const { report } = await runJson([
      'quickstart',
      '--only',
      'mixed',
      ...sets({ 'jobs.mixed.operations': 500, 'jobs.mixed.warmup': 0 }),
    ]);
    expect(report.jobs.map(({ checks }) => checks)).toEqual([null]);
    expect(report.replay).not.toContain('--check');
  });
});

const WRITES = ['blk-randwrite-verify', '--only', 'overwrite', ...sets({ operations: 2000, warmup: 0 })];

describe('run --check catches', () => {
  test('a device that tells another length, which a driver may never notice', async () => {
    const root = broken(
      'virtqueue/split-device.js',
      'this.port.store32(entry + 4, Math.min(length, 0xffffffff));',
      'this.port.store32(entry + 4, length === 1 ? 0 : length);',
    );
    const unseen = await runJson(WRITES, root);
    expect(unseen.report.violations).toEqual([]);
    const { code, report } = await runJson([...WRITES, '--check'], root);
    expect(code).toBe(20);
    expect(report.violations.map((violation) => violation.code)).toEqual(['USED_LENGTH']);
    expect(report.jobs[0]?.checks?.violations).toBe(1);
  });

  test('a device that looks at a buffer after it has returned it', async () => {
    const root = broken(
      'host/blk-device.js',
      'this.queue.stageUsed(chain, chain.writableBytes);',
      'this.queue.stageUsed(chain, chain.writableBytes); this.port.load8(chain.buffers.address(0));',
    );
    expect((await runJson(WRITES, root)).code).toBe(0);
    const { code, report } = await runJson([...WRITES, '--check'], root);
    expect(code).toBe(20);
    expect(report.violations[0]).toMatchObject({ code: 'NOT_OWNER', fields: { section: '2.7.6' } });
  });

  test('a driver that leaves out a kick that was wanted, and shows what both sides did last', async () => {
    const root = broken(
      'virtqueue/split-driver.js',
      'const old = (this.availIdx - added) & 0xffff;',
      'const old = (this.availIdx - added + (this.availIdx > 500 ? 1 : 0)) & 0xffff;',
    );
    const args = [...WRITES, ...sets({ depth: 1, wait: 'block', stall_timeout: '2s' })];
    const unchecked = await runJson(args, root);
    expect([unchecked.code, unchecked.report.violations]).toEqual([21, []]);
    const { code, report } = await runJson([...args, '--check'], root);
    expect(code).toBe(20);
    expect(report.violations[0]).toMatchObject({ code: 'KICK_SUPPRESSED', fields: { section: '2.7.10.1' } });
    const stall = report.jobs[0]?.failures.find((failure) => failure.code === 'STALL')?.message ?? '';
    const [, driver, device] = /driver:\n([^]*\n) *last events of the device:\n([^]*)$/.exec(stall) ?? [];
    expect(driver).toMatch(/kickSuppressed from \d+ count \d+\n.*callbacksEnabled .*\n.*slept\n$/);
    expect(device).toMatch(/kicksEnabled count \d+ maySleep 1\n.*slept$/);
  });
});
