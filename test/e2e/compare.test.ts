import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { appendHistory } from '../../src/bench/history.js';
import type { CompareReport } from '../../src/report/compare-json.js';
import { benchDocument, climbing, ENVIRONMENT, ringResult } from '../support/bench/results.js';
import { type Finished, Scratch, vring } from '../support/e2e/vring.js';

const scratch = new Scratch();

afterAll(() => {
  scratch.remove();
});

function document(name: string, samples: readonly number[], run = 0, batch = 1): string {
  const file = scratch.path(name);
  writeFileSync(file, benchDocument([ringResult(samples, { batch })], run));
  return file;
}

const before = document('before.json', climbing(100, 5));
const slower = document('slower.json', climbing(120, 5), 1);

describe('vring compare', () => {
  test('ends with 11 when something is slower, and else with 0', async () => {
    const worse = await vring(['compare', before, slower]);
    expect(worse).toMatchObject({ code: 11, stderr: '' });
    expect(worse.stdout).toMatch(/^✗ REGRESSION 1 slower {2}exit 11\n/);
    const better = await vring(['compare', slower, before]);
    expect(better.code).toBe(0);
    expect(better.stdout).toMatch(/^✓ PASS 1 faster\n/);
  });

  test('takes the margin and alpha from the command line', async () => {
    const verdictWith = async (...flags: string[]): Promise<string | undefined> => {
      const { stdout } = await vring(['compare', before, slower, '--json', ...flags]);
      return (JSON.parse(stdout) as CompareReport).comparisons[0]?.verdict;
    };
    expect(await verdictWith('--margin', '30%')).toBe('same');
    expect(await verdictWith('--margin', '0.2')).toBe('unclear');
    expect(await verdictWith('--alpha', '0.001')).toBe('unclear');
  });

  test('pools a history, and compares it with a document', async () => {
    const history = scratch.path('history.ndjson');
    for (const run of ['one', 'two']) {
      const samples = climbing(run === 'one' ? 100 : 100.5, 3);
      appendHistory(history, { started_at: run, environment: ENVIRONMENT, results: [ringResult(samples)] });
    }
    const { code, stdout } = await vring(['compare', history, slower, '--json']);
    expect(code).toBe(11);
    const report = JSON.parse(stdout) as CompareReport;
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: 'compare',
      verdict: 'regression',
      exitCode: 11,
      a: { file: history, results: 2 },
      b: { file: slower, results: 1 },
      alpha: 0.05,
      margin: 0.02,
      counts: { slower: 1, faster: 0, same: 0, unclear: 0 },
      only_in_a: [],
      only_in_b: [],
    });
    expect(report.comparisons).toHaveLength(1);
    expect(report.comparisons[0]).toMatchObject({
      name: 'ring',
      metric: 'ns_per_buffer',
      better: 'lower',
      configuration: { layout: 'split', wait: 'poll', features: ['EVENT_IDX'] },
      verdict: 'slower',
      a: { samples: 6, runs: 2 },
      b: { samples: 5, runs: 1 },
      p_exact: true,
      more: null,
    });
    // Eleven samples, none of the six above one of the five: 2 orders of 462.
    expect(report.comparisons[0]?.p).toBeCloseTo(2 / 462, 12);
  });

  test('ends with 4 when nothing pairs', async () => {
    const other = document('other.json', [1, 2, 3], 1, 32);
    expect((await vring(['compare', before, other])).code).toBe(4);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a file that is not there',
      [before, scratch.path('absent')],
      /^error: the results cannot be read: ENOENT/,
    ],
    ['a margin that is none', [before, slower, '--margin', '2'], /--margin.*a percentage such as 5%/],
    ['an alpha that is none', [before, slower, '--alpha', '0'], /--alpha.*not between 0 and 1/],
    ['one file', [before], /missing required argument 'b'/],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stdout, stderr }: Finished = await vring(['compare', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('names file and line of what is broken', async () => {
    const broken = scratch.path('broken.ndjson');
    appendHistory(broken, { started_at: 'x', environment: ENVIRONMENT, results: [ringResult([1])] });
    writeFileSync(broken, '{"schemaVersion":1\n', { flag: 'a' });
    const { code, stderr } = await vring(['compare', broken, slower]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${broken}:2: this line is not JSON`);
  });
});
