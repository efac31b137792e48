import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/report/run-json.js';
import { runJson, Scratch, sets, Vring, vring, withWorker } from '../support/e2e/vring.js';

const scratch = new Scratch();
const FAULTY_GUEST = new URL('../support/e2e/faulty-guest.js', import.meta.url);
const SLOW_GUEST = new URL('../support/e2e/slow-guest.js', import.meta.url);

afterAll(() => scratch.remove());

describe('a worker that fails on purpose ends the run, with the reason and what was done before', () => {
  test.each([
    ['guest', 'exit', 1, 'WORKER_EXITED'],
    ['host', 'exit', 1, 'WORKER_EXITED'],
    ['guest', 'throw', 1, 'UNEXPECTED'],
    ['host', 'throw', 1, 'UNEXPECTED'],
    ['guest', 'hang', 21, 'STALL'],
    ['host', 'hang', 21, 'STALL'],
  ])('%s thread: %s', async (worker, how, exitCode, errorCode) => {
    const { code, report } = await runJson([
      'blk-randwrite-verify',
      ...sets({
        operations: '1M',
        stall_timeout: '1s',
        fault: `{ worker: ${worker}, queue: 0, how: ${how}, after: 2000 }`,
      }),
    ]);
    expect(code).toBe(exitCode);
    expect(report.exitCode).toBe(exitCode);
    expect(report.verdict).not.toBe('pass');
    // The jobs behind it are not started.
    expect(report.jobs).toHaveLength(1);
    expect(report.jobs_skipped).toEqual(['scattered', 'merged-direct', 'write']);
    const [job] = report.jobs;
    expect(job?.failures.map((failure) => failure.code)).toContain(errorCode);
    expect(job?.operations).toBeGreaterThan(0);
    expect(job?.operations).toBeLessThan(1_000_000);
  });

  test('an exception in what checks the data: the report of what was done, and exit 1', async () => {
    const args = ['run', 'blk-randread', ...sets({ operations: '1M', warmup: 0 })];
    const env = withWorker('guest.js', FAULTY_GUEST);
    const { code, stdout } = await vring([...args, '--json'], undefined, env);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as RunReport;
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1 });
    const [job] = report.jobs;
    expect(job?.failures).toMatchObject([{ code: 'UNEXPECTED', message: 'a deliberate exception' }]);
    expect(job?.operations).toBeGreaterThanOrEqual(1000);
    const text = await vring(args, undefined, env);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('a deliberate exception (UNEXPECTED)');
  });

  test('one of two queues: the other one ends too', async () => {
    const { code, report } = await runJson([
      'blk-mixed-multiqueue',
      ...sets({ operations: '1M', fault: '{ worker: host, queue: 1, how: exit, after: 500 }' }),
    ]);
    expect(code).toBe(1);
    expect(report.jobs[0]?.failures[0]?.message).toContain('host 1');
  });

  test('a stall says where the queue stands', async () => {
    const { code, stdout } = await vring([
      'run',
      'blk-randread',
      ...sets({ stall_timeout: '2s', fault: '{ worker: host, queue: 0, how: hang, after: 1000 }' }),
    ]);
    expect(code).toBe(21);
    expect(stdout).toMatch(/queue 0: avail\.idx=\d+ used\.idx=\d+; driver posted \d+, device popped \d+/);
    expect(stdout).toContain('the driver sleeps, the device is awake');
    expect(stdout).toMatch(/the device has not seen \d+ of the buffers; it is awake, and takes none/);
    expect(stdout.split('\n')[0]).toContain('vring run');
  });

  test.each([
    ['guest', 'split', 'the device has not seen', 'it sleeps: a kick was lost'],
    ['guest', 'packed', 'the device has not seen', 'it sleeps: a kick was lost'],
    ['host', 'split', 'the driver has not seen that', 'it sleeps: an interrupt was lost'],
    ['host', 'packed', 'the driver has not seen that', 'it sleeps: an interrupt was lost'],
  ])(
    'a notification of the %s that is lost leaves both asleep, and is named: %s',
    async (worker, layout, what, why) => {
      const fault = `fault={ worker: ${worker}, how: lose_notification, after: 500 }`;
      const settings = { 'queue.layout': layout, wait: 'block', stall_timeout: '3s' };
      const { code, stdout } = await vring(['run', 'blk-randread', '--set', fault, ...sets(settings)]);
      expect(code).toBe(21);
      expect(stdout).toContain('the driver sleeps, the device sleeps');
      const named = stdout.split('\n').filter((line) => line.includes(' seen '));
      expect(named).toHaveLength(1);
      expect(named[0]).toContain(what);
      expect(named[0]).toContain(why);
      // The command that repeats it is the first line.
      expect(stdout.split('\n')[0]).toContain('how: lose_notification');
    },
  );
});

