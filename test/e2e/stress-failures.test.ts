import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { StressFailureReport, StressReport } from '../../src/report/stress-json.js';
import { v8Flags } from '../../src/stress/v8-mode.js';
import { type Finished, Scratch, Vring, vring, withWorker } from '../support/e2e/vring.js';

const WEAKENED = new URL('../support/stress/weakened-worker.js', import.meta.url);
const ENGINE_PROBE = fileURLToPath(new URL('../support/stress/engine-probe.js', import.meta.url));

const scratch = new Scratch();

afterAll(() => scratch.remove());

/** The real program, with one thing broken in its threads: `guest.exit`. */
function broken(fault: string): NodeJS.ProcessEnv {
  return { ...withWorker('stress.js', WEAKENED), VRING_WEAKENED: fault };
}

const wordsOf = (command: string): string[] => command.split(' ').slice(1);

/** What becomes of a failure behind its report is another test's. */
async function stress(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return vring(['stress', '--no-explain', ...args], undefined, env);
}

function reportOf({ stdout, stderr }: Finished): StressReport {
  if (stdout === '') throw new Error(`no report: ${stderr}`);
  return JSON.parse(stdout) as StressReport;
}

/** Of the last events in a report, those of one side. */
function kindsOf(failure: StressFailureReport | undefined, side: string): string[] {
  return (failure?.last_events ?? []).filter((event) => event.side === side).map(({ kind }) => kind);
}

/** All recorded events are in the run's directory, and those of the report are the last of them. */
function expectKept(directory: string, { seed, failures }: StressReport): void {
  const [failure] = failures;
  const text = readFileSync(path.join(directory, failure?.events_file ?? 'none'), 'utf8');
  const [header, ...events] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { round, ring, code, replay, recorded_events: count } = failure ?? {};
  expect(header).toMatchObject({ document: 'last-events', race: 'found', seed, round, ring, code, replay });
  expect(events).toHaveLength(header.events);
  expect(count).toBe(header.events);
  expect(count).toBeGreaterThan(failure?.last_events.length ?? 0);
  for (const event of failure?.last_events ?? []) expect(events).toContainEqual(event);
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
    // Whichever thread died, what both did is there.
    for (const side of ['driver', 'device']) expect(kindsOf(failure, side)).toHaveLength(16);

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
    ['guest.stamp', 20, 'PAYLOAD', /FORBIDDEN word 0 of what the (driver|device) wrote is wrong/],
  ])('%s: exit %i, %s', async (fault, exitCode, code, text) => {
    const args = ['--seed', '5', '--perturb', 'none', '--wait', 'block', '--for', '10m', '--json'];
    const out = scratch.path(code);
    const finished = await stress([...args, '--out', out], broken(fault));
    expect(finished.code).toBe(exitCode);
    const report = reportOf(finished);
    expect(report).toMatchObject({ verdict: 'fail', exitCode });
    const [failure] = report.failures;
    expect(failure?.code).toBe(code);
    expect(report.outcomes.filter(({ grade }) => grade === 'forbidden')).toMatchObject([{ samples: 1 }]);
    const last = (side: string): string[] => kindsOf(failure, side).slice(-3);
    if (exitCode === 21) {
      // It was told to tell, and was not heard: no wish was missed, and nobody thought it unnecessary.
      expect(last('driver').at(-1)).toBe('slept');
      expect(kindsOf(failure, 'device').findLast((kind) => kind.startsWith('interrupt'))).toBe('interrupted');
      expect(last('device').at(-1)).toBe('slept');
    } else expect([...last('driver'), ...last('device')].join()).toMatch(/reaped|popped/);
    expectKept(out, report);
    const told = await vring(['report', out]);
    expect(told.stdout).toContain(
      ' recorded events are kept: last-events.ndjson, in the directory of this run\n',
    );

    const again = await stress(wordsOf(failure?.replay ?? '').slice(1), broken(fault));
    expect(again.code).toBe(exitCode);
    expect(again.stdout).toContain(`(${code})`);
    expect(again.stdout).toMatch(text);
    expect(again.stdout).toMatch(
      /\n {2}last events of both sides, .*:\n( +[\d.]+ [numµ]?s {2}(driver|device) {2}.*\n){20}/,
    );
    expect(again.stdout).toMatch(
      /\n {2}\d+ events were recorded; they are not kept, since nothing of this run is\n/,
    );
    if (exitCode === 21) expect(again.stdout).toMatch(/\n {2}driver: round \d+, ring \d+, asleep; shown/);
  });
});

