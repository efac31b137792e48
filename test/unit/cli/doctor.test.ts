import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  checkCores,
  checkLargestMemory,
  checkMemory,
  checkNode,
  checkTempFolder,
  checkTimer,
} from '../../../src/cli/doctor-checks.js';
import { environment } from '../report/fixtures.js';

describe('doctor checks', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['20.20.2', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.20.0', 'fail'],
  ])('Node %s is %s for >=20.19', (version, status) => {
    expect(checkNode(version, '>=20.19').status).toBe(status);
  });

  it('warns of a single core and of a busy machine', () => {
    expect(checkCores(environment).status).toBe('ok');
    expect(checkCores({ ...environment, cpu_count: 1 }).status).toBe('warn');
    expect(checkCores({ ...environment, load_average: [9, 1, 1] }).detail).toContain('a load of 9');
  });

  it('warns of little memory, and fails without shared memory', () => {
    expect(checkMemory(2 ** 33).status).toBe('ok');
    expect(checkMemory(2 ** 20).status).toBe('warn');
    expect(checkLargestMemory(2 ** 32)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('4 GiB'),
    });
    expect(checkLargestMemory(2 ** 24).status).toBe('warn');
    expect(checkLargestMemory(0).status).toBe('fail');
  });

  it('warns of a coarse clock', () => {
    expect(checkTimer(40).status).toBe('ok');
    expect(checkTimer(100_000).status).toBe('warn');
  });

  it('tries the temporary folder', () => {
    expect(checkTempFolder(os.tmpdir()).status).toBe('ok');
    expect(checkTempFolder('/nonexistent').status).toBe('fail');
  });
});

describe('vring doctor', () => {
  it('finds this machine fit, with a worker thread that sleeps and wakes', () => {
    const program = fileURLToPath(new URL('../../../bin/vring.js', import.meta.url));
    const document = JSON.parse(
      execFileSync(process.execPath, [program, 'doctor', '--json'], { encoding: 'utf8' }),
    );
    expect(document).toMatchObject({ schemaVersion: 1, command: 'doctor', verdict: 'pass', exitCode: 0 });
    const wait = document.checks.find((check: { name: string }) => check.name === 'wait and notify');
    expect(wait.status).toBe('ok');
  });
});
