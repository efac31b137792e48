import { describe, expect, test } from 'vitest';
import type { StressReport } from '../../src/report/stress-json.js';
import { type Finished, Vring, vring, withWorker } from '../support/e2e/vring.js';

const WEAKENED = new URL('../support/stress/weakened-worker.js', import.meta.url);

/** The real program, with one thing broken in its threads: `guest.exit`. */
function broken(fault: string): NodeJS.ProcessEnv {
  return { ...withWorker('stress.js', WEAKENED), VRING_WEAKENED: fault };
}

const wordsOf = (command: string): string[] => command.split(' ').slice(1);

async function stress(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return vring(['stress', ...args], undefined, env);
}

function reportOf({ stdout, stderr }: Finished): StressReport {
  if (stdout === '') throw new Error(`no report: ${stderr}`);
  return JSON.parse(stdout) as StressReport;
}

// That `finished` settles says that the process is gone, with all that could still hold its pipes.

describe('a thread of a stress that dies', () => {
  test.each([
    ['guest.exit', 'WORKER_EXITED', 'the guest 0 thread ended with exit code 3'],
    ['host.exit', 'WORKER_EXITED', 'the host 0 thread ended with exit code 3'],
    ['host.throw', 'UNEXPECTED', 'a deliberate exception'],
    ['guest.checker', 'UNEXPECTED', 'a deliberate exception'],
  ])('%s: exit 1, what was done before, and a replay that does it again', async (fault, code, message) => {
    const args = ['--seed', '5', '--pairs', '1', '--perturb', 'tso', '--for', '10m'];
    const finished = await stress([...args, '--json'], broken(fault));
    expect(finished.code).toBe(1);
    const report = reportOf(finished);
    expect(report).toMatchObject({ verdict: 'error', exitCode: 1 });
    const [failure] = report.failures;
    expect(report.failures).toHaveLength(1);
    expect(failure).toMatchObject({ code, message, exitCode: 1 });
    expect(failure?.configuration).toMatch(/^round \d+: (split|packed) ring of \d+, .* tso;/);
    // A table of what was raced before, without a row for what is no outcome of a ring.
    if (failure?.round !== 0) expect(report.outcomes.length).toBeGreaterThan(0);
    expect(report.outcomes.filter(({ grade }) => grade === 'forbidden')).toEqual([]);

    const again = await stress(wordsOf(failure?.replay ?? '').slice(1), broken(fault));
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(`ERROR ${message} (${code})`);
    expect(again.stdout).toContain(failure?.configuration);
    expect(again.stdout).toMatch(/\nERROR \(internal, exit 1\): \d+ rounds?, .*\nreplay: vring stress /);
    if (code === 'UNEXPECTED') expect(again.stdout).toMatch(/\n {2}at .*weakened-worker\.js/);
  });
});

describe('a finding is found again by the command that it names', () => {
  test.each([
    ['host.mute', 21, 'LOST_INTERRUPT', /FORBIDDEN lost interrupt: nothing moved for \d+ s/],
    ['guest.stamp', 20, 'PAYLOAD', /FORBIDDEN word 0 of what the driver wrote is wrong/],
  ])('%s: exit %i, %s', async (fault, exitCode, code, text) => {
    const args = ['--seed', '5', '--perturb', 'none', '--wait', 'block', '--for', '10m', '--json'];
    const finished = await stress(args, broken(fault));
    expect(finished.code).toBe(exitCode);
    const report = reportOf(finished);
    expect(report).toMatchObject({ verdict: 'fail', exitCode });
    const [failure] = report.failures;
    expect(failure?.code).toBe(code);
    expect(report.outcomes.filter(({ grade }) => grade === 'forbidden')).toMatchObject([{ samples: 1 }]);

    const again = await stress(wordsOf(failure?.replay ?? '').slice(1), broken(fault));
    expect(again.code).toBe(exitCode);
    expect(again.stdout).toContain(`(${code})`);
    expect(again.stdout).toMatch(text);
    if (exitCode === 21) expect(again.stdout).toMatch(/\n {2}driver: round \d+, ring \d+, asleep; shown/);
  });
});

describe('Ctrl-C', () => {
  test('the table of what was seen until then, and exit 130', async () => {
    const run = new Vring(['stress', '--for', '10m', '--no-color', '--progress', 'always']);
    await run.saysOnStderr(/stress 0% [1-9]\d* round/);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: ending after this round');
    expect(stdout).toMatch(/^(split|packed), .*\n {2}result +samples/);
    expect(stdout).toMatch(/\nINTERRUPTED \(interrupted, exit 130\): [1-9]\d* rounds?, .*\nreplay: .*\n$/);
  });

  test('twice, and the process is gone at once, whatever its threads do', async () => {
    const args = ['stress', '--for', '10m', '--progress', 'always'];
    const run = new Vring(args, undefined, broken('host.hang'));
    await run.saysOnStderr(/stress 0%/);
    run.kill('SIGINT');
    await run.saysOnStderr(/interrupted: ending/);
    run.kill('SIGINT');
    expect(await run.finished).toMatchObject({ code: 130, stdout: '' });
  });
});
