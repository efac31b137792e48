import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/explore/models/profiles.js';
import { parseLitmus, satisfies } from '../support/litmus/litmus.js';
import { exploreLitmus } from '../support/litmus/litmus-program.js';
import { LITMUS_TABLE } from '../support/litmus/litmus-table.js';

/** Unpublished verdicts that the explorer differs from, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'MP+full+addr armv8': 'dependencies are not recorded, so the two reads are not ordered',
  'LB+ctrls js': 'values out of thin air, which the language does not rule out and no engine produces',
};

describe.each(PROFILES)('%s', (profile) => {
  it.each(LITMUS_TABLE)('$name', (row) => {
    const plain = profile === 'js' ? 'plain' : 'rlx';
    const { outcomes, races } = exploreLitmus(parseLitmus(row.test), profile, plain);
    const isReached = [...outcomes.keys()].some((outcome) => satisfies(outcome, row.outcome));
    const isAllowed = row[profile].startsWith('A');
    const isDifferent = DIFFERENCES[`${row.name} ${profile}`] !== undefined;
    // Whatever JavaScript allows beyond sequential consistency comes with a race, and that is what is found.
    const isFound = isReached || (isAllowed && races > 0);
    expect(isFound, `${row.test}: ${[...outcomes.keys()].join(', ')}`).toBe(isAllowed !== isDifferent);
    expect(isDifferent && row[profile].endsWith('*')).toBe(false);
  });
});
