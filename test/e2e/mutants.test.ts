import { describe, expect, test } from 'vitest';
import { NOT_RECREATED, ZOO } from '../../src/mutants/zoo.js';
import type { MutantsReport } from '../../src/report/mutants-json.js';
import { Vring, vring } from '../support/e2e/vring.js';

async function zoo(...args: readonly string[]): Promise<{ code: number | null; report: MutantsReport }> {
  const { code, stdout, stderr } = await vring(['mutants', ...args, '--json']);
  if (stdout === '') throw new Error(`no report; exit code ${code}, standard error:\n${stderr}`);
  return { code, report: JSON.parse(stdout) as MutantsReport };
}

describe('vring mutants', () => {
  test('catches old friends, each by what it needs', async () => {
    const { code, report } = await zoo('--only', 'Z01', 'Z13', 'Z49', 'Z71', '--jobs', '2');
    expect(report.mutants.filter(({ as_expected }) => !as_expected)).toEqual([]);
    expect([...report.control, ...report.canary].filter(({ as_expected }) => !as_expected)).toEqual([]);
    expect(report.mutants.map(({ id, needs, caught_by }) => [id, needs, caught_by])).toEqual([
      ['Z01', 'S', 'explore-tso'],
      ['Z13', 'W', 'explore-rc11'],
      ['Z49', 'T', 'exercise'],
      ['Z71', 'M', 'hostile'],
    ]);
    expect([code, report.exitCode]).toEqual([0, 0]);
    expect(report.mutants[0]?.lanes.map(({ lane, caught }) => [lane, caught])).toEqual([
      ['explore-tso', true],
      ['explore-sc', false],
    ]);
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

  test('ends when it is interrupted, with what it has', async () => {
    const run = new Vring(['mutants', '--only', 'Z79', '--json']);
    await run.saysOnStderr(/canary {2}/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, mutants: [] });
  });
});
