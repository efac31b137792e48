import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyPatch, StaleMutant } from '../../../src/mutants/apply-patches.js';
import { CANARY, controlLanes } from '../../../src/mutants/control.js';
import { findingOf } from '../../../src/mutants/finding.js';
import { exercised, exercisedForEver } from '../../../src/mutants/lanes.js';
import { type Lane, type Mutant, wordsOf } from '../../../src/mutants/mutant.js';
import { type ControlReport, runControl } from '../../../src/mutants/run-control.js';
import type { LaneReport } from '../../../src/mutants/run-lane.js';
import { type MutantReport, runMutant } from '../../../src/mutants/run-mutant.js';
import { runZoo } from '../../../src/mutants/run-zoo.js';
import { TreeCopy } from '../../../src/mutants/tree-copy.js';
import { ZooProgress } from '../../../src/mutants/zoo-progress.js';
import { ZOO } from '../../../src/mutants/zoo.js';
import { Scratch } from '../../support/e2e/vring.js';

const SOURCE = fileURLToPath(new URL('../../../', import.meta.url));
const NEVER = new AbortController().signal;
const WRAP = 'virtqueue/wrap16.js';
const FIND = 'return ((newIndex - event - 1) & 0xffff) < ((newIndex - oldIndex) & 0xffff);';

let scratch: Scratch;

/** Copies go where nobody else's are. */
beforeEach(() => {
  scratch = new Scratch();
  vi.spyOn(os, 'tmpdir').mockReturnValue(scratch.directory);
});

afterEach(() => {
  vi.restoreAllMocks();
  scratch.remove();
});

function copiesLeft(): string[] {
  return readdirSync(scratch.directory);
}

/** A device that never finds the driver's wish for an interrupt, or whatever else `replace` makes of that. */
function mutant(replace: string, lanes = exercised('late-decision', 'NO_INTERRUPT')): Mutant {
  return { ...CANARY, id: 'Z00', patches: [{ file: WRAP, find: FIND, replace }], lanes };
}

/** What becomes of a mutant in a copy of its own. */
async function made(one: Mutant, signal: AbortSignal = NEVER): Promise<MutantReport> {
  const copy = TreeCopy.make(SOURCE);
  try {
    return await runMutant({ copy, signal, progress: new ZooProgress(one.lanes.length) }, one);
  } finally {
    copy.remove();
  }
}

function distFile(root: string, file: string): string {
  return readFileSync(path.join(root, 'dist/src', file), 'utf8');
}

describe('a patch', () => {
  it.each([
    { text: 'a b', count: 0 },
    { text: 'x x', count: 2 },
  ])('is stale with $count places', ({ text, count }) => {
    const patch = { file: 'a.js', find: 'x', replace: 'y' };
    expect(() => applyPatch(text, patch)).toThrow(StaleMutant);
    expect(() => applyPatch(text, patch)).toThrow(`a.js has ${count} places`);
  });

  it('is put in as it is written', () => {
    expect(applyPatch('a x b', { file: 'a.js', find: 'x', replace: '$& $1' })).toBe('a $& $1 b');
  });
});

describe('a copy', () => {
  it('holds what vring needs, until it is removed', () => {
    const copy = TreeCopy.make(SOURCE);
    for (const part of [
      'bin/vring.js',
      'dist/workers/guest.js',
      'node_modules/commander',
      'mutants/blk.yaml',
    ])
      expect(existsSync(path.join(copy.root, part)), part).toBe(true);
    copy.remove();
    expect(copiesLeft()).toEqual([]);
    expect(existsSync(path.join(SOURCE, 'node_modules/commander'))).toBe(true);
  });

  it('is changed in the places of one mutant, and of no other', () => {
    const copy = TreeCopy.make(SOURCE);
    const original = distFile(SOURCE, WRAP);
    const [one, other] = ['return false;', 'return true;'].map((code) => mutant(code).patches);
    copy.mutate(one ?? []);
    expect(distFile(copy.root, WRAP)).toBe(original.replace(FIND, 'return false;'));
    copy.mutate(other ?? []);
    expect(distFile(copy.root, WRAP)).toBe(original.replace(FIND, 'return true;'));
    const stale = { file: 'assert.js', find: 'no such code', replace: '' };
    expect(() => copy.mutate([...(one ?? []), stale])).toThrow(StaleMutant);
    expect(distFile(copy.root, WRAP)).toBe(original);
    expect(distFile(SOURCE, WRAP)).toBe(original);
    copy.remove();
  });

  it('takes two patches of one file', () => {
    const copy = TreeCopy.make(SOURCE);
    const again = { file: WRAP, find: 'return 1;', replace: 'return 2;' };
    copy.mutate([...mutant('return 1;').patches, again]);
    expect(distFile(copy.root, WRAP)).toContain('return 2;');
    copy.remove();
  });
});

