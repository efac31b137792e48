import { describe, expect, test } from 'vitest';
import type { ExploreReport } from '../../src/report/explore-json.js';
import { type Finished, Vring, vring } from '../support/e2e/vring.js';

const RING = 'docs/examples/doorbell-ring.mjs';
const LOAD_BUFFERING = 'test/support/explore/load-buffering.mjs';

async function exploreJson(args: readonly string[]): Promise<Finished & { readonly report: ExploreReport }> {
  const finished = await vring(['explore', ...args, '--json']);
  if (finished.stdout === '') throw new Error(`no report: ${finished.stderr}`);
  return { ...finished, report: JSON.parse(finished.stdout) as ExploreReport };
}

function verdicts(report: ExploreReport): Record<string, string> {
  return Object.fromEntries(report.profiles.map(({ profile, verdict }) => [profile, verdict]));
}

describe('vring explore', () => {
  test('the production ring passes under every profile, and the report has every key of the contract', async () => {
    const { code, report } = await exploreJson(['split']);
    expect(code).toBe(0);
    expect(report).toMatchObject({ schemaVersion: 1, command: 'explore', program: 'split', verdict: 'pass' });
    expect(report.options).toMatchObject({ buffers: 2, eventIdx: true, ringSize: 4 });
    expect(verdicts(report)).toEqual({ sc: 'pass', tso: 'pass', armv8: 'pass', rc11: 'pass', js: 'pass' });
    for (const profile of report.profiles) {
      expect(profile).toMatchObject({ exhaustive: true, failures: [], error: null, bounded_by: [] });
      expect(profile.graphs_complete).toBeGreaterThan(500);
      expect(profile.elapsed_s).toBeGreaterThan(0);
    }
  });

  test("the example of a ring of one's own loses a wakeup without its fences, where stores are delayed", async () => {
    expect((await vring(['explore', RING])).code).toBe(0);
    const { code, report } = await exploreJson([RING, '--set', 'fence=false']);
    expect(code).toBe(21);
    expect(report.replay).toBe(`vring explore ${RING} --set fence=false`);
    expect(verdicts(report)).toEqual({ sc: 'pass', tso: 'fail', armv8: 'fail', rc11: 'fail', js: 'pass' });
    for (const { verdict, failures } of report.profiles)
      expect(failures.map(({ kind }) => kind)).toEqual(verdict === 'fail' ? ['lost-wakeup'] : []);
  });

  test('a failure is told with the fewest buffers that show it, and with the change that repairs it', async () => {
    const defect = ['--buffers', '3', '--set', 'defect=no-fence-before-avail-event'];
    const { code, report } = await exploreJson(['abstract-ring', ...defect, '--profile', 'sc,tso']);
    expect(code).toBe(21);
    expect(verdicts(report)).toEqual({ sc: 'pass', tso: 'fail' });
    const [failure] = report.profiles[1]?.failures ?? [];
    expect(failure?.fewest_buffers).toBe(2);
    expect(failure?.program.options).toMatchObject({ buffers: 2 });
    expect(failure?.fix).toMatchObject({ verified: true });
    expect(failure?.fix?.text).toMatch(
      /^full fence behind the store at src\/explore\/programs\/abstract-ring\.ts:\d+ /,
    );
    const replayed = await vring((failure?.replay ?? '').split(' ').slice(1));
    expect(replayed.code).toBe(21);
  });

  test('load buffering is told as what it is, and replays: a read of what comes of it', async () => {
    const { code, report } = await exploreJson([LOAD_BUFFERING, '--profile', 'sc,armv8,rc11', '--no-fix']);
    expect(code).toBe(20);
    expect(verdicts(report)).toEqual({ sc: 'pass', armv8: 'fail', rc11: 'pass' });
    const [failure] = report.profiles[1]?.failures ?? [];
    expect(failure?.message).toContain('load buffering');
    expect(failure?.simplicity).toMatchObject({ earlyReads: 1, events: 4 });
    const replayed = await vring((failure?.replay ?? '').split(' ').slice(1));
    expect(replayed.code).toBe(20);
    expect(replayed.stdout).toContain(failure?.message);
    expect(replayed.stdout).toMatch(
      /^1 {2}R \[0x40\]=1 <- 4 {2}EARLY: 4 comes of this .*load-buffering\.mjs:\d+ {2}copy$/m,
    );
    expect(failure?.cause.text).toContain('not ordered (load->store)');
    expect(failure?.fix).toBeNull();
  });

  test('a thread that loops without an access ends the exploration, and is named', async () => {
    const stuck = ['test/support/explore/stuck-ring.mjs', '--profile', 'sc', '--stuck-after', '1'];
    const { code, stdout } = await vring(['explore', ...stuck]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/error sc: spinner has run for 1 s without coming to .* \(EXPLORE_STUCK\)/);
  });

  test('a mistake in what is asked for is named, and nothing is explored', async () => {
    for (const [args, message] of [
      [['splt'], /no program 'splt'/],
      [['split', '--profile', 'tos'], /did you mean `tso`/],
      [['split', '--buffers', '9'], /`buffers` is 9/],
      [['split', '--set', 'buffers'], /name=value/],
      [['split', '--buffers', '33', '--random', '1'], /`buffers` is 33/],
      [['split', '--seed', '1'], /--seed is for --random/],
      [['split', '--swarm'], /--swarm is for --random/],
      [['split', '--random', '9', '--limit', '9'], /--limit is not for --random/],
      [['split', '--random', '9', '--seed', 'x'], /expected a seed/],
      [['split', '--random', '9', '--swarm', '--ring-size', '3'], /a split ring has a power of two/],
      [['reset', '--random', '9', '--swarm'], /has no options to draw/],
    ] as const) {
      const { code, stdout, stderr } = await vring(['explore', ...args]);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(message);
    }
  });

  test('executions at random are never a pass, and those that fail come back', async () => {
    const right = await exploreJson(['packed', '--buffers', '9', '--random', '40', '--profile', 'tso,js']);
    expect(right.code).toBe(5);
    expect(verdicts(right.report)).toEqual({ tso: 'bounded', js: 'bounded' });
    const seed = right.report.profiles[0]?.random?.seed;
    expect(right.report.replay).toBe(
      `vring explore packed --buffers 9 --random 40 --seed ${seed} --profile tso,js`,
    );
    for (const profile of right.report.profiles) {
      expect(profile).toMatchObject({ exhaustive: false, bounded_by: ['random'], failures: [] });
      expect(profile.random).toEqual({ seed, runs: 40, combinations: 1 });
    }
    const wrong = [
      'abstract-ring',
      '--buffers',
      '9',
      '--set',
      'defect=no-second-look-of-guest',
      '--random',
      '200',
    ];
    const { code, report } = await exploreJson([...wrong, '--seed', '0x10', '--profile', 'sc']);
    expect(code).toBe(21);
    const [profile] = report.profiles;
    expect(profile?.random?.seed).toBe(16);
    const replayed = await vring(profile?.failures[0]?.replay.split(' ').slice(1) ?? []);
    expect(replayed.code).toBe(21);
    expect(replayed.stdout).toMatch(/"defect":"no-second-look-of-guest"/);
  });

  test('a swarm says how many combinations of options it drew', async () => {
    const args = ['split', '--random', '20', '--swarm', '--no-event-idx', '--seed', '7', '--profile', 'sc'];
    const { code, stdout } = await vring(['explore', ...args]);
    expect(code).toBe(5);
    expect(stdout).toMatch(/20 random runs of \d+ combinations of options, --seed 7/);
  });

  test('Ctrl-C ends it in good order, with a report of what was seen', async () => {
    const args = ['explore', 'packed', '--buffers', '4', '--workers', '2', '--json', '--progress', 'always'];
    const running = new Vring(args);
    await running.saysOnStderr(/2 workers/);
    running.kill('SIGINT');
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as ExploreReport;
    expect(report.verdict).toBe('interrupted');
    expect(report.profiles_skipped).toEqual(['tso', 'armv8', 'rc11', 'js']);
    expect(report.profiles).toMatchObject([
      { verdict: 'bounded', exhaustive: false, bounded_by: ['interrupted'] },
    ]);
    expect(report.profiles[0]?.graphs_complete).toBeGreaterThan(0);
  });
});
