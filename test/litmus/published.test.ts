import { describe, expect, it } from 'vitest';
import { Explorer } from '../../src/explore/explorer.js';
import type { ProfileName } from '../../src/explore/models/model.js';
import { memoryModel } from '../../src/explore/models/profiles.js';
import type { Program } from '../../src/explore/program.js';
import { parseLitmus } from '../support/litmus/litmus.js';
import { exploreLitmus } from '../support/litmus/litmus-program.js';
import * as published from '../support/litmus/published-programs.js';
import * as structures from '../support/litmus/published-structures.js';

function complete(program: Program, profile: ProfileName): number {
  const model = memoryModel(profile, program.threads.length);
  const explorer = new Explorer(program, model, { onFinding: () => false });
  expect(explorer.run()).toBe(true);
  expect(explorer.counts).toMatchObject({ bounded: 0, failed: 0 });
  return explorer.counts.complete;
}

/** Programs, and the executions that GenMC expects of them under sc and rc11 (expected.*.mo.in). */
const COUNTS: readonly (readonly [string, () => Program, number, number])[] = [
  ...[2, 6, 24, 120, 720, 5040].map(
    (count, i) => ['ainc', () => published.ainc(i + 2), count, count] as const,
  ),
  ...[2, 5, 14, 43, 144, 523, 2048, 8597].map(
    (count, i) => ['casrot', () => published.casrot(i + 2), count, count] as const,
  ),
  ['lastzero(5)', () => published.lastzero(5), 64, 64],
  ['lastzero(10)', () => published.lastzero(10), 3328, 3328],
  ['lastzero(15)', () => published.lastzero(15), 147_456, 147_456],
  ['readers(2)', () => published.readers(2), 4, 4],
  ['readers(8)', () => published.readers(8), 256, 256],
  ['readers(13)', () => published.readers(13), 8192, 8192],
  ['N-writers(4)', () => published.writersAndReader(4), 720, 720],
  ...[6, 66, 1200, 32_880].map((count, i) => ['casw', () => published.casw(i + 2), count, count] as const),
  ['CoA(1)', () => published.coa(1), 4, 4],
  ['CoA(2)', () => published.coa(2), 15, 16],
  ['CoA(3)', () => published.coa(3), 130, 144],
  ['CoA(4)', () => published.coa(4), 2028, 2304],
  ['CoA(5)', () => published.coa(5), 49_776, 57_600],
  ['big0', published.big0, 69_112, 82_472],
  ['fib_bench(5)', () => published.fibBench(5), 218_243, 525_630],
  ['dekker_f', published.dekkerFences, 3, 3],
  ['peterson', published.peterson, 4, 22],
  ['lamport(2)', published.lamport, 16, 16],
  ['treiber-stack', structures.treiberStack, 18, 18],
  ['ms-queue', structures.msQueue, 50, 50],
  ['chase-lev', () => structures.deque('chase-lev', ['+++++---++', 's']), 59, 65],
  ['dq', () => structures.deque('dq', ['++-+', 'ss', 's']), 1373, 1924],
  ['qu-opt', structures.quOpt, 39, 132],
  ['buf_ring', structures.bufRing, 273, 1218],
  ['mpmc-queue', structures.mpmcQueue, 3, 3],
];

describe('as many executions as GenMC has', () => {
  it.each(COUNTS)(
    '%s',
    (_, program, sc, rc11) => {
      expect([complete(program(), 'sc'), complete(program(), 'rc11')]).toEqual([sc, rc11]);
    },
    60_000,
  );
});

/** Of its 35 executions of this program, CDSChecker's README calls 6 complete, and the others not feasible. */
describe('as many executions as CDSChecker has complete', () => {
  it.each(['sc', 'rc11'] as const)('rmwprog %s', (profile) => {
    expect(complete(published.rmwprog(), profile)).toBe(6);
  });
});

/**
 * Litmus tests, as in tests/litmus/C-tests of nidhugg/nidhugg but for dependencies, which mean nothing under sc, and
 * the traces that Nidhugg has of them under sc (tests/litmus/reference.results.txt).
 */
const TRACES: readonly (readonly [string, string, number])[] = [
  ['SB', 'x = 1; r0 = y | y = 1; r1 = x', 3],
  ['MP', 'x = 1; y = 1 | r0 = y; r1 = x', 3],
  ['LB', 'r0 = x; y = 1 | r1 = y; x = 1', 3],
  ['R', 'x = 1; y = 1 | y = 2; r0 = x', 3],
  ['S', 'x = 2; y = 1 | r0 = y; x = 1', 3],
  ['2+2W', 'x = 1; y = 2 | y = 1; x = 2', 3],
  ['WRC', 'x = 1 | r0 = x; y = 1 | r1 = y; r2 = x', 7],
  ['RWC', 'x = 1 | r0 = x; r1 = y | y = 1; r2 = x', 7],
  ['3.SB', 'x = 1; r0 = y | y = 1; r1 = z | z = 1; r2 = x', 7],
  ['podwr001', 'x = 1; r0 = y | y = 1; r1 = z | z = 1; r2 = x', 7],
  ['IRIW', 'x = 1 | y = 1 | r0 = x; r1 = y | r2 = y; r3 = x', 15],
  ['n2', 'r0 = x; r1 = y | r2 = z; r3 = w | y = 1; z = 1 | w = 1; x = 1', 15],
  ['safe000', 'r0 = x; r1 = y | y = 1; y = 2 | r2 = y; z = 1 | z = 2; x = 1', 33],
  [
    'Alan00',
    'x = 1; y = 1; z = 1 | v = 2 | r0 = v; r1 = x; r2 = y; w = 1 | r3 = w; r4 = y; r5 = z; v = 1',
    105,
  ],
  [
    'IRIW+addrs-twice',
    'a = 1; b = 1; c = 1 | r0 = a; r1 = d; e = 1 | d = 1; f = 1; r2 = c; r3 = e | r4 = d; r5 = a; r6 = e; r7 = c',
    225,
  ],
];

describe('as many executions as Nidhugg has traces', () => {
  it.each(TRACES)('%s', (_, test, count) => {
    expect(exploreLitmus(parseLitmus(test), 'sc', 'rlx').complete).toBe(count);
  });
});

/**
 * Traces that differ in the order of writes alone are one to Nidhugg if no read tells, nor the last value of `seen`,
 * which its program reads in the end. No two writes to a location have one value here, so values tell traces apart.
 */
const CLASSES: readonly (readonly [string, string, string, number])[] = [
  ['CO-IRIW', 'x = 1 | r0 = x; r1 = x | x = 2 | r2 = x; r3 = x', '', 47],
  [
    'MOREDETOUR0713',
    'x = 1; r0 = y; y = 2; y = 4 | y = 1; r1 = y | r2 = y; y = 3; r3 = y | y = 5; r4 = x',
    'y',
    839,
  ],
  [
    'MOREDETOUR0172',
    'r0 = x; y = 1 | r1 = y; y = 3; y = 5; x = 1 | r2 = y; y = 2; r3 = y | r4 = y; y = 4',
    'y',
    766,
  ],
];

describe('as many ways to read as Nidhugg has traces', () => {
  it.each(CLASSES)('%s', (_, test, seen, count) => {
    const { outcomes } = exploreLitmus(parseLitmus(test), 'sc', 'rlx');
    const isSeen = (part: string): boolean => /^r\d/.test(part) || part.startsWith(`${seen}=`);
    const ways = [...outcomes.keys()].map((outcome) => outcome.split(' ').filter(isSeen).join(' '));
    expect(new Set(ways).size).toBe(count);
  });
});