describe('a mutant', () => {
  it('is caught, by the lane that says why', async () => {
    const report = await made(mutant('return false;'));
    expect(report).toMatchObject({ caught_by: 'exercise', survived: false, as_expected: true });
    expect(report.lanes[0]).toMatchObject({ caught: true, exitCode: 21 });
    expect(report.lanes[0]?.finding).toMatch(/^NO_INTERRUPT: /);
    expect(copiesLeft()).toEqual([]);
  });

  it('survives what does not look', async () => {
    const report = await made(mutant('return true;'));
    expect(report).toMatchObject({ caught_by: null, survived: true, as_expected: false });
    expect(report.lanes[0]).toMatchObject({ caught: false, exitCode: 0, finding: null });
  });

  it('that is caught for another reason is not as it must be', async () => {
    const report = await made(mutant("throw new Error('another');"));
    expect(report).toMatchObject({ survived: false, as_expected: false });
  });

  it.each(['return nobody;', 'return (;'])('whose patch is no code is caught by nobody: %s', async (code) => {
    const report = await made(mutant(code));
    expect(report).toMatchObject({ survived: true, as_expected: false });
    expect(report.lanes[0]?.finding).toMatch(/^broken: /);
  });

  it('that makes no end is caught where that is what is waited for, and nowhere else', async () => {
    const endless = mutant('for (;;);', exercisedForEver('late-decision'));
    const shorter = { ...endless, lanes: endless.lanes.map((lane) => ({ ...lane, budgetS: 1 })) };
    const report = await made(shorter);
    expect(report).toMatchObject({ caught_by: 'exercise', as_expected: true });
    const surprised = { ...shorter, lanes: shorter.lanes.map((lane) => ({ ...lane, endless: false })) };
    expect(await made(surprised)).toMatchObject({ survived: true, as_expected: false });
    expect(copiesLeft()).toEqual([]);
  });

  it('that is interrupted leaves no copy behind', async () => {
    const controller = new AbortController();
    const endless = mutant('for (;;);', exercisedForEver('late-decision'));
    const running = made(endless, controller.signal);
    await vi.waitFor(() => expect(copiesLeft()).toHaveLength(1));
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(copiesLeft()).toEqual([]);
  });
});

describe('the zoo', () => {
  it('begins with a canary, and the code as it is', async () => {
    const seen: string[] = [];
    const hooks = {
      onStart: ({ total }: ZooProgress): void => void seen.push(`${total} lanes`),
      onControl: ({ lane }: LaneReport): void => void seen.push(`control ${lane}`),
      onMutant: ({ id }: MutantReport): void => void seen.push(id),
    };
    const mutants = [mutant('return false;')];
    const options = { source: SOURCE, mutants, jobs: 1, selfCheck: true, signal: NEVER, hooks };
    const outcome = await runZoo(options);
    expect(seen).toEqual(['5 lanes', 'canary', 'control exercise', 'Z00']);
    expect(outcome.control).toMatchObject([
      { caught: false, as_expected: true, seed: null, repeated: true, replay: 'vring mutants --only Z00' },
    ]);
    expect(outcome.canary.map(({ lane, as_expected }) => [lane, as_expected])).toEqual([
      ['explore-sc', true],
      ['run', true],
      ['exercise', true],
    ]);
    expect(outcome.mutants.map(({ id }) => id)).toEqual(['Z00']);
    expect(copiesLeft()).toEqual([]);
  });

  it('ends all of it when a mutant is stale', async () => {
    const stale = {
      ...mutant('return false;'),
      patches: [{ file: WRAP, find: 'no such code', replace: '' }],
    };
    const mutants = [stale, mutant('for (;;);', exercisedForEver('late-decision'))];
    const nothing = (): void => undefined;
    const hooks = { onStart: nothing, onControl: nothing, onMutant: nothing };
    const options = { source: SOURCE, mutants, jobs: 2, selfCheck: false, signal: NEVER, hooks };
    await expect(runZoo(options)).rejects.toThrow(StaleMutant);
    expect(copiesLeft()).toEqual([]);
  });
});

