import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { ExitCode } from '../../../src/exit-code.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { loadProgram } from '../../../src/explore/load-program.js';
import type { ProgramSpec } from '../../../src/explore/program-spec.js';
import type { Recording } from '../../../src/explore/recording.js';
import { scriptOf } from '../../../src/explore/script.js';
import { decodeToken, encodeToken } from '../../../src/explore/token.js';
import { failing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import { memoryTerminal } from './memory-terminal.js';

const MODULE = `
export default ({ value }) => ({
  name: 'outside',
  memoryBytes: 16,
  threads: [{ name: 'only', run: (port) => { port.store32(0, value); throw new Error('it broke'); } }],
});
`;

let folder: string;
let exitCodeBefore: typeof process.exitCode;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vring-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  exitCodeBefore = process.exitCode;
});

afterEach(() => {
  process.exitCode = exitCodeBefore;
});

interface Ended {
  readonly exitCode: typeof process.exitCode;
  readonly out: string;
  readonly err: string;
}

async function vring(...words: readonly string[]): Promise<Ended> {
  const terminal = memoryTerminal();
  process.exitCode = undefined;
  await main(['node', 'vring', ...words], terminal);
  return { exitCode: process.exitCode ?? ExitCode.pass, out: terminal.out(), err: terminal.err() };
}

async function tokenOf(profile: ProfileName, spec: ProgramSpec): Promise<string> {
  const { best } = failing(await loadProgram(spec), profile, spec);
  return encodeToken({ profile, spec, script: scriptOf(best.best as Recording) });
}

const LOST_KICK: ProgramSpec = {
  program: 'split',
  options: { buffers: 1, eventIdx: false, weaken: [NO_KICK_FENCE] },
};

describe('vring replay', () => {
  it('shows the failure of a token, and ends as the failure does', async () => {
    const token = await tokenOf('tso', LOST_KICK);
    const { exitCode, out, err } = await vring('replay', token);
    expect({ exitCode, err }).toEqual({ exitCode: ExitCode.liveness, err: '' });
    expect(out).toMatch(new RegExp(`^replay: vring replay ${token}\n`));
    expect(out).toContain('cause: 15 -> 17 not ordered (store->load)');
    const race = {
      program: 'split',
      options: { buffers: 1, eventIdx: false, weaken: [{ ...NO_KICK_FENCE, ...RELAXED }] },
    };
    expect((await vring('replay', await tokenOf('rc11', race))).exitCode).toBe(ExitCode.safety);
  });

  it('gives the same as one JSON document', async () => {
    const token = await tokenOf('tso', LOST_KICK);
    const { exitCode, out } = await vring('replay', token, '--json');
    expect(exitCode).toBe(ExitCode.liveness);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      command: 'replay',
      failure: {
        kind: 'lost-wakeup',
        profile: 'tso',
        program: LOST_KICK,
        replay: `vring replay ${token}`,
        events: 27,
        cause: { kind: 'reordering', pairs: [{ first: 15, second: 17 }] },
        fix: null,
      },
    });
  });

  it('writes a page when asked to, and says so when it cannot', async () => {
    const token = await tokenOf('tso', LOST_KICK);
    const file = path.join(folder, 'failure.html');
    expect((await vring('replay', token, '--html', file)).exitCode).toBe(ExitCode.liveness);
    expect(readFileSync(file, 'utf8')).toContain('<svg role="img"');
    const { exitCode, err } = await vring('replay', token, '--html', path.join(folder, 'none', 'a.html'));
    expect(exitCode).toBe(ExitCode.usage);
    expect(err).toContain('the page cannot be written');
  });

  it('refuses a token of a program that is another one now, and names the access', async () => {
    const { script, profile } = decodeToken(await tokenOf('tso', LOST_KICK));
    const repaired = encodeToken({
      profile,
      script,
      spec: { program: 'split', options: { buffers: 1, eventIdx: false } },
    });
    const { exitCode, out, err } = await vring('replay', repaired);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.replayDiverged, out: '' });
    expect(err).toMatch(
      /^error: the replay diverged: access \d+ of guest, now fence in SplitDriver.kickPrepare/,
    );
  });

  it('takes programs from modules', async () => {
    const file = path.join(folder, 'outside.mjs');
    writeFileSync(file, MODULE);
    const token = await tokenOf('sc', { program: file, options: { value: 7 } });
    expect(token).toMatch(/^v1\.sc\.outside\./);
    const { exitCode, out } = await vring('replay', token, '--verbose');
    expect(exitCode).toBe(ExitCode.safety);
    expect(out).toContain('it broke');
    expect(out).toContain('W [0x0]=7 (plain)');
    expect(out).toMatch(/outside\.mjs:\d+ {2}run/);
  });

  it('shows a read of what comes of it, also as a page, and refuses a changed program', async () => {
    const program = path.join(folder, 'buffering.mjs');
    const source = readFileSync('test/support/explore/load-buffering.mjs', 'utf8');
    writeFileSync(program, source);
    const token = await tokenOf('armv8', { program, options: {} });
    const page = path.join(folder, 'buffering.html');
    const { exitCode, out } = await vring('replay', token, '--html', page);
    expect(exitCode).toBe(ExitCode.safety);
    expect(out).toMatch(/^1 {2}R \[0x40\]=1 <- 4 {2}EARLY: 4 comes of this .*buffering\.mjs:\d+ {2}copy$/m);
    expect(readFileSync(page, 'utf8')).toContain('EARLY: 4 comes of this');
    const changed = path.join(folder, 'dependent.mjs');
    writeFileSync(changed, source.replace('(to, 1)', '(to, 1 + value)'));
    const { profile, script: early } = decodeToken(token);
    const other = await vring(
      'replay',
      encodeToken({ profile, spec: { program: changed, options: {} }, script: early }),
    );
    expect(other.exitCode).toBe(ExitCode.replayDiverged);
    expect(other.err).toMatch(/access 2 of right, now W \[0x40\]=2 in copy, was another one/);
  });

  const { script } = decodeToken(encodeToken({ profile: 'sc', spec: LOST_KICK, script: emptyScript() }));

  it.each([
    ['v1.tso.split.AAAA', /the replay token is damaged or not complete/],
    ['nonsense', /the replay token is none/],
    [specToken({ program: 'nothing', options: {} }), /there is no program 'nothing'.*the path of a module/],
    [specToken({ program: './no/such.mjs', options: {} }), /\.\/no\/such\.mjs: it cannot be loaded/],
    [specToken({ program: 'split', options: { buffer: 1 } }), /no option `buffer` here/],
    [specToken({ program: 'split', options: { buffers: '1' } }), /option `buffers` is 1/],
    [specToken({ program: 'split', options: { weaken: [{ site: 1 }] } }), /weaken is a list of accesses/],
  ])('says what is wrong with %s', async (token, message) => {
    const { exitCode, out, err } = await vring('replay', token);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.usage, out: '' });
    expect(err).toMatch(message);
  });

  function specToken(spec: ProgramSpec): string {
    return encodeToken({ profile: 'sc', spec, script });
  }
});

const RELAXED = { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' };

function emptyScript(): Parameters<typeof encodeToken>[0]['script'] {
  const finding = { kind: 'race', thread: 0, events: [], message: 0 } as const;
  return {
    ends: ['open', 'open'],
    threads: [],
    behind: [],
    checks: [],
    finding,
    earlyReads: [],
    otherRange: null,
  };
}
