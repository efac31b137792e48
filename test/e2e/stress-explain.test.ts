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

/** Found within a second or two on an idle machine, explained in as many again: each has far more time. */
const SPLIT = 'vring stress --seed 3 --for 60s --layout split --explain 60s';

type Run = (command: string) => { readonly code: number | null; readonly stdout: string };

/** The package with a bug in it: what is raced and what is explored are the same code. */
function withBug(id: string, use: (run: Run) => void): void {
  const mutant = ZOO.find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant ${id}`);
  const copy = TreeCopy.make(ROOT);
  try {
    copy.mutate(mutant.patches);
    use((command) => {
      const [, ...words] = command.split(' ');
      const vring = path.join(copy.root, 'bin/vring.js');
      const { status, stdout } = spawnSync(process.execPath, [vring, ...words], { encoding: 'utf8' });
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
  test('a missing full barrier: a smaller round, one execution under TSO, a token that replays', () => {
    withBug('Z01', (run) => {
      const { code, stdout } = run(`${SPLIT} --perturb tso --json`);
      expect(code).toBe(21);
      const { explanation, code: raced } = onlyFailure(stdout);
      expect(raced).toBe('LOST_KICK');
      expect(explanation).toMatchObject({ verdict: 'reproduced', shrunk: { code: 'LOST_KICK' } });
      // No interleaving shows it: that is what a full barrier is for.
      const explored = explanation?.explored ?? [];
      expect(explored.some(({ profile }) => profile === 'sc')).toBe(true);
      for (const { profile, verdict } of explored) if (profile === 'sc') expect(verdict).toBe('pass');
      const failure = explanation?.failure;
      expect(failure).toMatchObject({ kind: 'lost-wakeup', profile: 'tso', fix: { verified: true } });
      expect(failure?.fix?.text).toMatch(/^full fence behind the store at .*split-driver\.js.*publish/);
      expect(failure?.replay).toMatch(/^vring replay v\d\.tso\.split\./);
      expect(run(failure?.replay ?? '').code).toBe(21);
    });
  });

  test('a missing acquire: nothing under SC and TSO, a race under RC11, as text; both replays fail', () => {
    withBug('Z10', (run) => {
      const { code, stdout } = run(`${SPLIT} --perturb weak -q --no-color`);
      expect(code).toBe(20);
      expect(stdout).toMatch(/made smaller, \d+ configurations raced: it fails without \w/);
      expect(stdout).toMatch(
        /1 buffer in a ring of 2: sc nothing in all \d+ .*; tso nothing in .*; rc11 fails/,
      );
      expect(stdout).toMatch(/FAIL split +race under C11 \(RC11\)/);
      expect(stdout).toMatch(/fix verified: acquire in the load at .*split-device\.js.*readAvailIdx/);
      const said = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
      expect(run(said(/replay: (vring replay .*)/)).code).toBe(20);
      const raced = said(/configurations raced.*[^]*?replay: (vring stress .* --without .*)\n/);
      expect(run(`${raced} --no-explain`).code).toBe(20);
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
    const failure = failures[0] as StressFailure;
    const found = await explainFailure(plan, failure, { ...hooks, budgetMs: 4000 });
    if (found === null) throw new Error('it was not explained');
    const report = explanationReport(found, (names) => names.join(','));
    expect(report).toMatchObject({ verdict: 'not-reproduced', failure: null });
    expect(report.explored).toContainEqual(
      expect.objectContaining({ profile: 'tso', verdict: 'pass', exhaustive: true, error: null }),
    );
    expect(report.shrunk?.replay ?? '').toBe((report.shrunk?.left_out ?? []).join());
    expect(report.shrunk?.last_events.map(({ kind }) => kind) ?? ['slept']).toContain('slept');
    expect(report.beyond.join()).toMatch(/more than [123] buffers? one after the other/);

    // Whoever interrupts gets what is known by then, however much time was asked for.
    const impatient = new AbortController();
    const onAttempt = (): void => impatient.abort();
    const options = { ...hooks, budgetMs: 3_600_000, signal: impatient.signal, onAttempt };
    const cut = await explainFailure(plan, failure, options);
    expect(cut).toMatchObject({ shrunk: null, handedOver: { explored: [], failure: null } });
  });
});
