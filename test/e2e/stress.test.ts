import { afterEach, describe, expect, test } from 'vitest';
import { buildStressReport, type StressReport } from '../../src/report/stress-json.js';
import type { Environment } from '../../src/report/environment.js';
import { PERTURBATIONS, type Perturbation } from '../../src/stress/perturbation.js';
import { runStress } from '../../src/stress/run-stress.js';
import type { RingLayout } from '../../src/virtqueue/layouts.js';
import { type Finished, Vring, vring } from '../support/e2e/vring.js';

const WEAKENED = new URL('../support/stress/weakened-worker.js', import.meta.url);
/** Far more than it takes: what is not found by then is not found. */
const SEARCH_MS = 30_000;

async function stressJson(args: readonly string[]): Promise<Finished & { readonly report: StressReport }> {
  const finished = await vring(['stress', ...args, '--json']);
  if (finished.stdout === '') throw new Error(`no report: ${finished.stderr}`);
  return { ...finished, report: JSON.parse(finished.stdout) as StressReport };
}

describe('vring stress', () => {
  test.each(PERTURBATIONS)(
    'the production rings pass under %s, with every key of the contract',
    async (kind) => {
      for (const layout of ['split', 'packed']) {
        const args = ['--seed', '5', '--rounds', kind === 'none' ? '3' : '12', '--perturb', kind];
        const { code, report } = await stressJson([...args, '--layout', layout]);
        expect(report.failures).toEqual([]);
        expect(code).toBe(0);
        expect(report).toMatchObject({
          schemaVersion: 1,
          command: 'stress',
          seed: 5,
          verdict: 'pass',
          exitCode: 0,
        });
        expect(report.rounds).toBe(kind === 'none' ? 3 : 12);
        expect(report.executions).toBe(8 * report.rounds);
        const order = report.outcomes.filter(({ result }) => ['in order', 'out of order'].includes(result));
        expect(order.reduce((sum, { samples }) => sum + samples, 0)).toBe(report.buffers);
        for (const row of report.outcomes) {
          expect(row).toMatchObject({ layout, perturbation: kind });
          expect(row.grade).not.toBe('forbidden');
        }
        expect(report.replay).toBe(
          `vring stress --seed 5 --rounds ${report.rounds} --layout ${layout} --perturb ${kind}`,
        );
      }
    },
  );

  test('ends when its time is over, and draws a seed of its own', async () => {
    const { code, report } = await stressJson(['--for', '1s']);
    expect(code).toBe(0);
    expect(report.elapsed_s).toBeGreaterThanOrEqual(1);
    expect(report.replay).toContain(`--seed ${report.seed} --rounds ${report.rounds}`);
  });

  test('one round can be raced again and again', async () => {
    const { code, report } = await stressJson(['--seed', '5', '--round', '3', '--rounds', '4']);
    expect(code).toBe(0);
    expect(new Set(report.outcomes.map((row) => `${row.layout} ${row.perturbation}`)).size).toBe(1);
  });

  test.each(['none', 'tso', 'weak'])(
    '--long, %s: one ring of each pair wraps again and again',
    async (kind) => {
      const args = ['--long', '--seed', '5', '--pairs', '2', '--perturb', kind, '--for', '1s'];
      const { code, report } = await stressJson(args);
      expect(report.failures).toEqual([]);
      expect(code).toBe(0);
      // Ended by the time that is over, with all buffers back.
      expect(report).toMatchObject({ verdict: 'pass', rounds: 2, executions: 2 });
      expect(report.buffers).toBeGreaterThan(2048);
      expect(report.replay).toBe(`vring stress --seed 5 --long --for 1000ms --perturb ${kind}`);
      const order = report.outcomes.filter(({ result }) => ['in order', 'out of order'].includes(result));
      expect(order.reduce((sum, { samples }) => sum + samples, 0)).toBe(report.buffers);
    },
  );

  test('Ctrl-C in a long ring: all buffers come back, and the report says so', async () => {
    const run = new Vring(['stress', '--long', '--for', '10m', '--json', '--progress', 'always']);
    await run.saysOnStderr(/stress 0% 0 rounds [1-9]\S* buffers/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as StressReport;
    expect(report).toMatchObject({ verdict: 'interrupted', failures: [] });
    expect(report.executions).toBe(report.rounds);
    expect(report.executions).toBeGreaterThan(0);
  });

  test('what is left out of a round is, and the replay says so', async () => {
    const without = 'perturbation,event-idx,indirect,in-order,depth-above-1';
    const args = ['--seed', '5', '--round', '3', '--rounds', '2', '--without', without];
    const { code, report } = await stressJson(args);
    expect(code).toBe(0);
    const results = report.outcomes.map(({ result }) => result);
    expect(results).not.toContain('out of order');
    expect(results).not.toContain('load before store');
    expect(new Set(report.outcomes.map(({ perturbation }) => perturbation))).toEqual(new Set(['none']));
    expect(report.replay).toBe(`vring stress --seed 5 --rounds 2 --round 3 --without ${without}`);
  });

  test('Ctrl-C ends it after the round, with a report and exit 130', async () => {
    const run = new Vring(['stress', '--for', '10m', '--json', '--progress', 'always']);
    await run.saysOnStderr(/stress 0% [1-9]\d* round/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as StressReport;
    expect(report).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
    expect(report.buffers).toBeGreaterThan(0);
  });

  test('the table and the verdict are text, too; --quiet leaves the verdict', async () => {
    const args = ['stress', '--seed', '5', '--rounds', '2', '--perturb', 'tso', '--no-color'];
    const { stdout } = await vring(args);
    expect(stdout).toMatch(/^(split|packed), tso\n {2}result +samples +frequency +grade +section +reason\n/);
    expect(stdout).toContain('\nPASS: 2 rounds, 16 rings');
    const quiet = await vring([...args, '-q']);
    expect(quiet.stdout).toMatch(/^PASS: .*\nreplay: vring stress --seed 5 --rounds 2 --perturb tso\n$/);
  });

  test.each([
    ['--for', '0s'],
    ['--for', 'soon'],
    ['--rounds', '0'],
    ['--layout', 'round'],
    ['--perturb', 'sc'],
    ['--pairs', '100'],
    ['--v8', 'jitless'],
    ['--round', '3', '--without', 'everything'],
    ['--without', 'chains'],
    ['--explain', 'well'],
  ])('%s %s is refused', async (...args: string[]) => {
    expect((await vring(['stress', ...args])).code).toBe(2);
  });

  test('--long takes a time, and no number of rounds', async () => {
    const { code, stderr } = await vring(['stress', '--long', '--rounds', '3']);
    expect(code).toBe(2);
    expect(stderr).toContain('--for');
  });
});

describe('a ring with one thing taken away is caught', () => {
  afterEach(() => {
    delete process.env['VRING_WEAKENED'];
  });

  async function stressWeakened(
    broken: string,
    perturbation: Perturbation,
    layout: RingLayout,
  ): Promise<StressReport> {
    // The threads take it over with the rest of the environment.
    process.env['VRING_WEAKENED'] = broken;
    const choices = { seed: 7, layouts: [layout], perturbations: [perturbation], wait: null };
    const plan = { choices, rounds: null, durationMs: SEARCH_MS, onlyRound: null, pairs: 1, entry: WEAKENED };
    const result = await runStress(plan, { signal: new AbortController().signal });
    const replay = (): string => 'vring stress';
    return buildStressReport(
      { seed: 7, replay, startedAt: '', environment: {} as Environment, isKept: false },
      result,
      null,
    );
  }

  test.each([
    ['guest.fence', 'split'],
    ['host.fence', 'split'],
    ['guest.fence', 'packed'],
    ['host.fence', 'packed'],
  ] as const)('%s of a %s ring: a lost notification, exit 21', async (broken, layout) => {
    const { exitCode, failures, outcomes } = await stressWeakened(broken, 'tso', layout);
    expect(exitCode).toBe(21);
    const [failure] = failures;
    expect(failure?.code).toMatch(/^LOST_(KICK|INTERRUPT)$/);
    // One of them sleeps, and is not woken; the other may poll, or have done its part of the round.
    const step = '[a-z ]+';
    const driver = `driver: round \\d+, ring \\d, ${step}; shown \\d+, taken back \\d+ of \\d+`;
    const device = `device: round \\d+, ring \\d, ${step}; popped \\d+, returned \\d+`;
    expect(failure?.message).toMatch(new RegExp(`${driver}\n  ${device}`));
    expect(failure?.message).toContain('asleep;');
    expect(failure?.message).toMatch(layout === 'split' ? /avail\.idx=\d+ .* used\.idx=\d+/ : /flags=/);
    expect(outcomes.filter(({ grade }) => grade === 'forbidden')).toMatchObject([{ samples: 1 }]);
  });

  test.each([
    ['guest.acquire', 'split'],
    ['host.acquire', 'split'],
    ['guest.release', 'split'],
    ['host.release', 'split'],
    ['host.acquire', 'packed'],
    ['guest.release', 'packed'],
  ] as const)('%s of a %s ring: wrong data or a violation, exit 20', async (broken, layout) => {
    const { exitCode, verdict, outcomes } = await stressWeakened(broken, 'weak', layout);
    expect([verdict, exitCode]).toEqual(['fail', 20]);
    expect(outcomes.some(({ grade }) => grade === 'forbidden')).toBe(true);
  });

  // The id that is still in a slot when its flags say "used" may be that of another buffer in flight, with another
  // number of slots. The driver goes on by that number, to a slot which the device does not use, and waits for good.
  test.each(['guest.acquire', 'host.release'])(
    '%s of a packed ring: wrong data, a violation, or a driver that looks at another slot than the device',
    async (broken) => {
      const { exitCode, verdict, failures, outcomes } = await stressWeakened(broken, 'weak', 'packed');
      expect(verdict).toBe('fail');
      if (exitCode !== 20) {
        expect(exitCode).toBe(21);
        expect(failures[0]?.code).toMatch(/^(LOST_INTERRUPT|STALL)$/);
        expect(failures[0]?.message).toContain('the driver has not seen that');
      }
      expect(outcomes.some(({ grade }) => grade === 'forbidden')).toBe(true);
    },
  );

  test.each(['guest.payload', 'host.payload'])('%s: exit 20', async (broken) => {
    expect((await stressWeakened(broken, 'none', 'split')).exitCode).toBe(20);
  });

  test.each(['guest.exit', 'host.exit'])('%s: exit 1, with what was done before', async (broken) => {
    const report = await stressWeakened(broken, 'delay', 'split');
    expect(report).toMatchObject({ exitCode: 1, verdict: 'error', failures: [{ code: 'WORKER_EXITED' }] });
    expect(report.failures[0]?.configuration).toMatch(/^round \d+: split ring of \d+, /);
  });
});
