import { describe, expect, it } from 'vitest';
import { painterFor } from '../../../src/report/paint.js';

describe('painterFor', () => {
  it.each([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['FORCE_COLOR on a pipe', false, { FORCE_COLOR: '1' }, true],
    ['an empty FORCE_COLOR on a pipe', false, { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR against FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['CI on a pipe', false, { CI: 'true' }, false],
  ])('%s', (_name, isTTY, env, coloured) => {
    expect(painterFor({ isTTY }, env)('red', 'text') !== 'text').toBe(coloured);
  });

  it('keeps the text between the codes', () => {
    expect(painterFor({ isTTY: true }, {})('red', 'text')).toBe('\u001b[31mtext\u001b[39m');
  });
});
