import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyPatch, StaleMutant } from '../../../src/mutants/apply-patches.js';
import { CANARY, controlLanes } from '../../../src/mutants/control.js';
import { findingOf } from '../../../src/mutants/finding.js';
import { exercised, exercisedForEver } from '../../../src/mutants/lanes.js';
import type { Mutant } from '../../../src/mutants/mutant.js';
import { runMutant } from '../../../src/mutants/run-mutant.js';
import { runZoo } from '../../../src/mutants/run-zoo.js';
import { TreeCopy } from '../../../src/mutants/tree-copy.js';
import { ZOO } from '../../../src/mutants/zoo.js';
import { Scratch } from '../../support/e2e/vring.js';

const SOURCE = fileURLToPath(new URL('../../../', import.meta.url));
const NEVER = new AbortController().signal;
const WRAP = 'virtqueue/wrap16.js';

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
  const find = 'return ((newIndex - event - 1) & 0xffff) < ((newIndex - oldIndex) & 0xffff);';
  return { ...CANARY, id: 'Z00', patches: [{ file: WRAP, find, replace }], lanes };
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
  it('holds what vring needs, changed in one place, until it is removed', () => {
    const { patches } = mutant('return false;');
    const copy = TreeCopy.make(SOURCE, patches);
    expect(readFileSync(path.join(copy.root, 'dist/src', WRAP), 'utf8')).toContain('return false;');
    expect(readFileSync(path.join(SOURCE, 'dist/src', WRAP), 'utf8')).not.toContain('return false;');
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

  it('of a stale mutant does not stay', () => {
    const patches = [{ file: WRAP, find: 'no such code', replace: '' }];
    expect(() => TreeCopy.make(SOURCE, patches)).toThrow(StaleMutant);
    expect(copiesLeft()).toEqual([]);
  });
});

describe('a mutant', () => {
  it('is caught, by the lane that says why', async () => {
    const report = await runMutant(SOURCE, mutant('return false;'), NEVER);
    expect(report).toMatchObject({ caught_by: 'exercise', survived: false, as_expected: true });
    expect(report.lanes[0]).toMatchObject({ caught: true, exitCode: 21 });
    expect(report.lanes[0]?.finding).toMatch(/^NO_INTERRUPT: /);
    expect(copiesLeft()).toEqual([]);
  });

  it('survives what does not look', async () => {
    const report = await runMutant(SOURCE, mutant('return true;'), NEVER);
    expect(report).toMatchObject({ caught_by: null, survived: true, as_expected: false });
    expect(report.lanes[0]).toMatchObject({ caught: false, exitCode: 0, finding: null });
  });

  it('that is caught for another reason is not as it must be', async () => {
    const report = await runMutant(SOURCE, mutant("throw new Error('another');"), NEVER);
    expect(report).toMatchObject({ survived: false, as_expected: false });
  });

  it.each(['return nobody;', 'return (;'])('whose patch is no code is caught by nobody: %s', async (code) => {
    const report = await runMutant(SOURCE, mutant(code), NEVER);
    expect(report).toMatchObject({ survived: true, as_expected: false });
    expect(report.lanes[0]?.finding).toMatch(/^broken: /);
  });

  it('that makes no end is caught where that is what is waited for, and nowhere else', async () => {
    const endless = mutant('for (;;);', exercisedForEver('late-decision'));
    const shorter = { ...endless, lanes: endless.lanes.map((lane) => ({ ...lane, budgetS: 1 })) };
    const report = await runMutant(SOURCE, shorter, NEVER);
    expect(report).toMatchObject({ caught_by: 'exercise', as_expected: true });
    const surprised = { ...shorter, lanes: shorter.lanes.map((lane) => ({ ...lane, endless: false })) };
    expect(await runMutant(SOURCE, surprised, NEVER)).toMatchObject({ survived: true, as_expected: false });
    expect(copiesLeft()).toEqual([]);
  });

  it('that is interrupted leaves no copy behind', async () => {
    const controller = new AbortController();
    const running = runMutant(
      SOURCE,
      mutant('for (;;);', exercisedForEver('late-decision')),
      controller.signal,
    );
    await vi.waitFor(() => expect(copiesLeft()).toHaveLength(1));
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(copiesLeft()).toEqual([]);
  });
});

describe('the zoo', () => {
  it('begins with the code as it is, and a canary', async () => {
    const seen: string[] = [];
    const mutants = [mutant('return false;')];
    const onMutant = ({ id }: { readonly id: string }): void => void seen.push(id);
    const outcome = await runZoo({ source: SOURCE, mutants, jobs: 1, signal: NEVER, onMutant });
    expect(seen).toEqual(['canary', 'control', 'Z00']);
    expect(outcome.control.map(({ caught, as_expected }) => [caught, as_expected])).toEqual([[false, true]]);
    expect(outcome.canary.map(({ lane, as_expected }) => [lane, as_expected])).toEqual([
      ['explore-sc', true],
      ['run', true],
      ['exercise', true],
    ]);
    expect(outcome.mutants.map(({ id }) => id)).toEqual(['Z00']);
  });

  it('sends every lane once through the control', () => {
    const lanes = controlLanes(ZOO);
    expect(new Set(lanes.map(({ words }) => words.join(' '))).size).toBe(lanes.length);
    expect(new Set(lanes.map(({ expected }) => expected))).toEqual(new Set(['survived']));
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
  ])('is $finding', ({ document, finding }) => {
    expect(findingOf(JSON.stringify(document))).toBe(finding);
  });

  it('is not made of code that cannot run', () => {
    expect(() => findingOf('{"finding":"ReferenceError: x is not defined"}')).toThrow(/no working code/);
    expect(() => findingOf('')).toThrow();
  });
});
