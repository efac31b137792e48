import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { RingResult } from '../../../src/bench/bench-result.js';
import { appendHistory, type BenchRun } from '../../../src/bench/history.js';
import { readResults } from '../../../src/bench/read-results.js';
import { ScenarioError } from '../../../src/errors.js';
import { benchDocument, ENVIRONMENT, ringResult } from '../../support/bench/results.js';
import { Scratch } from '../../support/e2e/vring.js';

const scratch = new Scratch();

afterAll(() => {
  scratch.remove();
});

const FIRST = ringResult([100, 101]);
const SECOND = ringResult([200, 201, 202], { layout: 'packed' });

function run(started_at: string, ...results: RingResult[]): BenchRun {
  return { started_at, environment: ENVIRONMENT, results };
}

function problemOf(name: string, text: string): string {
  const file = scratch.path(name);
  writeFileSync(file, text);
  try {
    readResults(file);
  } catch (error) {
    if (error instanceof ScenarioError) return `${error.code} ${error.message.replace(file, 'FILE')}`;
    throw error;
  }
  return 'none';
}

describe('appendHistory', () => {
  it('adds a line for each result, which come back as they were', () => {
    const file = scratch.path('history.ndjson');
    appendHistory(file, run('one', FIRST, SECOND));
    appendHistory(file, run('two', FIRST));
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe('');
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      schemaVersion: 1,
      started_at: 'one',
      environment: ENVIRONMENT,
      result: SECOND,
    });
    expect(readResults(file)).toEqual([
      { started_at: 'one', environment: ENVIRONMENT, result: FIRST },
      { started_at: 'one', environment: ENVIRONMENT, result: SECOND },
      { started_at: 'two', environment: ENVIRONMENT, result: FIRST },
    ]);
  });

  it('keeps its lines apart from one that was cut off', () => {
    const file = scratch.path('cut.ndjson');
    appendHistory(file, run('one', FIRST));
    appendFileSync(file, '{"schemaVersion":1,"star');
    appendHistory(file, run('two', SECOND));
    expect(() => readResults(file)).toThrow(`${file}:2: this line is not JSON`);
    const [good, , alsoGood] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${good}\n\n${alsoGood}\n`);
    expect(readResults(file).map(({ started_at }) => started_at)).toEqual(['one', 'two']);
  });

  it.each([
    ['a folder', () => scratch.directory],
    ['a place that is not there', () => scratch.path('no/such/folder/history')],
    ['a device that is full', () => '/dev/full'],
  ])('says so when it is to write to %s', (_what, fileOf) => {
    const write = (): void => appendHistory(fileOf(), run('one', FIRST));
    expect(write).toThrow(ScenarioError);
    expect(write).toThrow('the history cannot be written: E');
  });
});

describe('readResults', () => {
  it('reads what a bench printed, with or without line breaks', () => {
    const file = scratch.path('document.json');
    const document = benchDocument([FIRST, SECOND]);
    for (const text of [document, JSON.stringify(JSON.parse(document))]) {
      writeFileSync(file, text);
      const records = readResults(file);
      expect(records.map(({ result }) => result)).toEqual([FIRST, SECOND]);
      expect(records[0]).toMatchObject({ environment: ENVIRONMENT, started_at: '2026-11-22T10:00:00.000Z' });
    }
  });

  it('leaves out what an interrupted bench did not come to', () => {
    const file = scratch.path('interrupted.json');
    writeFileSync(file, benchDocument([FIRST, { ...SECOND, samples: [] }]));
    expect(readResults(file).map(({ result }) => result)).toEqual([FIRST]);
  });

  const line = JSON.stringify({ schemaVersion: 1, started_at: 'x', environment: ENVIRONMENT, result: FIRST });

  it.each([
    ['an empty file', '', 'BENCH_FILE FILE: it holds no results'],
    ['no results', benchDocument([]), 'BENCH_FILE FILE: it holds no results'],
    ['something else', 'name: x\n', 'BENCH_JSON FILE:1: this line is not JSON'],
    ['a broken line', `${line}\n\n${line.slice(0, 50)}\n`, 'BENCH_JSON FILE:3: this line is not JSON'],
    ['a document that ends too early', benchDocument([FIRST]).slice(0, 400), 'BENCH_JSON FILE: '],
    [
      'a version of the future',
      `${line}\n${line.replace('"schemaVersion":1', '"schemaVersion":2')}\n`,
      'BENCH_VERSION FILE:2: `schemaVersion`: this version of vring reads 1 alone',
    ],
    ['no version', `${line}\n{"result":{}}\n`, 'BENCH_VERSION FILE:2: `schemaVersion`'],
    ['a number', '7\n', 'BENCH_VERSION FILE: '],
    [
      'another command',
      benchDocument([FIRST]).replace('"bench"', '"run"'),
      'BENCH_RESULT FILE: `command`: not a document of `vring bench`',
    ],
    [
      'a sample that nothing can be divided by',
      benchDocument([FIRST, { ...SECOND, samples: [1, 2, 0] }]),
      'BENCH_RESULT FILE: `results[1].samples[2]`',
    ],
    [
      'a line with such a sample',
      `${line}\n${line.replace('[100,', '[-1,')}`,
      'BENCH_RESULT FILE:2: `result.samples[0]`',
    ],
    ['no samples', line.replace('"samples"', '"sampled"'), 'BENCH_RESULT FILE: `result.samples`'],
  ])('refuses %s', (what, text, problem) => {
    expect(problemOf(`${what}.json`, text).slice(0, problem.length)).toBe(problem);
  });

  it('refuses a file that is not there', () => {
    expect(() => readResults(scratch.path('absent'))).toThrow(/the results cannot be read: ENOENT.*absent/);
  });
});
