import { describe, expect, it, vi } from 'vitest';
import { measureTimerResolutionNs, readEnvironment } from '../../../src/report/environment.js';
import { packageInfo } from '../../../src/report/package-info.js';
import { tableLines } from '../../../src/report/table.js';

describe('readEnvironment', () => {
  it('names the machine and the versions', () => {
    const environment = readEnvironment();
    expect(environment.node_version).toBe(process.versions.node);
    expect(environment.vring_version).toBe(packageInfo().version);
    expect(environment.vring_version).toMatch(/^\d+\.\d+\.\d+/);
    expect(environment.cpu_count).toBeGreaterThan(0);
    expect(environment.load_average).toHaveLength(3);
  });

  it('has the flags of Node, of the command line and of the environment', () => {
    vi.stubEnv('NODE_OPTIONS', ' --no-opt  --max-old-space-size=512 ');
    const { node_flags: flags } = readEnvironment();
    expect(flags).toEqual([...process.execArgv, '--no-opt', '--max-old-space-size=512']);
    vi.unstubAllEnvs();
  });

  it('measures a step of the clock in whole nanoseconds', () => {
    const stepNs = measureTimerResolutionNs();
    expect(Number.isInteger(stepNs)).toBe(true);
    expect(stepNs).toBeGreaterThan(0);
  });
});

describe('tableLines', () => {
  it('puts columns under each other', () => {
    const rows = [
      ['a', '1', 'x'],
      ['long', '100', ''],
    ];
    expect(tableLines(rows, ['left', 'right', 'left'])).toEqual(['a       1  x', 'long  100']);
  });

  it('has no lines without rows', () => {
    expect(tableLines([], ['left'])).toEqual([]);
  });
});
