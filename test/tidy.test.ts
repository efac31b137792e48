import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clockRule } from './tidy/clock.js';
import { cyclesRule } from './tidy/cycles.js';
import { linksRule, privatePathsRule, titleRule } from './tidy/documents.js';
import { consoleRule, narrowedTestsRule, remindersRule } from './tidy/leftovers.js';
import { roomsRule } from './tidy/rooms.js';
import { checkSample, formatOffences, type Rule } from './tidy/rule.js';
import { sharedMemoryRule } from './tidy/shared-memory.js';
import { fileSizeRule, functionSizeRule, lineLengthRule } from './tidy/sizes.js';
import { Tree } from './tidy/tree.js';
import { unitTestsRule } from './tidy/unit-tests.js';

const RULES: readonly Rule[] = [
  sharedMemoryRule,
  roomsRule,
  cyclesRule,
  clockRule,
  fileSizeRule,
  functionSizeRule,
  lineLengthRule,
  remindersRule,
  narrowedTestsRule,
  consoleRule,
  titleRule,
  linksRule,
  privatePathsRule,
  unitTestsRule,
];

const tree = Tree.ofFolder(fileURLToPath(new URL('..', import.meta.url)));

describe('house rules', () => {
  for (const rule of RULES) {
    it(rule.title, () => {
      expect(formatOffences(rule.check(tree))).toEqual([]);
    });
  }

  it('look at the files that are there', () => {
    expect(tree.has('src/memory/port.ts')).toBe(true);
    expect(tree.has('node_modules')).toBe(false);
  });
});

describe('a rule finds what breaks it, and nothing else', () => {
  for (const rule of RULES) {
    it(rule.title, () => {
      expect(checkSample(rule)).toEqual(rule.offendersInSample);
    });
  }
});
