import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { TreeCopy } from '../../src/mutants/tree-copy.js';
import { ZOO } from '../../src/mutants/zoo.js';
import { explanationReport } from '../../src/report/stress-explanation.js';
import type { StressFailureReport, StressReport } from '../../src/report/stress-json.js';
import { explainFailure } from '../../src/stress/explain/explain-failure.js';
import { runStress, type StressFailure } from '../../src/stress/run-stress.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEAKENED = new URL('../support/stress/weakened-worker.js', import.meta.url);

/** The package with a bug in it: what is raced and what is explored are the same code. */
function withBug(
  id: string,
  use: (vring: (...args: string[]) => { code: number | null; stdout: string }) => void,
): void {
  const copy = TreeCopy.make(ROOT);
  try {
    copy.mutate(ZOO.find((mutant) => mutant.id === id)?.patches ?? []);
    use((...args) => {
      const words = [path.join(copy.root, 'bin/vring.js'), ...args];
      const { status, stdout } = spawnSync(process.execPath, words, { cwd: copy.root, encoding: 'utf8' });
      return { code: status, stdout };
    });
  } finally {
    copy.remove();
  }
}

function onlyFailure(stdout: string): StressFailureReport {
  const { failures } = JSON.parse(stdout) as StressReport;
  expect(failures).toHaveLength(1);
  return failures[0] as StressFailureReport;
}

describe('a failure of a stress is explained', () => {
  test('a missing full barrier: a smaller configuration, one execution under TSO, a token that replays', () => {
    withBug('Z01', (vring) => {
      const args = ['stress', '--perturb', 'tso', '--layout', 'split', '--seed', '3', '--explain', '20s'];
      const { code, stdout } = vring(...args, '--json', '--progress', 'never');
      expect(code).toBe(21);
      const { explanation } = onlyFailure(stdout);
      expect(explanation?.verdict).toBe('reproduced');
      expect(explanation?.shrunk).not.toBeNull();
      for (const { profile, verdict } of explanation?.explored ?? [])
        if (profile === 'sc') expect(verdict).toBe('pass');
      const failure = explanation?.failure;
      expect(failure).toMatchObject({ kind: 'lost-wakeup', profile: 'tso' });
      expect(failure?.fix).toMatchObject({ verified: true });
      expect(failure?.fix?.text).toMatch(/^full fence behind the store at .*split-driver\.js.*publish/);
      const [command, ...words] = (failure?.replay ?? '').split(' ');
      expect(command).toBe('vring');
      expect(vring(...words).code).toBe(21);
    });
  });

  test('a missing acquire: nothing under SC and TSO, a race under RC11; as text', () => {
    withBug('Z10', (vring) => {
      const args = ['stress', '--perturb', 'weak', '--layout', 'split', '--seed', '3', '--explain', '6s'];
      const { code, stdout } = vring(...args, '-q', '--no-color', '--progress', 'never');
      expect(code).toBe(20);
      expect(stdout).toMatch(/explored: split with 1 buffer in a ring of 2 under sc, tso, rc11/);
      expect(stdout).toMatch(/FAIL split +race under C11 \(RC11\)/);
      expect(stdout).toMatch(/fix verified: acquire in the load at .*split-device\.js.*#readAvailIdx/);
    });
  });
});

describe('a failure that no execution shows', () => {
  afterEach(() => {
    delete process.env['VRING_WEAKENED'];
  });

  test('keeps what is known, and says what was explored in vain', async () => {
    // Only the threads that race are broken: what is explored is whole.
    process.env['VRING_WEAKENED'] = 'guest.fence';
    const choices = { seed: 7, layouts: ['split'], perturbations: ['tso'], wait: null } as const;
    const plan = { choices, rounds: null, durationMs: 30_000, onlyRound: null, pairs: 1, entry: WEAKENED };
    const { signal } = new AbortController();
    const { failures } = await runStress(plan, { signal });
    const ignore = (): void => undefined;
    const hooks = { workers: 1, signal, onAttempt: ignore, onExplore: ignore };
    const found = await explainFailure(plan, failures[0] as StressFailure, { budgetMs: 5000, ...hooks });
    if (found === null) throw new Error('it was not explained');
    const report = explanationReport(found);
    expect(report).toMatchObject({ verdict: 'not-reproduced', failure: null });
    expect(report.explored).toContainEqual(
      expect.objectContaining({ profile: 'tso', verdict: 'pass', exhaustive: true }),
    );
  });
});
