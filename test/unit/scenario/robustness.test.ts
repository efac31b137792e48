import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../../src/errors.js';
import type { ScenarioPlan } from '../../../src/scenario/plan.js';
import { plan, readText } from './scenario-text.js';

const FOLDER = new URL('../../../scenarios/', import.meta.url);
const TEXTS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(new URL(file, FOLDER), 'utf8').replaceAll(/^#.*\n/gm, ''));

const PIECES = [
  ['{', '}', '[', ']', ': ', '- ', '\n', '  ', '"', "'", '#', '|', '? ', '\t', '\r', '%', '@'],
  [
    'null',
    'true',
    'yes',
    '-1',
    '0',
    '1e9',
    '.nan',
    '.inf',
    '4k',
    '1..2',
    '65536',
    '~',
    'é',
    '\u0000',
    '\uFEFF',
  ],
  ['&a ', '*a', '<<: ', '!x ', '---\n', '__proto__', 'constructor', 'toString'],
  [
    'jobs',
    'queue',
    'size',
    'defaults',
    'matrix',
    'exclude',
    'features',
    'mix',
    'block',
    'arrival',
    'backend',
  ],
].flat();

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly add: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.constantFrom(0, 0, 1, 2, 8),
  add: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)),
});

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { at, drop, add }) => {
    const from = Math.floor(at * now.length);
    return now.slice(0, from) + add + now.slice(from + drop);
  }, text);
}

/** The plan, or the error that a user may see. */
function attempt(text: string, ...sets: readonly string[]): ScenarioPlan | ScenarioError {
  try {
    return plan(text, ...sets);
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
}

function checkPlan(result: ScenarioPlan): void {
  expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
  for (const { memoryBytes, workload } of result.jobs) {
    expect(Number.isSafeInteger(memoryBytes)).toBe(true);
    expect(workload.mix.length).toBeGreaterThan(0);
    expect(workload.blocks.length).toBeGreaterThan(0);
  }
}

describe('whatever the text', () => {
  it('there is a plan, or an error with a place', () => {
    const anyText = fc.tuple(fc.constantFrom(...TEXTS), fc.array(edit, { maxLength: 4 }));
    fc.assert(
      fc.property(anyText, ([text, edits]) => {
        const result = attempt(edited(text, edits));
        if (result instanceof ScenarioError) expect(result.message).toMatch(/^s\.yaml:[1-9]\d*:[1-9]\d*: \S/);
        else checkPlan(result);
      }),
      { numRuns: 500 },
    );
  });

  it('an argument of --set makes a plan, or an error with the argument', () => {
    const paths = fc.constantFrom(
      'queue.size',
      'block',
      'mix',
      'seed',
      'matrix.depth',
      'jobs.a.wait',
      'x',
      'exclude',
    );
    const values = fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(paths, values, (path, value) => {
        const set = `${path}=${value}`;
        const result = attempt(readText(), set);
        if (result instanceof ScenarioError) expect(result.message).toMatch(/^--set [^\n]+: \S/);
        else checkPlan(result);
      }),
      { numRuns: 500 },
    );
  });
});
