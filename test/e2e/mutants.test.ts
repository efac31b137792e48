import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import type { Mutant } from '../../src/mutants/mutant.js';
import { runMutant } from '../../src/mutants/run-mutant.js';
import { TreeCopy } from '../../src/mutants/tree-copy.js';
import { ZooProgress } from '../../src/mutants/zoo-progress.js';
import { NOT_RECREATED, ZOO } from '../../src/mutants/zoo.js';
import type { MutantsReport } from '../../src/report/mutants-json.js';
import { Scratch, Vring, vring } from '../support/e2e/vring.js';

async function zoo(...args: readonly string[]): Promise<{ code: number | null; report: MutantsReport }> {
  const { code, stdout, stderr } = await vring(['mutants', ...args, '--json']);
  if (stdout === '') throw new Error(`no report; exit code ${code}, standard error:\n${stderr}`);
  return { code, report: JSON.parse(stdout) as MutantsReport };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('vring mutants', () => {
  test('catches old friends, each by what it needs', async () => {
    const { code, report } = await zoo('--only', 'Z49', 'Z54', 'Z71', '--jobs', '2');
    expect(report.mutants.filter(({ as_expected }) => !as_expected)).toEqual([]);
    expect([...report.control, ...report.canary].filter(({ as_expected }) => !as_expected)).toEqual([]);
    expect(report.mutants.map(({ id, needs, caught_by }) => [id, needs, caught_by])).toEqual([
      ['Z49', 'T', 'exercise'],
      ['Z54', 'D', 'exercise'],
      ['Z71', 'M', 'hostile'],
    ]);
    expect([code, report.exitCode, report.verdict]).toEqual([0, 0, 'pass']);
    // The code as it is: what depends on a seed with three of them, anything else twice.
    expect(report.seeds).toEqual([1, 2, 3]);
    const seeds = (name: string): (number | null)[] =>
      report.control.filter(({ lane }) => lane === name).map(({ seed }) => seed);
    expect(new Set(seeds('stress-delay'))).toEqual(new Set([1, 2, 3]));
    expect(new Set([...seeds('exercise'), ...seeds('hostile')])).toEqual(new Set([null]));
    for (const { seed, repeated, command } of report.control) {
      expect(repeated).toBe(seed === null);
      if (seed !== null) expect(command).toMatch(new RegExp(`--seed ${seed}$`));
    }
  });

  test('a full barrier that is missing is caught on threads, and by exploring TSO', async () => {
    const mutant = ZOO.find(({ id }) => id === 'Z01') as Mutant;
    const copy = TreeCopy.make(ROOT);
    const { signal } = new AbortController();
    const progress = new ZooProgress(mutant.lanes.length);
    const report = await runMutant({ copy, signal, progress }, mutant);
    copy.remove();
    expect(report.lanes.map(({ lane, caught, as_expected }) => [lane, caught, as_expected])).toEqual([
      ['explore-tso', true, true],
      ['explore-sc', false, true],
      ['stress-tso', true, true],
    ]);
    expect(report.lanes[2]).toMatchObject({ exitCode: 21, seed: 1 });
    expect(report.lanes[2]?.finding).toMatch(/^LOST_KICK: lost kick/);
  });

  test('lists what there is, and what there is not', async () => {
    const { code, report } = await zoo('--list');
    expect(code).toBe(0);
    expect(report.mutants.map(({ id }) => id)).toEqual(ZOO.map(({ id }) => id));
    expect(report.not_recreated).toEqual(NOT_RECREATED);
    const { stdout } = await vring(['mutants', '--list', '--only', 'Z01']);
    expect(stdout).toMatch(/^Z01 .*a72caae21803$/m);
  });

  test('knows no others, and says why of those that are not made', async () => {
    const unknown = await vring(['mutants', '--only', 'Z99']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no mutant 'Z99'")]);
    const argued = await vring(['mutants', '--only', 'Z89']);
    expect([argued.code, argued.stderr]).toEqual([2, expect.stringContaining('vring does not migrate')]);
  });

  test('ends when it is interrupted, with what it has, and leaves nothing running', async () => {
    const scratch = new Scratch();
    vi.stubEnv('TMPDIR', scratch.directory);
    const run = new Vring(['mutants', '--only', 'Z02', '--json', '--jobs', '2']);
    vi.unstubAllEnvs();
    await run.saysOnStderr(/canary {2}/);
    // There is some seconds' work for both workers before the first mutant.
    let children: number[] = [];
    await vi.waitUntil(() => (children = childrenOf(run.pid)).length > 0, { timeout: 5000 });
    expect(readdirSync(scratch.directory)).toHaveLength(2);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: ending');
    const report = JSON.parse(stdout) as MutantsReport;
    expect(report).toMatchObject({ exitCode: 130, verdict: 'interrupted', mutants: [] });
    expect(report.canary).toHaveLength(3);
    expect(children.filter(isAlive)).toEqual([]);
    expect(readdirSync(scratch.directory)).toEqual([]);
    scratch.remove();
  });
});