test('threads that take longer to load than a stall may take are no stall', async () => {
  const args = ['run', 'blk-randread', '--json', ...sets({ operations: 5000, stall_timeout: '1s' })];
  const { code, stdout } = await vring(args, undefined, withWorker('guest.js', SLOW_GUEST));
  const report = JSON.parse(stdout) as RunReport;
  expect(report.jobs[0]?.failures).toEqual([]);
  expect(code).toBe(0);
});

describe('Ctrl-C', () => {
  test('ends in good order: what is outstanding is finished, the report is written, exit 130', async () => {
    const run = new Vring([
      'run',
      'blk-randread',
      '--json',
      '--progress',
      'always',
      ...sets({ operations: '500M' }),
    ]);
    await run.saysOnStderr(/randread/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as { exitCode: number; jobs: { verdict: string; lost: number }[] };
    expect(report.exitCode).toBe(130);
    expect(report.jobs[0]).toMatchObject({ verdict: 'interrupted', lost: 0 });
  });
});

describe('Ctrl-C, as text', () => {
  test('the table of what was done, the reason, and exit 130', async () => {
    const args = [
      'run',
      'blk-randread',
      '--progress',
      'always',
      '--no-color',
      ...sets({ operations: '500M' }),
    ];
    const run = new Vring(args);
    await run.saysOnStderr(/randread/);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: ending in good order');
    expect(stdout).toMatch(/^! INTERRUPTED blk-randread {2}1 job, .* so far/);
    expect(stdout).toMatch(/\n.*randread/);
  });
});

describe('bad input', () => {
  test('a typo in a scenario: position, key, suggestion, exit 2', async () => {
    const file = scratch.path('typo.yaml');
    writeFileSync(
      file,
      'version: 1\nname: typo\njobs:\n  a:\n    workload: read\n    queue: { sze: 128 }\n    operations: 10\n',
    );
    const { code, stderr, stdout } = await vring(['run', file]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${file}:6:14`);
    expect(stderr).toContain('sze');
    expect(stderr).toContain('did you mean `size`');
  });

  test.each([
    [['run', 'no-such-scenario'], 'no-such-scenario'],
    [['run', 'quickstart', '--set', 'queue.sze=4'], 'did you mean `size`'],
    [['run', 'quickstart', '--set', 'queue.size=100'], 'power of'],
    [['run', 'quickstart', '--seed', 'abc-x'], 'seed'],
    [['run', 'quickstart', '--frobnicate'], 'frobnicate'],
    [['rnu'], 'run'],
  ])('%j is refused with exit 2 and says why', async (args, word) => {
    const { code, stderr } = await vring(args);
    expect(code).toBe(2);
    expect(stderr).toContain(word);
  });

  test('a breached threshold ends with exit 10 and the actual value', async () => {
    const { code, report } = await runJson([
      'blk-randread',
      ...sets({ operations: 2000, warmup: 0 }),
      '--threshold',
      'operations_per_s value > 1000000000',
    ]);
    expect(code).toBe(10);
    const breached = report.thresholds.filter((threshold) => !threshold.passed);
    expect(breached).toHaveLength(1);
    expect(breached[0]?.actual).toBeGreaterThan(0);
  });
});
