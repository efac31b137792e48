import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunKeeper, storeOf } from '../../../src/cli/keep-run.js';
import { ExitCode } from '../../../src/exit-code.js';
import { keptRun, scratch } from '../runs/fixtures.js';
import { memoryTerminal, type MemoryTerminal } from './memory-terminal.js';

const root = scratch();
/** Nothing can be made below a file, not even by root. */
const blocked = path.join(root, 'a-file', 'store');
writeFileSync(path.dirname(blocked), '');

function keep(
  flags: { out?: string; store?: boolean; quiet?: true },
  env = {},
): MemoryTerminal & { code: number } {
  const terminal = memoryTerminal(env);
  const code = new RunKeeper({ store: true, ...flags }, terminal).keep(keptRun());
  return { ...terminal, code };
}

describe('RunKeeper', () => {
  it('keeps a run in the store of VRING_STORE, and says where on standard error alone', () => {
    const store = path.join(root, 'store', 'deep');
    const { code, out, err } = keep({}, { VRING_STORE: store });
    const [id = ''] = readdirSync(store);
    expect({ code, out: out(), err: err() }).toEqual({
      code: ExitCode.pass,
      out: '',
      err: `kept in ${path.join(store, id)}\n`,
    });
    expect(storeOf({ VRING_STORE: store }).find('latest')).toMatchObject(keptRun());
  });

  it('says nothing where quiet is wanted', () => {
    expect(keep({ quiet: true }, { VRING_STORE: path.join(root, 'quiet') }).err()).toBe('');
  });

  it('keeps a run in --out, new or empty', () => {
    const empty = path.join(root, 'empty');
    mkdirSync(empty);
    for (const out of [empty, path.join(root, 'new', 'run')]) {
      expect(keep({ out }, { VRING_STORE: 'off' }).code).toBe(ExitCode.pass);
      expect(readdirSync(out)).toEqual(['histograms.json', 'run.json', 'series.json']);
    }
  });

  it('keeps nothing where that is wanted', () => {
    const store = path.join(root, 'unused');
    expect(keep({ store: false }, { VRING_STORE: store }).err()).toBe('');
    expect(keep({}, { VRING_STORE: 'off' }).err()).toBe('');
    expect(existsSync(store)).toBe(false);
  });

  it('refuses a place that was named and cannot be written, before anything is run', () => {
    const prepare = (flags: { out?: string }, env = {}) =>
      new RunKeeper({ store: true, ...flags }, memoryTerminal(env));
    expect(() => prepare({}, { VRING_STORE: blocked })).toThrow(/nothing can be kept in .*ENOTDIR/);
    expect(() => prepare({ out: path.join(blocked, 'run') })).toThrow(/nothing can be kept in/);
    expect(() => prepare({ out: path.dirname(blocked) })).toThrow('there is a file already');
    expect(() => prepare({ out: root })).toThrow('there is a directory that is not empty already');
  });

  it('reports what goes wrong afterwards, and overwrites nothing', () => {
    const out = path.join(root, 'raced');
    const terminal = memoryTerminal();
    const keeper = new RunKeeper({ out, store: true }, terminal);
    mkdirSync(out);
    writeFileSync(path.join(out, 'run.json'), 'of another');
    expect(keeper.keep(keptRun())).toBe(ExitCode.usage);
    expect(terminal.err()).toMatch(/^error: the run could not be kept: .*(ENOTEMPTY|EEXIST)/);
    expect(readFileSync(path.join(out, 'run.json'), 'utf8')).toBe('of another');
  });

  it('refuses --out with --no-store', () => {
    expect(() => keep({ out: 'x', store: false })).toThrow('contradict');
  });
});
