import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyPatch } from '../../../src/mutants/apply-patches.js';
import { CANARY } from '../../../src/mutants/control.js';
import { EXERCISES } from '../../../src/mutants/exercises/catalogue.js';
import { FEW_IN_FLIGHT, SEEDS } from '../../../src/mutants/lanes.js';
import { type Mutant, zooNumber } from '../../../src/mutants/mutant.js';
import { SCENARIOS } from '../../../src/mutants/scenarios.js';
import { NOT_RECREATED, ZOO } from '../../../src/mutants/zoo.js';
import { drawRound, type RoundPlan } from '../../../src/stress/round-plan.js';

/** Of the list that the zoo was collected from; numbers that are missing were never given. */
const NUMBERS = `
  1 2 3 5 6 8 10 12 13 14 17 18 20 22 23 25 26 28 29 30 32 33 34 35 38 39 40 42
  43 44 46 47 48 49 50 52 53 54 55 56 57 59 61 62 63 64 66 68 69 70 71 73 74 76 77 78
  79 80 82 83 84 85 86 87 89 90 91 94 95 96
`
  .trim()
  .split(/\s+/)
  .map(Number);

const BUILT = new URL('../../../dist/src/', import.meta.url);

/** The files of the mutant as they are when its patches are in them. */
function patched({ patches }: Mutant): Map<string, string> {
  const files = new Map<string, string>();
  for (const patch of patches) {
    const before = files.get(patch.file) ?? readFileSync(new URL(patch.file, BUILT), 'utf8');
    files.set(patch.file, applyPatch(before, patch));
  }
  return files;
}

function expectations(mutant: Mutant, lane: string): string[] {
  return mutant.lanes.filter((one) => one.lane === lane).map((one) => one.expected);
}

describe('the zoo', () => {
  it('has every number of the list, once made again or once argued', () => {
    const made = new Set(ZOO.map(({ id }) => zooNumber(id)));
    const argued = NOT_RECREATED.map(({ id }) => id);
    expect([...made, ...argued].map((id) => Number(id.slice(1))).toSorted((a, b) => a - b)).toEqual(NUMBERS);
  });

  it('has no id twice', () => {
    expect(new Set(ZOO.map(({ id }) => id)).size).toBe(ZOO.length);
  });

  it.each([CANARY, ...ZOO].map((mutant) => [mutant.id, mutant] as const))(
    '%s fits the code that is built, and changes it',
    (_id, mutant) => {
      for (const [file, text] of patched(mutant)) {
        expect(text, file).not.toBe(readFileSync(new URL(file, BUILT), 'utf8'));
      }
    },
  );

  it.each(ZOO.map((mutant) => [mutant.id, mutant] as const))(
    '%s has a lane that must catch it',
    (_id, mutant) => {
      expect(mutant.lanes.map(({ expected }) => expected)).toContain('caught');
      for (const { lane, expected, because } of mutant.lanes) {
        if (expected === 'caught') expect(because, lane).toMatch(/\S/);
      }
    },
  );

  it('names exercises and scenarios that are there', () => {
    const words = ZOO.flatMap(({ lanes }) => lanes).map((lane) => lane.words);
    const exercises = words
      .filter(([entry]) => entry === 'dist/src/mutants/exercise.js')
      .map(([, name]) => name);
    expect(new Set(exercises)).toEqual(new Set(Object.keys(EXERCISES)));
    const scenarios = words.filter(([, command]) => command === 'run').map((run) => run[2]);
    expect(new Set(scenarios)).toEqual(new Set(Object.keys(SCENARIOS).map((name) => `mutants/${name}.yaml`)));
  });
});

describe('what a mutant says that it needs', () => {
  it.each(ZOO.filter(({ needs }) => needs === 'S'))('$id is caught under TSO, and not under SC', (mutant) => {
    expect(new Set(expectations(mutant, 'explore-tso'))).toEqual(new Set(['caught']));
    expect(new Set(expectations(mutant, 'explore-sc'))).toEqual(new Set(['survived']));
  });

  it.each(ZOO.filter(({ needs }) => needs === 'S'))('$id is caught on threads, in each layout', (mutant) => {
    const raced = mutant.lanes.filter(({ lane }) => lane === 'stress-tso');
    const layouts = raced.map(({ words }) => words[words.indexOf('--layout') + 1]);
    expect(layouts).toEqual(mutant.layout === 'both' ? ['split', 'packed'] : [mutant.layout]);
    expect(new Set(raced.map(({ expected }) => expected))).toEqual(new Set(['caught']));
  });

  it.each(ZOO.filter(({ needs }) => needs === 'W'))(
    '$id is caught by weak models, and not under TSO',
    (mutant) => {
      for (const lane of ['explore-rc11', 'explore-armv8'])
        expect(expectations(mutant, lane)).toEqual(['caught']);
      expect(expectations(mutant, 'explore-tso')).toEqual(['survived']);
    },
  );
});

describe('the round that is raced again and again', () => {
  const round = (seed: number): RoundPlan => {
    const choices = { seed, layouts: ['split'], perturbations: ['tso'], wait: null } as const;
    expect(FEW_IN_FLIGHT.which[0]).toBe('--round');
    return drawRound(choices, Number(FEW_IN_FLIGHT.which[1]), 0);
  };

  it('has few buffers in flight, no notification for nothing, and sides that sleep', () => {
    const { depth, guest, host } = round(FEW_IN_FLIGHT.seed);
    expect(depth).toBe(2);
    expect([guest.faults, host.faults]).toEqual([NO_FAULTS, NO_FAULTS]);
    expect([guest.wait.policy, host.wait.policy]).toEqual(['block', 'adaptive']);
  });

  it.each(SEEDS)('is short with seed %i', (seed) => {
    expect(round(seed).depth).toBeLessThanOrEqual(2);
  });
});

const NO_FAULTS = { spurious: 0, late: 0 };

describe('the exercises', () => {
  it.each(Object.entries(EXERCISES))('%s finds nothing in the code as it is', (_name, exercise) => {
    expect(exercise).not.toThrow();
  });
});