describe('modes of the engine', () => {
  test('all of them, with a table for each; what is printed races them again', async () => {
    const args = ['--seed', '5', '--rounds', '2', '--perturb', 'tso', '--v8', 'all'];
    const finished = await stress([...args, '--json'], {});
    expect(finished.code).toBe(0);
    const report = reportOf(finished);
    expect(report).toMatchObject({ verdict: 'pass', rounds: 8, executions: 64 });
    expect(report.replay).toBe('vring stress --seed 5 --rounds 2 --perturb tso --v8 all');
    const order = (mode: string): number =>
      report.outcomes
        .filter(({ v8, result }) => v8 === mode && ['in order', 'out of order'].includes(result))
        .reduce((sum, { samples }) => sum + samples, 0);
    // The same rounds in each, so as many buffers.
    const modes = ['as-is', 'interpreter', 'baseline', 'optimised'];
    expect(modes.map(order)).toEqual(modes.map(() => report.buffers / 4));
  });

  test.each([
    ['as-is', /^(?!optimised)/],
    ['interpreter', /^interpreted$/],
    ['baseline', /^baseline$/],
    ['optimised', /^optimised$/],
  ] as const)('a function that was called a hundred times, in mode %s: %s', (mode, tier) => {
    const args = [...v8Flags(mode), '--allow-natives-syntax', ENGINE_PROBE];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toMatch(tier);
  });

  test('a failure names its mode, and its replay races in that', async () => {
    const args = ['--seed', '5', '--perturb', 'tso', '--for', '10m', '--v8', 'baseline'];
    const finished = await stress([...args, '--json'], broken('guest.stamp'));
    expect(finished.code).toBe(20);
    const [failure] = reportOf(finished).failures;
    expect(failure).toMatchObject({ code: 'PAYLOAD', v8: 'baseline', events_file: null });
    for (const side of ['driver', 'device']) expect(kindsOf(failure, side)).toHaveLength(16);
    expect(failure?.replay).toMatch(/--v8 baseline$/);
    const again = await stress(wordsOf(failure?.replay ?? '').slice(1), broken('guest.stamp'));
    expect(again.code).toBe(20);
    expect(again.stdout).toMatch(/, ring \d, V8 baseline\n/);
  });

  test('a process that is killed: exit 1, with what killed it', async () => {
    const finished = await stress(['--for', '10m', '--v8', 'interpreter'], broken('host.kill'));
    expect(finished.code).toBe(1);
    expect(finished.stdout).toContain(
      "ERROR the process of V8's interpreter mode ended: SIGKILL (PROCESS_ENDED)\n",
    );
    expect(finished.stdout).toContain('\n  no event of the two sides was recorded\n');
  });

  test('Ctrl-C reaches the process of a mode, and its table is printed', async () => {
    const run = new Vring(['stress', '--for', '10m', '--json', '--progress', 'always', '--v8', 'optimised']);
    await run.saysOnStderr(/stress 0% [1-9]\d* round/);
    run.kill('SIGINT');
    const finished = await run.finished;
    expect(finished.code).toBe(130);
    const report = reportOf(finished);
    expect(report).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
    expect(new Set(report.outcomes.map(({ v8 }) => v8))).toEqual(new Set(['optimised']));
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
