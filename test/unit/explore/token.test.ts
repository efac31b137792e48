import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExploreError } from '../../../src/explore/errors.js';
import { decodeToken, encodeToken, type ReplayToken } from '../../../src/explore/token.js';
import { seeded } from '../../support/ring/seeded.js';

const SMALL: ReplayToken = {
  profile: 'tso',
  spec: { program: 'split', options: { buffers: 1, weaken: [] } },
  script: {
    ends: ['asleep', 'ended'],
    threads: [0, 0, 1, 0],
    behind: [0, 0, 1, 0],
    checks: [1, 255, 0, 77],
    finding: { kind: 'lost-wakeup', thread: 0, events: [3], message: 0xbeef },
    earlyReads: [],
    otherRange: null,
  },
};

const EARLY: ReplayToken = {
  ...SMALL,
  profile: 'armv8',
  script: { ...SMALL.script, earlyReads: [{ read: 1, write: 3 }] },
};

const events = fc.nat(300).chain((length) =>
  fc.record({
    threads: fc.array(fc.nat(2), { minLength: length, maxLength: length }),
    behind: fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(400) }),
      {
        minLength: length,
        maxLength: length,
      },
    ),
    checks: fc.array(fc.nat(255), { minLength: length, maxLength: length }),
    earlyReads: fc.array(
      fc.record({ read: fc.nat(Math.max(0, length - 1)), write: fc.nat(Math.max(0, length - 1)) }),
      { maxLength: length === 0 ? 0 : 3 },
    ),
  }),
);

const tokens: fc.Arbitrary<ReplayToken> = fc
  .record({
    profile: fc.constantFrom('sc' as const, 'tso' as const, 'armv8' as const, 'rc11' as const, 'js' as const),
    program: fc.constantFrom('split', 'packed', './some dir/my.program.mjs', 'ünïcode'),
    options: fc.dictionary(fc.string(), fc.jsonValue()),
    events,
    kind: fc.constantFrom('assertion' as const, 'lost-wakeup' as const, 'race' as const),
    thread: fc.integer({ min: -1, max: 2 }),
    about: fc.array(fc.nat(300), { maxLength: 3 }),
    message: fc.nat(0xffff),
    otherRange: fc.option(fc.record({ lengthBytes: fc.integer({ min: 1, max: 64 }), address: fc.nat() })),
  })
  .map(({ profile, program, options, kind, thread, about, message, otherRange, events: own }) => ({
    profile,
    spec: { program, options },
    script: {
      ends: ['open', 'threw', 'ended'] as const,
      ...own,
      finding: { kind, thread, events: about, message },
      otherRange,
    },
  }));

test('a token is what was put into it, in characters that need no quotes', () => {
  const roundTrip = fc.property(tokens, (token) => {
    const text = encodeToken(token);
    expect(text).toMatch(/^v[12]\.[a-z0-9]+\.[\w-]+\.[\w-]+$/);
    expect(text.startsWith('v2')).toBe(token.script.earlyReads.length > 0);
    // Through JSON, as the options go: they are plain.
    expect(decodeToken(text)).toEqual(JSON.parse(JSON.stringify(token)));
  });
  fc.assert(roundTrip, seeded(300));
});

test('a token with a character lost or changed is refused, and never taken for another one', () => {
  for (const token of [SMALL, EARLY]) {
    const text = encodeToken(token);
    const start = text.lastIndexOf('.') + 1;
    for (let at = start; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      for (const damaged of [changed, text.slice(0, at)]) expectRefusedOrEqual(damaged, token);
    }
  }
});

test('a token that says another version than its own is refused', () => {
  expect(() => decodeToken(encodeToken(SMALL).replace('v1', 'v2'))).toThrow(/damaged/);
  expect(() => decodeToken(encodeToken(EARLY).replace('v2', 'v1'))).toThrow(/left over at its end/);
});

test.each([
  { read: 4, write: 3 },
  { read: 1, write: 4 },
])('an early read of an access that is not there is refused: %o', (early) => {
  const text = encodeToken({ ...EARLY, script: { ...EARLY.script, earlyReads: [early] } });
  expect(() => decodeToken(text)).toThrow(/read early that is not there/);
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['', /is none/],
  ['hello', /is none: it starts with "hello"/],
  ['v3.tso.split.AAAA', /is of version 3, this is for versions 1 and 2/],
  ['v2.tso.split.AAAA', /damaged or not complete/],
  ['v1.pso.split.AAAA', /names the profile "pso", which is none/],
  ['v1.tso.split', /damaged or not complete/],
  ['v1.tso.split.!!!!', /damaged or not complete/],
];

test.each(WRONG)('%o is no token', (text, message) => {
  expect(() => decodeToken(text)).toThrow(ExploreError);
  expect(() => decodeToken(text)).toThrow(message);
});

test('a token for a small ring is short enough for a line', () => {
  expect(encodeToken(SMALL).length).toBeLessThan(80);
});

function expectRefusedOrEqual(text: string, token: ReplayToken): void {
  try {
    // The last character of base64 has bits that mean nothing.
    expect(decodeToken(text)).toEqual(token);
  } catch (error) {
    expect(error).toBeInstanceOf(ExploreError);
  }
}
