import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { codePosition } from '../../../src/explore/source-position.js';

const COMPILED = 'dist/src/virtqueue/split-driver.js';
const WRITTEN = 'src/virtqueue/split-driver.ts';
const MARK = 'this.port.fence()';

test('a place in compiled code is shown as the line that a person wrote', () => {
  const path = `${process.cwd()}/${COMPILED}`;
  const line = lineWith(path, MARK);
  const column = (readFileSync(path, 'utf8').split('\n')[line - 1] ?? '').indexOf('fence') + 1;
  for (const file of [path, pathToFileURL(path).href]) {
    expect(codePosition({ name: 'SplitDriver.kickPrepare', file, line, column })).toEqual({
      name: 'SplitDriver.kickPrepare',
      file: WRITTEN,
      line: lineWith(WRITTEN, MARK),
    });
  }
  // The comments are gone, so it is not the same line by chance.
  expect(line).not.toBe(lineWith(WRITTEN, MARK));
});

test('code without a source map is shown as it is', () => {
  const file = `${process.cwd()}/bin/vring.js`;
  expect(codePosition({ name: 'f', file, line: 3, column: 1 })).toEqual({
    name: 'f',
    file: 'bin/vring.js',
    line: 3,
  });
  const lost = { name: 'f', file: '/nowhere/at/all.js', line: 3, column: 1 };
  expect(codePosition(lost)).toMatchObject({ file: '/nowhere/at/all.js', line: 3 });
  expect(codePosition({ name: '', file: '', line: 0, column: 0 })).toEqual({ name: '', file: '', line: 0 });
});

function lineWith(file: string, text: string): number {
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  );
}
