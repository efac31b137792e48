import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { shippedScenarios } from '../../../src/cli/find-scenario.js';
import { main } from '../../../src/cli/main.js';
import { ExitCode } from '../../../src/exit-code.js';
import { packageInfo } from '../../../src/report/package-info.js';
import { memoryTerminal } from './memory-terminal.js';

const SCENARIO = `version: 1
name: probe
description: for a test
jobs:
  read: { device: blk, workload: read, operations: 100 }
`;

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vring-test-'));
  file = path.join(folder, 'probe.yaml');
  writeFileSync(file, SCENARIO);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let exitCodeBefore: typeof process.exitCode;

beforeEach(() => {
  exitCodeBefore = process.exitCode;
});

afterEach(() => {
  process.exitCode = exitCodeBefore;
  vi.unstubAllEnvs();
});

interface Ended {
  readonly exitCode: typeof process.exitCode;
  readonly out: string;
  readonly err: string;
}

async function vring(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const terminal = memoryTerminal(env);
  process.exitCode = undefined;
  await main(['node', 'vring', ...words], terminal);
  return { exitCode: process.exitCode ?? ExitCode.pass, out: terminal.out(), err: terminal.err() };
}

describe('vring', () => {
  it('prints its version', async () => {
    expect(await vring(['--version'])).toEqual({ exitCode: 0, out: `${packageInfo().version}\n`, err: '' });
  });

  it.each([
    ['--help'],
    ['run', '--help'],
    ['list', '--help'],
    ['schema', '--help'],
    ['doctor', '--help'],
    ['replay', '--help'],
    ['compare', '--help'],
    ['report', '--help'],
  ])('helps: %s %s', async (...words) => {
    const { exitCode, out, err } = await vring(words);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^Usage: vring/);
  });

  it.each([
    [['rnu'], 'Did you mean run?'],
    [['run', 'quickstart', '--thresold', 'x'], 'Did you mean --threshold?'],
    [['run'], "missing required argument 'scenario'"],
    [['run', 'quickstart', '--progress', 'maybe'], 'Allowed choices are auto, always, never'],
    [['list', 'dreams'], 'Allowed choices are scenarios'],
    [['schema', 'more'], 'too many arguments'],
    [[], 'Usage: vring'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, out, err } = await vring(words);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.usage, out: '' });
    expect(err).toContain(message);
  });
});

describe('vring run', () => {
  it('refuses a scenario that is not there', async () => {
    const { exitCode, out, err } = await vring(['run', 'no-such-scenario']);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.usage, out: '' });
    expect(err).toMatch(/^error: cannot run 'no-such-scenario'/);
  });

  it('refuses two scenarios with --json', async () => {
    const { exitCode, err } = await vring(['run', file, file, '--json']);
    expect(exitCode).toBe(ExitCode.usage);
    expect(err).toContain('one document');
  });

  it('refuses a seed that is none, also from VRING_SEED', async () => {
    const dry = ['run', file, '--dry-run'];
    expect((await vring([...dry, '--seed', 'banana'])).exitCode).toBe(ExitCode.usage);
    vi.stubEnv('VRING_SEED', 'banana');
    expect((await vring(dry)).exitCode).toBe(ExitCode.usage);
    expect((await vring([...dry, '--seed', '7'])).exitCode).toBe(0);
  });

  it('refuses a threshold that is none', async () => {
    const { exitCode, err } = await vring(['run', file, '--dry-run', '--threshold', 'p98 < 1us']);
    expect(exitCode).toBe(ExitCode.usage);
    expect(err).toContain('p98');
  });
});

describe('vring run --dry-run', () => {
  it('prints the resolved plan for a person', async () => {
    const { exitCode, out, err } = await vring(['run', file, '--dry-run', '--seed', '42']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^probe .* seed 42\n/);
  });

  it('prints it as one JSON document, never coloured', async () => {
    const words = ['run', file, '--dry-run', '--json', '--seed', '42', '--threshold', 'p99 < 250us'];
    const { out } = await vring(words, { FORCE_COLOR: '1' });
    const plan = JSON.parse(out);
    expect(plan.seed).toBe(42);
    expect(plan.jobs.length).toBeGreaterThan(0);
    expect(plan.thresholds.at(-1)).toMatchObject({ metric: 'latency_ns', bound: 250_000 });
  });

  it('is what --set makes of it', async () => {
    const { out } = await vring(['run', file, '--dry-run', '--json', '--set', 'queue.size=64']);
    expect(JSON.parse(out).jobs[0].queue.size).toBe(64);
  });

  it('draws a new seed each time where none is given', async () => {
    const seeds = new Set<number>();
    for (let i = 0; i < 4; i++) {
      seeds.add(JSON.parse((await vring(['run', file, '--dry-run', '--json'])).out).seed);
    }
    expect(seeds.size).toBeGreaterThan(1);
  });

  it('colours only when told to', async () => {
    const words = ['run', file, '--dry-run'];
    expect((await vring(words)).out).not.toContain('\u001b');
    expect((await vring(words, { FORCE_COLOR: '1' })).out).toContain('\u001b');
    expect((await vring([...words, '--no-color'], { FORCE_COLOR: '1' })).out).not.toContain('\u001b');
  });
});

describe('vring list', () => {
  it('names the shipped scenarios and says what they are', async () => {
    const { exitCode, out } = await vring(['list']);
    expect(exitCode).toBe(0);
    for (const { name } of shippedScenarios()) expect(out).toMatch(new RegExp(`^${name} {2,}\\S`, 'm'));
  });

  it('does so for scripts', async () => {
    const { scenarios } = JSON.parse((await vring(['list', 'scenarios', '--json'])).out);
    const names = scenarios.map(({ name }: { name: string }) => name);
    expect(names).toEqual(shippedScenarios().map(({ name }) => name));
  });
});

describe('vring schema', () => {
  it('is a JSON schema', async () => {
    const { exitCode, out } = await vring(['schema']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'object' });
  });
});
