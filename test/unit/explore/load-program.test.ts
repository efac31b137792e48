import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProgram, resolveProgram } from '../../../src/explore/load-program.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vring-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let count = 0;

/** A module of this text, and what comes of loading it. */
async function load(text: string, options: Record<string, number> = {}): Promise<{ readonly name: string }> {
  const file = path.join(folder, `module-${count++}.mjs`);
  writeFileSync(file, text);
  return loadProgram(resolveProgram(file, options));
}

const BODY = "{ name: 'mine', memoryBytes: 8, threads: [{ name: 'one', run() {} }] }";

describe('a program of the catalogue', () => {
  test('has the smallest ring that holds its buffers', () => {
    const ringSize = (word: string, buffers: number, indirect = false): unknown =>
      resolveProgram(word, { buffers, indirect }).options['ringSize'];
    expect([1, 2, 3, 4].map((buffers) => ringSize('split', buffers))).toEqual([2, 4, 8, 8]);
    expect([1, 2, 3, 4].map((buffers) => ringSize('packed', buffers))).toEqual([2, 4, 6, 8]);
    expect([1, 2, 3, 4].map((buffers) => ringSize('split', buffers, true))).toEqual([2, 2, 4, 4]);
    expect([1, 2, 3, 4].map((buffers) => ringSize('packed', buffers, true))).toEqual([2, 2, 3, 4]);
  });

  test('takes the options that it has filled in', () => {
    const { options } = resolveProgram('packed', { buffers: 3 });
    expect(resolveProgram('packed', options).options).toEqual(options);
  });

  test.each([
    ['splt', {}, /no program 'splt'.*split, packed, abstract-ring/],
    ['split', { size: 4 }, /no option `size`.*ringSize/],
    ['split', { buffers: 5 }, /option `buffers` is 5/],
    ['split', { ringSize: 3 }, /option `ringSize` is 3: a split ring has a power of two/],
    ['./nowhere.mjs', {}, /no file/],
  ] as const)('%s %o is refused', (word, options, message) => {
    expect(() => resolveProgram(word, options)).toThrow(message);
  });
});

describe("a module of one's own", () => {
  test.each([
    `export default ${BODY};`,
    `export const program = ${BODY};`,
    `export default () => (${BODY});`,
    `export const program = async () => (${BODY});`,
  ])('%s', async (text) => {
    expect((await load(text)).name).toBe('mine');
  });

  test('gets the options', async () => {
    const text = `export default ({ slots }) => ({ ...${BODY}, name: 'of ' + slots });`;
    expect((await load(text, { slots: 4 })).name).toBe('of 4');
  });

  test.each([
    ['export const ring = 1;', /neither a default export nor one that is called `program`/],
    ['export default 1;', /exports no program/],
    ["export default { name: 'x', memoryBytes: 8, threads: [] };", /`threads`.*not a list/],
    ["export default { name: 'x', memoryBytes: 0, threads: [] };", /`memoryBytes`/],
    ["export default { name: 'x', memoryBytes: 8, threads: [{ name: 'one' }] };", /not \{ name, run \}/],
    [`export default { ...${BODY}, setup: 1 };`, /`setup`.*not a function/],
    [`export default { ...${BODY}, check: 1 };`, /`check`.*not a function/],
    ["export default () => { throw new Error('no slots'); };", /its function threw: no slots/],
    ['export default {;', /cannot be loaded/],
  ])('%s is refused', async (text, message) => {
    await expect(load(text)).rejects.toThrow(message);
    await expect(load(text)).rejects.toMatchObject({ code: 'PROGRAM_MODULE', exitCode: 2 });
  });
});
