import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/scenario/read-document.js';
import { errorOf } from './scenario-text.js';

function errorsIn(text: string): { code: string; lines: string[] } {
  const error = errorOf(() => readDocument(text, 's.yaml'));
  return { code: error.code, lines: error.message.split('\n') };
}

const NO_ALIAS = 'are not supported; put what jobs share under `defaults`';

describe('readDocument', () => {
  it.each(['', '\n\n', '# nothing but a comment\n', '---\n', '~'])('says that %j is empty', (text) => {
    expect(errorsIn(text)).toEqual({
      code: 'SCENARIO_FILE',
      lines: ['s.yaml:1:1: the scenario is empty; it needs at least `version`, `name` and `jobs`'],
    });
  });

  it.each([
    ['a: [1\nb: 2\n', '2:1'],
    ['a:\n\tb: 1\n', '2:1'],
    ['a: "open\n', '2:1'],
    ['a: b: c\n', '1:4'],
    ['a: @x\n', '1:4'],
    ['a: !unknown 1\n', '1:4'],
  ])('places what is no YAML in %j', (text, place) => {
    const { code, lines } = errorsIn(text);
    expect(code).toBe('SCENARIO_YAML');
    expect(lines[0]).toMatch(new RegExp(String.raw`^s\.yaml:${place}: this is not valid YAML: \S`));
  });

  it('names a key that stands twice', () => {
    expect(errorsIn('a: 1\nb: { size: 1, size: 2 }\na: 3\n')).toEqual({
      code: 'SCENARIO_KEY',
      lines: [
        's.yaml:2:15: the key `size` stands here a second time',
        's.yaml:3:1: the key `a` stands here a second time',
      ],
    });
  });

  it('refuses anchors, aliases and merge keys, each in its place', () => {
    expect(errorsIn('base: &base { a: 1 }\njob:\n  <<: *base\n  b: 1\n')).toEqual({
      code: 'SCENARIO_YAML',
      lines: [
        `s.yaml:1:13: anchors, aliases and merge keys (\`&base\`) ${NO_ALIAS}`,
        `s.yaml:3:3: anchors, aliases and merge keys (\`<<\`) ${NO_ALIAS}`,
        `s.yaml:3:7: anchors, aliases and merge keys (\`*base\`) ${NO_ALIAS}`,
      ],
    });
  });

  it('refuses an alias of nothing', () => {
    expect(errorsIn('a: *nobody\n').lines).toEqual([
      `s.yaml:1:4: anchors, aliases and merge keys (\`*nobody\`) ${NO_ALIAS}`,
    ]);
  });

  it('refuses keys that are no words', () => {
    expect(errorsIn('? [a, b]\n: 1\n').lines).toEqual(['s.yaml:1:3: a key is a word, not a list or a map']);
    expect(errorsIn('a: { __proto__: 1 }\n').lines).toEqual(['s.yaml:1:6: unknown key `__proto__`']);
  });

  it('refuses a second document', () => {
    expect(errorsIn('a: 1\n---\nb: 2\n').lines).toEqual([
      's.yaml:2:1: the file holds a second document; a scenario is one',
    ]);
  });

  it.each([1000, 5000, 100_000])('survives nesting %i deep', (depth) => {
    const { code, lines } = errorsIn(`a: ${'['.repeat(depth)}`);
    expect(code).toBe('SCENARIO_YAML');
    expect(lines[0]).toMatch(/^s\.yaml:\d+:\d+: (the file is nested too deeply|this is not valid YAML)/);
  });

  it('finds keys and values, or what there is of the way to them', () => {
    const document = readDocument('a:\n  b: [10, { c: x }]\n  d:\n512: y\n', 's.yaml');
    const value = (...path: (string | number)[]): string => {
      const { line, column } = document.valueAt(path);
      return `${line}:${column}`;
    };
    const key = (...path: (string | number)[]): string => {
      const { line, column } = document.keyAt(path);
      return `${line}:${column}`;
    };
    expect(value()).toBe('1:1');
    expect(value('a', 'b')).toBe('2:6');
    expect(value('a', 'b', 1)).toBe('2:11');
    expect(value('a', 'b', 1, 'c')).toBe('2:16');
    expect(key('a', 'b', 1, 'c')).toBe('2:13');
    expect(key('a', 'b', 1)).toBe('2:11');
    expect(value('a', 'd')).toBe('3:3');
    expect(value('512')).toBe('4:6');
    expect(key('a', 'nothing')).toBe('2:3');
    expect(value('nothing', 'at', 'all')).toBe('1:1');
  });

  it.each([
    ['0xDEADBEEFDEADBEEF', '0xDEADBEEFDEADBEEF'],
    ['1234567890123456789012345678901234567890', '1234567890123456789012345678901234567890'],
    ['12e4567890123456789012345678901234567890', '12e4567890123456789012345678901234567890'],
    ['42', '42'],
    ['"0x10"', '0x10'],
  ])('keeps the digits of the seed %s', (written, seed) => {
    expect(readDocument(`seed: ${written}\n`, 's.yaml').value).toEqual({ seed });
  });

  it('counts columns of lines that end with CR LF, and behind a byte order mark', () => {
    const document = readDocument('\uFEFFa: 1\r\nb: 2\r\n', 's.yaml');
    expect(document.valueAt(['b'])).toEqual({ file: 's.yaml', line: 2, column: 4 });
  });
});