describe('the control', () => {
  it('does not say of what was ended that it has repeated itself', async () => {
    const [lane] = exercised('late-decision', 'NO_INTERRUPT') as [Lane];
    const copy = TreeCopy.make(SOURCE);
    const workplace = { copy, signal: NEVER, progress: new ZooProgress(1) };
    const run = (budgetS: number): Promise<ControlReport> =>
      runControl(workplace, { lane: { ...lane, expected: 'survived', budgetS }, mutant: 'Z00' }, true);
    expect(await run(0.001)).toMatchObject({ repeated: false, as_expected: false, exitCode: null });
    expect(await run(20)).toMatchObject({ repeated: true, as_expected: true, exitCode: 0 });
    copy.remove();
  });

  const lanes = controlLanes(ZOO);
  const commands = lanes.map(({ lane }) => wordsOf(lane).join(' '));

  it('is every lane, which the code as it is has to survive', () => {
    expect(new Set(commands).size).toBe(commands.length);
    expect(new Set(lanes.map(({ lane }) => lane.expected))).toEqual(new Set(['survived']));
    for (const lane of ZOO.flatMap((one) => one.lanes)) expect(commands).toContain(wordsOf(lane).join(' '));
  });

  it('takes three seeds where there is one', () => {
    const seeds = new Map<string, unknown[]>();
    for (const { lane } of lanes) {
      const words = lane.words.join(' ');
      seeds.set(words, [...(seeds.get(words) ?? []), lane.seed]);
    }
    const chance = [...seeds].filter(([words]) => / (run|stress) /.test(words));
    expect(chance.length).toBeGreaterThan(0);
    for (const [words, all] of seeds) {
      expect(all, words).toEqual(/ (run|stress) /.test(words) ? [1, 2, 3] : [undefined]);
    }
  });
});

describe('a finding', () => {
  it.each([
    { document: { finding: null }, finding: null },
    { document: { finding: 'A: b' }, finding: 'A: b' },
    { document: { profiles: [{ failures: [], error: null }] }, finding: null },
    {
      document: { profiles: [{ failures: [{ kind: 'race', message: 'm' }], error: null }] },
      finding: 'race: m',
    },
    { document: { profiles: [{ failures: [], error: { code: 'C', message: 'm' } }] }, finding: 'C: m' },
    { document: { jobs: [{ verdict: 'pass', failures: [], mismatches: 0, lost: 0 }] }, finding: null },
    {
      document: { jobs: [{ verdict: 'fail', failures: [], mismatches: 3, lost: 0 }] },
      finding: 'mismatches: 3',
    },
    { document: { jobs: [{ verdict: 'fail', failures: [], mismatches: 0, lost: 2 }] }, finding: 'lost: 2' },
    {
      document: { jobs: [{ verdict: 'fail', failures: [], mismatches: 0, lost: 0 }] },
      finding: 'verdict: fail',
    },
    { document: { verdict: 'pass', rounds: 3, failures: [] }, finding: null },
    {
      document: {
        verdict: 'fail',
        failures: [{ code: 'LOST_KICK', message: 'lost kick: 3 s\n  driver: asleep' }],
      },
      finding: 'LOST_KICK: lost kick: 3 s',
    },
  ])('is $finding', ({ document, finding }) => {
    expect(findingOf(JSON.stringify(document))).toBe(finding);
  });

  it('is not made of code that cannot run', () => {
    expect(() => findingOf('{"finding":"ReferenceError: x is not defined"}')).toThrow(/no working code/);
    expect(() => findingOf('')).toThrow();
  });
});
