import { describe, expect, it } from 'vitest';
import { loadProgram, profilesOf, resolveProgram } from '../../../../src/explore/load-program.js';
import { CATALOGUE } from '../../../../src/explore/programs/catalogue.js';
import { explore } from '../../../support/explore/exhaust.js';

describe.each(Object.keys(CATALOGUE))('%s', (name) => {
  it('has defaults with which it passes', async () => {
    const { finding, counts } = explore(await loadProgram(resolveProgram(name, {})), 'sc');
    expect(finding).toBeNull();
    expect(counts.bounded).toBe(0);
  });
});

describe('profiles', () => {
  it('are all, but for a peer that races by what it is', () => {
    expect(profilesOf('split')).toEqual(['sc', 'tso', 'armv8', 'rc11', 'js']);
    expect(profilesOf('hostile')).toEqual(['sc', 'tso', 'armv8']);
    expect(profilesOf('./my-ring.mjs')).toHaveLength(5);
  });
});

describe('options', () => {
  it.each([
    ['suspend', { size: 3 }, /option `size` is 3/],
    ['hostile', { attack: 'none' }, /option `attack` is none/],
    ['config', { changes: 0 }, /option `changes` is 0/],
  ])('of %s are refused: %o', (name, options, message) => {
    expect(() => resolveProgram(name, options)).toThrow(message);
  });
});
