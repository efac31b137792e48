import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RunStore } from '../../src/runs/run-store.js';
import { bucketOf } from '../../src/stats/buckets.js';
import { Histogram } from '../../src/stats/histogram.js';
import { latencyReport } from '../../src/stats/latency-report.js';
import { jobSeries } from '../unit/runs/fixtures.js';
import { ROOT, Scratch, sets, vring } from '../support/e2e/vring.js';

const scratch = new Scratch();
const store = new RunStore(scratch.path('store'));
const env = { VRING_STORE: store.directory };

afterAll(() => {
  scratch.remove();
});

const SHORT = ['run', 'blk-randread', ...sets({ operations: 20_000, warmup: 1000 })];

function scenario(name: string, job: string, more = ''): string {
  const file = scratch.path(`${name}.yaml`);
  writeFileSync(file, `version: 1\nname: ${name}\njobs:\n  only: ${job}\n${more}`);
  return file;
}

describe('a run that is kept', () => {
  test('is the document that was printed, its latencies and its time line', async () => {
    const { stdout, stderr } = await vring([...SHORT, '--json'], undefined, env);
    const printed = JSON.parse(stdout);
    const run = store.find('latest');
    expect(stderr).toContain(`kept in ${run.directory}\n`);
    expect(run.document).toEqual(printed);
    const [job] = printed.jobs;
    const [histogram, series] = [run.histograms[0]?.latency, run.series[0]];
    const latency = histogram === undefined ? null : Histogram.fromData(histogram);
    expect(latency === null ? null : latencyReport([latency])).toEqual(job.latency_ns);
    const sum = (column: readonly number[] = []): number => column.reduce((total, one) => total + one, 0);
    expect(Object.keys(series ?? {}).toSorted()).toEqual(Object.keys(jobSeries(1)).toSorted());
    expect(sum(series?.operations)).toBe(20_000);
    expect(sum(series?.warmup_operations)).toBe(1000);
    expect(sum(series?.kicks)).toBe(job.kicks);
    expect(sum(series?.interrupts)).toBe(job.interrupts);
    expect(sum(series?.bytes)).toBe(20_000 * 4096);
    expect(sum(series?.cpu_ms)).toBeGreaterThan(0);
  });

  test('is reported as it was when it ended', async () => {
    const first = await vring(SHORT, undefined, env);
    const again = await vring(['report', 'latest'], undefined, env);
    expect(again).toEqual({ code: 0, stdout: first.stdout, stderr: '' });
    expect(first.stdout).toMatch(/ring fill +[\d.]+ %: .* in flight on average/);
  });

  test('is one of a stress or a bench too', async () => {
    await vring(['stress', '--rounds', '1', '--pairs', '1'], undefined, env);
    await vring(['bench', 'ring', '--buffers', '1000', '--repetitions', '1'], undefined, env);
    const { stdout } = await vring(['list', 'runs', '--json'], undefined, env);
    const { runs } = JSON.parse(stdout);
    expect(runs.slice(0, 2).map(({ command }: { command: string }) => command)).toEqual(['bench', 'stress']);
    for (const { id } of runs.slice(0, 2)) expect((await vring(['report', id], undefined, env)).code).toBe(0);
  });

  test('is kept also when it fails, and its exit code is that of the failure', async () => {
    const out = scratch.path('failed');
    const words = [...SHORT, '--threshold', 'p50 < 1ns', '--out', out];
    expect((await vring(words)).code).toBe(10);
    expect(JSON.parse(readFileSync(`${out}/run.json`, 'utf8'))).toMatchObject({
      exitCode: 10,
      verdict: 'fail',
    });
  });
});

