import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { ExitCode } from '../../../src/exit-code.js';
import type { CompareReport } from '../../../src/report/compare-json.js';
import { Rng } from '../../../src/rng.js';
import { RunStore } from '../../../src/runs/run-store.js';
import type { StoredDocument } from '../../../src/runs/stored-run.js';
import { benchDocument, climbing, ringResult } from '../../support/bench/results.js';
import { jobReport, runReport } from '../report/fixtures.js';
import { jobSeries, keptRun, scratch } from '../runs/fixtures.js';
import { memoryTerminal } from './memory-terminal.js';

const root = scratch();
const store = new RunStore(path.join(root, 'store'));

/** A run of 20 s with so many operations an interval, give or take 2 %, and a p99 to match. */
function addRun(seed: number, operations: number, changes = {}, othersCpuMs = 5): string {
  const rng = new Rng(seed);
  const about = (value: number): number[] =>
    Array.from({ length: 200 }, () => Math.round(value * (0.98 + rng.below(400) / 10_000)));
  const report = runReport({ startedAt: `2026-11-22T12:00:0${seed}.000Z`, jobs: [jobReport(changes)] });
  const series = jobSeries(200, {
    operations: about(operations),
    p50_ns: about(1e7 / operations),
    p99_ns: about(4e7 / operations),
    others_cpu_ms: Array.from({ length: 200 }, () => othersCpuMs),
  });
  const directory = store.add({ ...keptRun(), document: { ...report } as StoredDocument, series: [series] });
  return path.basename(directory);
}

const before = addRun(1, 1000);
const again = addRun(2, 1003);
const slower = addRun(3, 400);
const aLittleSlower = addRun(6, 850);
const other = addRun(4, 1000, { wait: 'poll', verdict: 'fail' });

// Of 4 CPUs and 100 ms.
const disturbed = addRun(5, 500, {}, 80);

const exitCodeBefore = process.exitCode;
afterEach(() => {
  process.exitCode = exitCodeBefore;
});

async function compared(...words: string[]): Promise<{ code: number | string; out: string; err: string }> {
  const terminal = memoryTerminal({ VRING_STORE: store.directory });
  process.exitCode = undefined;
  await main(['node', 'vring', 'compare', ...words], terminal);
  return { code: process.exitCode ?? 0, out: terminal.out(), err: terminal.err() };
}

describe('vring compare of two runs', () => {
  it('sees no change in two runs of the same', async () => {
    const { code, out } = await compared(before, again);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ PASS 3 same\n/);
    expect(out).toMatch(/^same +randread operations_per_s .* no change/m);
  });

  it('sees a regression in rate and latency, and ends with 11', async () => {
    const { code, out } = await compared(before, slower, '--json');
    expect(code).toBe(ExitCode.regression);
    const report = JSON.parse(out) as CompareReport;
    expect(report).toMatchObject({ kind: 'run', verdict: 'regression', a: { file: before } });
    expect(report.margin).toEqual({ operations_per_s: 0.25, latency_p50_ns: 0.6, latency_p99_ns: 1 });
    expect(report.comparisons.map(({ metric, verdict, sentence }) => [metric, verdict, sentence])).toEqual([
      ['operations_per_s', 'slower', 'performance has regressed'],
      ['latency_p50_ns', 'slower', 'performance has regressed'],
      ['latency_p99_ns', 'slower', 'performance has regressed'],
    ]);
    expect(report.comparisons[0]?.ratio).toBeCloseTo(0.4, 2);
  });

  it('sees the improvement in the other direction', async () => {
    const { code, out } = await compared(slower, before);
    expect(code).toBe(0);
    expect(out).toMatch(/faster .*performance has improved/);
  });

  it('claims nothing where other programs had the machine', async () => {
    const { code, out } = await compared(before, disturbed);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ PASS 3 unclear\n/);
    expect(out).toContain('no change can be told from the noise of a busy machine');
    expect(out).toContain('operations_per_s: other programs had too much of the machine; repeat both');
    expect(out).toContain(
      '! other programs had up to 20 % of the CPUs in 1 job: no difference is claimed there',
    );
  });

  it('takes a margin that is told', async () => {
    const { code, out } = await compared(before, aLittleSlower);
    expect(code).toBe(0);
    expect(out).toContain('3 same');
    expect((await compared(before, aLittleSlower, '--margin', '10%')).code).toBe(ExitCode.regression);
  });

  it('says what else is different', async () => {
    const { out } = await compared(before, other);
    expect(out).toContain('! not the same job in both: randread (wait)');
    expect(out).toContain('! A has the verdict pass, B');
    expect(out).toContain('! one side of every comparison is a single run');
  });

  it.each([['bench.json', 'one of them is a run, the other the results of a bench']])(
    'refuses a run beside %s',
    async (name, message) => {
      const file = path.join(root, name);
      writeFileSync(file, benchDocument([ringResult(climbing(100, 5))]));
      const { code, err } = await compared(before, file);
      expect(code).toBe(ExitCode.usage);
      expect(err).toContain(message);
    },
  );

  it('refuses a run without intervals', async () => {
    const report = runReport({ startedAt: '2026-11-22T12:00:09.000Z' });
    const run = { document: { ...report } as StoredDocument, histograms: [], series: [] };
    const { code, err } = await compared(before, path.basename(store.add(run)));
    expect(code).toBe(ExitCode.usage);
    expect(err).toContain('no intervals to compare');
  });

  it('compares benches that are kept', async () => {
    const [a, b] = [100, 150].map((ns, run) => {
      const text = benchDocument([ringResult(climbing(ns, 5))], run);
      const document = { exitCode: 0, ...(JSON.parse(text) as object) } as StoredDocument;
      return store.add({ document, histograms: [], series: [] });
    });
    const { code, out } = await compared(a ?? '', b ?? '');
    expect(code).toBe(ExitCode.regression);
    expect(out).toMatch(/slower +ring/);
  });
});
