import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayCommand } from '../../../src/cli/replay-command.js';

const NOTHING = { sets: [], only: [], thresholds: [], keepsGoing: false, checked: false, recorded: null };

/** The words that a shell makes of a command line. */
function shellWords(command: string): string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

describe('replayCommand', () => {
  it('is short where little was said', () => {
    expect(replayCommand('quickstart', 42, NOTHING)).toBe('vring run quickstart --seed 42');
  });

  it('repeats everything that changes the run', () => {
    const choices = {
      sets: ['queue.size=64'],
      only: ['read[queue.size=64]'],
      thresholds: ['p99 < 250us'],
      keepsGoing: true,
      checked: true,
      recorded: 'last:512',
    };
    expect(replayCommand('my.yaml', 1, choices)).toBe(
      "vring run my.yaml --seed 1 --set queue.size=64 --only 'read[queue.size=64]' --threshold 'p99 < 250us' " +
        '--keep-going --check --record last:512',
    );
  });

  it('survives a shell, whatever is in it', () => {
    const word = fc.string({ unit: 'binary-ascii', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(word, word, (scenario, set) => {
        const words = shellWords(replayCommand(scenario, 7, { ...NOTHING, sets: [set] }));
        expect(words).toEqual(['vring', 'run', scenario, '--seed', '7', '--set', set]);
      }),
      { numRuns: 30 },
    );
  });
});
