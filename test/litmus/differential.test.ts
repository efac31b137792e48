import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../src/explore/models/model.js';
import {
  armv8Axioms,
  type Axioms,
  c11HappensBefore,
  hasRace,
  isPorfAcyclic,
  jsHappensBefore,
  rc11Axioms,
  scAxioms,
  tsoAxioms,
} from '../support/litmus/axioms.js';
import { candidates, type EventProgram, eventProgram } from '../support/litmus/candidates.js';
import { interleavedOutcomes } from '../support/litmus/interleavings.js';
import { parseLitmus, printLitmus } from '../support/litmus/litmus.js';
import { exploreLitmus } from '../support/litmus/litmus-program.js';
import { LITMUS_TABLE } from '../support/litmus/litmus-table.js';
import { type RandomLitmusOptions, randomLitmus } from '../support/litmus/random-litmus.js';
import { seeded } from '../support/ring/seeded.js';

/** Of each model; VRING_TEST_PROGRAMS asks for more. */
const PROGRAMS = Number(process.env['VRING_TEST_PROGRAMS'] ?? 1000);

/** Random tests as text, so that a failing one is shown as it is written. */
function tests(options: Partial<RandomLitmusOptions> = {}): fc.Arbitrary<string> {
  return randomLitmus({ updates: true, fences: true, maxAccesses: 8, ...options }).map(printLitmus);
}

/** Outcomes, and of how many candidate executions, by the axioms alone. */
function enumerate(
  test: string,
  axiomsOf: (program: EventProgram) => Axioms,
  withLoadBuffering = false,
): Map<string, number> {
  const litmus = parseLitmus(test);
  const program = eventProgram(litmus, 'rlx');
  const isAllowed = axiomsOf(program);
  const outcomes = new Map<string, number>();
  for (const candidate of candidates(litmus, program)) {
    if (!withLoadBuffering && !isPorfAcyclic(program, candidate)) continue;
    if (!isAllowed(candidate)) continue;
    outcomes.set(candidate.outcome, (outcomes.get(candidate.outcome) ?? 0) + 1);
  }
  return outcomes;
}

const AXIOMS: readonly (readonly [ProfileName, (program: EventProgram) => Axioms])[] = [
  ['sc', scAxioms],
  ['tso', tsoAxioms],
  ['armv8', armv8Axioms],
  ['rc11', rc11Axioms],
];

/** What chance seldom comes upon. */
const DIRECTED: readonly string[] = [
  // An own atomic's value, acquired.
  'r0 = x.rlx := 1; r1 = x.acq; r2 = y | y = 1; full; r3 = x',
  'r0 = x.rel := 1; r1 = x.acqpc; r2 = y | y = 1; full; r3 = x',
  // Two cycles of load buffering.
  'r0 = x; y = 1; r2 = z; w = 1 | r1 = y; x = 1; r3 = w; z = 1',
  'r0 = x; y = 1 | r1 = y; x = 1 | r2 = z; w = 1 | r3 = w; z = 1',
  'r0 = x; r1 = x; y = 1 | r2 = y; r3 = y; x = 1; x = 2',
];

describe('the tests of the table have the executions that the axioms allow', () => {
  const table = LITMUS_TABLE.map(({ test }) => test).filter((test) => !/data|ctrl|addr/.test(test));
  // One sequential access more, since RC11 has a check of its own for graphs without.
  const all = [...DIRECTED, ...table, ...table.map((test) => `a.sc = 1; ${test}`)];
  it.each(AXIOMS)('%s', (profile, axiomsOf) => {
    for (const test of all) {
      const { outcomes } = exploreLitmus(parseLitmus(test), profile, 'rlx');
      expect(sorted(outcomes), test).toEqual(sorted(enumerate(test, axiomsOf, profile === 'armv8')));
    }
  });
});

describe('every execution that the axioms allow is built, and built once', () => {
  it.each(AXIOMS)('%s', (profile, axiomsOf) => {
    const property = fc.property(tests(), (test) => {
      const { outcomes } = exploreLitmus(parseLitmus(test), profile, 'rlx', false);
      expect(sorted(outcomes)).toEqual(sorted(enumerate(test, axiomsOf)));
    });
    fc.assert(property, seeded(PROGRAMS));
  });
});

it('interleavings have the outcomes that are built under sc', () => {
  const property = fc.property(tests({ maxAccesses: 6 }), (test) => {
    const litmus = parseLitmus(test);
    const built = [...exploreLitmus(litmus, 'sc', 'rlx').outcomes.keys()];
    expect(built.sort()).toEqual([...interleavedOutcomes(litmus)].sort());
  });
  fc.assert(property, seeded(PROGRAMS / 2, 5));
});

describe('ARMv8 with load buffering', () => {
  it('has every execution that the axioms allow', () => {
    const property = fc.property(tests({ updates: false, loadsFirst: true }), (test) => {
      const { outcomes } = exploreLitmus(parseLitmus(test), 'armv8', 'rlx');
      expect(sorted(outcomes)).toEqual(sorted(enumerate(test, armv8Axioms, true)));
    });
    fc.assert(property, seeded(PROGRAMS, 3));
  });

  it('has none that they forbid, where read-modify-writes buffer too', () => {
    const property = fc.property(tests({ loadsFirst: true }), (test) => {
      const allowed = enumerate(test, armv8Axioms, true);
      for (const [outcome, count] of exploreLitmus(parseLitmus(test), 'armv8', 'rlx').outcomes)
        expect(count, outcome).toBeLessThanOrEqual(allowed.get(outcome) ?? 0);
    });
    fc.assert(property, seeded(PROGRAMS, 4));
  });
});

describe('a race is found when an execution that the axioms allow has one', () => {
  it('js', () => {
    const property = fc.property(tests({ fences: false }), (test) => {
      const { races } = exploreLitmus(parseLitmus(test), 'js', 'plain');
      expect(races > 0).toBe(isRacy(test, scAxioms, jsHappensBefore));
    });
    fc.assert(property, seeded(PROGRAMS, 1));
  });

  it('rc11', () => {
    const property = fc.property(tests(), (test) => {
      const { races } = exploreLitmus(parseLitmus(test), 'rc11', 'plain');
      expect(races > 0).toBe(isRacy(test, rc11Axioms, c11HappensBefore));
    });
    fc.assert(property, seeded(PROGRAMS, 2));
  });
});

function isRacy(
  test: string,
  axiomsOf: (program: EventProgram) => Axioms,
  happensBeforeOf: typeof c11HappensBefore,
): boolean {
  const litmus = parseLitmus(test);
  const program = eventProgram(litmus, 'plain');
  const isAllowed = axiomsOf(program);
  const happensBefore = happensBeforeOf(program);
  for (const candidate of candidates(litmus, program)) {
    if (isAllowed(candidate) && hasRace(program, happensBefore(candidate))) return true;
  }
  return false;
}

function sorted(outcomes: ReadonlyMap<string, number>): [string, number][] {
  return [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1));
}
