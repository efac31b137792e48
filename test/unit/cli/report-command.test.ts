import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { ExitCode } from '../../../src/exit-code.js';
import { RunStore } from '../../../src/runs/run-store.js';
import type { StoredDocument } from '../../../src/runs/stored-run.js';
import { filesOf, writeDirectory } from '../../../src/runs/write-run.js';
import { benchDocument, ringResult } from '../../support/bench/results.js';
import { stressReport } from '../../support/stress/reports.js';
import { environment, jobReport, runReport } from '../report/fixtures.js';
import { histogramOf, jobSeries, scratch } from '../runs/fixtures.js';
import { memoryTerminal } from './memory-terminal.js';

const root = scratch();
const store = new RunStore(path.join(root, 'store'));
const names = ['randread', 'randwrite'];
const report = runReport({ jobs: names.map((name) => jobReport({ name })) });
store.add({
  document: { ...report } as StoredDocument,
  histograms: names.map((job, i) => ({ job, latency: histogramOf([100 * (i + 1)]).toData() })),
  series: names.map((job) => jobSeries(4, { job })),
});
store.add({ document: { ...stressReport() }, histograms: [], series: [] }, () => 1);

const bench = JSON.parse(benchDocument([ringResult([40, 50, 90])])) as StoredDocument;
const benchDirectory = path.join(root, 'bench');
writeDirectory(benchDirectory, filesOf({ document: { ...bench, environment }, histograms: [], series: [] }));

const exitCodeBefore = process.exitCode;
afterEach(() => {
  process.exitCode = exitCodeBefore;
});
afterAll(() => {
  process.exitCode = exitCodeBefore;
});

async function vring(...words: string[]): Promise<{ code: number | string; out: string; err: string }> {
  const terminal = memoryTerminal({ VRING_STORE: store.directory });
  process.exitCode = undefined;
  await main(['node', 'vring', ...words], terminal);
  return { code: process.exitCode ?? 0, out: terminal.out(), err: terminal.err() };
}

describe('vring report', () => {
  it('shows the run as it was shown when it ended, with its time line', async () => {
    const { code, out, err } = await vring('report', 'latest');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✓ PASS quickstart/);
    expect(out.match(/over time {3}████ {3}10k op\/s/g)).toHaveLength(2);
  });

  it('gives the document with all that was kept besides', async () => {
    const document = JSON.parse((await vring('report', 'latest', '--format', 'json')).out);
    expect(document).toMatchObject({ ...report, id: store.ids()[0] });
    expect(document.series).toHaveLength(2);
    expect(document.histograms[1].latency.max).toBe(200);
  });

  it('gives the histogram of the job that is named', async () => {
    const { out } = await vring('report', 'latest', '--format', 'hgrm', '--job', 'randwrite');
    expect(out).toMatch(/^ *200\.000 1\.000000000000 +1$/m);
  });

  it('writes a table for a page, into a file', async () => {
    const file = path.join(root, 'run.md');
    const { code, out } = await vring('report', 'latest', '--format', 'markdown', '--output', file);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# quickstart: pass\n/);
    expect(text).toContain('| randwrite | 2M op/s |');
  });

  it('makes pages and tables of a stress and of a bench too', async () => {
    const stress = await vring('report', '2020', '--format', 'markdown');
    expect(stress).toMatchObject({ code: 0, err: '' });
    expect(stress.out).toMatch(/^# stress, seed 7: pass\n\n`vring stress --seed 7 --rounds 4`\n/);
    expect(stress.out).toContain('\n## packed, tso, baseline\n\n| result |');
    expect((await vring('report', '2020', '--format', 'html')).out).toContain('PASS</span> stress, seed 7');
    const measured = await vring('report', benchDirectory, '--format', 'markdown');
    expect(measured.out).toMatch(/^# bench ring\n\nvring 0\.1\.0, .*\n\n\| bench \| ring \|/);
    expect(measured.out).toContain('| ring | split 256 | poll | 1 | 1M | 50 ns |');
    expect((await vring('report', benchDirectory, '--format', 'html')).out).toContain('<h1>');
  });

  it.each([
    [['latest', '--format', 'hgrm'], 'choose it with --job (randread, randwrite)'],
    [['latest', '--format', 'hgrm', '--job', 'x'], "there is no job 'x' (randread, randwrite)"],
    [['2020', '--format', 'hgrm'], 'it has no histogram'],
    [['latest', '--format', 'pcap'], 'makes no pcap of a run yet'],
    [['latest', '--format', 'pdf'], 'Allowed choices are text, json, hgrm, markdown'],
    [['latest', '--output', path.join(root, 'no', 'where')], 'the report cannot be written'],
    [['1999'], 'no id begins so'],
    [['package.json'], 'no id begins so'],
    [['src'], 'that directory holds no run.json'],
  ])('refuses %j', async (words, message) => {
    const { code, out, err } = await vring('report', ...words);
    expect({ code, out }).toEqual({ code: ExitCode.usage, out: '' });
    expect(err).toContain(message);
  });
});

describe('vring list runs', () => {
  it('has a line for each, the newest first', async () => {
    const { out } = await vring('list', 'runs');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['run', 'quickstart', 'pass', '2026-11-22 12:00:00 UTC'],
      ['stress', 'seed 7', 'pass', '2020-01-01 00:00:00 UTC'],
      [],
    ]);
  });

  it('lists them for scripts', async () => {
    const { runs, directory } = JSON.parse((await vring('list', 'runs', '--json')).out);
    expect(directory).toBe(store.directory);
    expect(runs[1]).toEqual({
      id: '20200101-000000.000-0001',
      directory: path.join(store.directory, '20200101-000000.000-0001'),
      command: 'stress',
      name: 'seed 7',
      verdict: 'pass',
      exitCode: 0,
      started_at: '2020-01-01T00:00:00.000Z',
    });
  });
});