describe('vring run --json is one document', () => {
  test.each([{ CI: 'true' }, { NO_COLOR: '1' }, { FORCE_COLOR: '1' }])('on a pipe, with %j', async (more) => {
    const { code, stdout } = await vring([...SHORT, '--json'], undefined, { ...env, ...more });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).verdict).toBe('pass');
  });

  test('on a terminal, with progress on standard error', () => {
    const errors = scratch.path('stderr');
    const command = [process.execPath, path.join(ROOT, 'bin', 'vring.js'), ...SHORT, '--json']
      .map((word) => `'${word}'`)
      .join(' ');
    const [where, words] = [scratch.path('typescript'), ['-qec', `${command} 2>'${errors}'`]];
    const stdout = execFileSync('script', [...words, where], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect(JSON.parse(stdout).verdict).toBe('pass');
    expect(readFileSync(errors, 'utf8')).toContain('kept in');
  });
});

test('abort_on_fail ends a run early, with exit 10, the limit and the actual value', async () => {
  const more = "thresholds:\n  latency_ns: [{ expr: 'p50 < 1ns', abort_on_fail: true }]\n";
  const file = scenario('aborted', '{ workload: read, duration: 30s, backend: { size: 1MiB } }', more);
  const out = scratch.path('aborted');
  const { code, stdout } = await vring(['run', file, '--out', out]);
  expect(code).toBe(10);
  // It would have gone on for 30 s.
  expect(store.find(out).series[0]?.end_ms.at(-1)).toBeLessThan(29_000);
  expect(stdout).toMatch(/THRESHOLD only: latency_ns p50 < 1ns, was [\d.]+ (ns|us|ms)\n/);
  expect(stdout).toContain('stopped early: abort_on_fail of latency_ns p50 < 1ns');
  expect(stdout).toMatch(/✗ latency_ns p50 < 1ns/);
});

describe('a device that stands still for 200 ms', () => {
  const PAUSE = 'fault: { worker: host, how: pause, for: 200ms, after: 300 }';
  const LONG_NS = 1e8;

  /** Operations that took 100 ms or more, and what the report says. */
  async function stalled(name: string, load: string): Promise<{ long: number; maxNs: number; text: string }> {
    const job = `{ workload: read, operations: 1000, backend: { size: 1MiB }, ${load}, ${PAUSE} }`;
    const out = scratch.path(name);
    const { code, stdout } = await vring(['run', scenario(name, job), '--out', out]);
    expect(code).toBe(0);
    const { histograms, series } = store.find(out);
    const latency = histograms[0]?.latency;
    const [fault] = series[0]?.faults ?? [];
    expect(fault).toMatchObject({ thread: 'host 0', how: 'pause', for_ms: 200 });
    // It stood still before the end.
    expect((fault?.at_ms ?? Number.NaN) + 200).toBeLessThanOrEqual(series[0]?.end_ms.at(-1) ?? Number.NaN);
    // Half a second of requests at the least: more than one interval.
    if (name === 'open') expect(series[0]?.end_ms.length).toBeGreaterThan(1);
    const counts = latency?.buckets.filter(([bucket]) => bucket >= bucketOf(LONG_NS)) ?? [];
    return {
      long: counts.reduce((sum, [, count]) => sum + count, 0),
      maxNs: latency?.max ?? 0,
      text: stdout,
    };
  }

  test('makes every request late that was meant to start meanwhile, in an open loop', async () => {
    // 200 are due in the first half of the pause. Counted from the submission it would be the 8 in flight.
    const { long, maxNs, text } = await stalled(
      'open',
      'arrival: { rate: 2k/s, distribution: constant }, depth: 8',
    );
    expect(long).toBeGreaterThan(150);
    expect(maxNs).toBeGreaterThan(1.9e8);
    expect(text).toMatch(/open loop\n/);
    expect(text).toContain('(from the intended start)');
  });

  test('makes those late that were in flight, in a closed loop, which says so', async () => {
    const { long, maxNs, text } = await stalled('closed', 'depth: 8');
    expect(long).toBeGreaterThanOrEqual(1);
    expect(long).toBeLessThan(150);
    expect(maxNs).toBeGreaterThan(1.9e8);
    expect(text).toMatch(/closed loop\n/);
    expect(text).toContain('(from the submission)');
  });
});
