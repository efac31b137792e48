import { describe, expect, test } from 'vitest';
import { RingCheck } from '../../../src/checkers/ring-check.js';
import { LifeFeature, NO_ORDINAL, type RingEvent } from '../../../src/events/ring-event.js';

type Side = 'driver' | 'device';
/** An event without what every event has. */
type Bare = RingEvent extends infer E ? (E extends RingEvent ? Omit<E, 'timeNs' | 'queue'> : never) : never;
type Step = readonly [Side, Bare];

let clock = 0;

function run(steps: readonly Step[], isWhole = true, features = 0): RingCheck {
  const check = new RingCheck({ tokenCount: 8, clockErrorNs: 0 });
  const began = { kind: 'lifeBegan', life: 4, size: 4, layout: 0, startIndex: 0, features } as const;
  for (const [side, event] of [['driver', began], ['device', began], ...steps] as const) {
    clock += 1e6;
    check.add(side, { ...event, timeNs: clock, queue: 0 } as RingEvent);
  }
  check.end(isWhole);
  return check;
}

const posted = (token: number, ordinal: number, descriptors = 2): Step => [
  'driver',
  { kind: 'posted', token, ordinal, descriptors, readableBytes: 16, writableBytes: 512 },
];
const shown = (count: number): Step => ['driver', { kind: 'shown', count }];
const popped = (ordinal: number, readableBytes = 16): Step => [
  'device',
  { kind: 'popped', ordinal, head: 0, readableBytes, writableBytes: 512 },
];
const used = (ordinal: number, writtenBytes = 512): Step => [
  'device',
  { kind: 'used', ordinal, writtenBytes },
];
const usedShown = (count: number): Step => ['device', { kind: 'usedShown', count }];
const reaped = (token: number, ordinal: number, usedBytes = 512, descriptors = 2): Step => [
  'driver',
  { kind: 'reaped', token, ordinal, usedBytes, descriptors },
];
const detached = (token: number, ordinal: number): Step => [
  'driver',
  { kind: 'detached', token, ordinal, descriptors: 2 },
];
const began = (side: Side, life: number): Step => [
  side,
  { kind: 'lifeBegan', life, size: 4, layout: 1, startIndex: 0, features: 0 },
];

const ONE_BUFFER = [posted(3, 0), shown(1), popped(0), used(0), usedShown(1), reaped(3, 0)];
const TWO_OUT = [posted(3, 0, 2), posted(5, 1, 2), shown(2), popped(0), popped(1)];

describe('a ring that is used rightly', () => {
  test('passes, whichever side’s events are read first', () => {
    const ofDriver = ONE_BUFFER.filter(([side]) => side === 'driver');
    const ofDevice = ONE_BUFFER.filter(([side]) => side === 'device');
    for (const steps of [ONE_BUFFER, [...ofDriver, ...ofDevice], [...ofDevice, ...ofDriver]]) {
      const { wrong, counts } = run(steps);
      expect(wrong).toBeNull();
      expect(counts).toMatchObject({ events: 8, lives: 1 });
    }
  });

  test('may give buffers back in any order, without IN_ORDER', () => {
    const { wrong } = run([...TWO_OUT, used(1), used(0), usedShown(2), reaped(5, 1), reaped(3, 0)]);
    expect(wrong).toBeNull();
  });

  test('goes on after a reset with what was taken back, and either side may be first', () => {
    for (const sides of [['driver', 'device'] as const, ['device', 'driver'] as const]) {
      const life = [began(sides[0], 12), began(sides[1], 12)];
      const { wrong, counts } = run([...TWO_OUT, detached(5, 1), detached(3, 0), ...life, ...ONE_BUFFER]);
      expect(wrong).toBeNull();
      expect(counts.lives).toBe(2);
    }
  });

  test('may be one that a side never came to see', () => {
    const { wrong } = run([began('device', 8), began('device', 12), began('driver', 12), ...ONE_BUFFER]);
    expect(wrong).toBeNull();
  });
});

describe('what is wrong with a ring', () => {
  test.each<[string, string, readonly Step[]]>([
    ['TOKEN_NOT_POSTED', 'a token twice', [...ONE_BUFFER, reaped(3, NO_ORDINAL)]],
    ['TOKEN_NOT_POSTED', 'a token taken back after it came back', [...ONE_BUFFER, detached(3, 0)]],
    ['TOKEN_LOST', 'a buffer that is missing at the end', TWO_OUT],
    ['TOKEN_LOST', 'one that is missing when the next ring begins', [...TWO_OUT, ...nextLife()]],
    ['SHAPE', 'another buffer than was posted', [posted(3, 0), shown(1), popped(0, 17)]],
    ['POPPED_NOT_SHOWN', 'a buffer that was never posted', [posted(3, 0), shown(1), popped(0), popped(1)]],
    ['POPPED_NOT_SHOWN', 'a buffer that was posted and not shown', [posted(3, 0), popped(0)]],
    ['USED_NOT_HELD', 'a buffer returned twice', [...TWO_OUT, used(1), used(1)]],
    ['USED_NOT_HELD', 'a buffer returned that nobody knows', [...TWO_OUT, used(NO_ORDINAL)]],
    [
      'REAPED_NOT_USED',
      'a buffer taken that the device holds',
      [...TWO_OUT, used(1), usedShown(1), reaped(3, 0)],
    ],
    ['REAPED_NOT_USED', 'a buffer taken before it was shown', [...TWO_OUT, used(0), reaped(3, 0)]],
    ['USED_LENGTH', 'another length', [...TWO_OUT, used(0, 9), usedShown(1), reaped(3, 0, 512)]],
    ['DESCRIPTORS', 'more descriptors than there are', [...TWO_OUT, posted(1, 2, 1)]],
    ['DESCRIPTORS', 'a descriptor lost', [...TWO_OUT, used(0), usedShown(1), reaped(3, 0, 512, 1)]],
  ])('is found: %s, %s', (code, _, steps) => {
    expect(run(steps).wrong?.code).toBe(code);
  });

  test('is found of an old ring too, when the driver is on the next one already', () => {
    const ahead = [posted(3, 0), shown(1), detached(3, 0), began('driver', 8)];
    expect(run([...ahead, popped(0), began('device', 8)]).wrong).toBeNull();
    expect(run([...ahead, popped(0, 17), began('device', 8)]).wrong?.code).toBe('SHAPE');
  });

  test('is the order, where it was promised: on the side where it is broken', () => {
    const steps = [...TWO_OUT, used(1), usedShown(1)];
    expect(run(steps, false, LifeFeature.inOrder).wrong?.code).toBe('ORDER');
    expect(run(steps, false).wrong).toBeNull();
    const late = [...TWO_OUT, used(0), used(1), usedShown(2), reaped(5, 1)];
    expect(run(late, false, LifeFeature.inOrder).wrong).toMatchObject({
      code: 'ORDER',
      detail: { actual: 1 },
    });
  });

  test('is a notification left out that the other side wanted', () => {
    const asked: Step = ['device', { kind: 'kicksEnabled', count: 0, maySleep: 1 }];
    const slept: Step = ['device', { kind: 'slept' }];
    const left: Step = ['driver', { kind: 'kickSuppressed', from: 0, count: 1 }];
    expect(run([asked, slept, posted(3, 0), shown(1), left], false).wrong?.code).toBe('KICK_SUPPRESSED');
    const disarmed: Step = ['device', { kind: 'kicksDisabled', count: 0 }];
    expect(run([asked, disarmed, posted(3, 0), shown(1), left], false).wrong).toBeNull();

    const wanted: Step = ['driver', { kind: 'callbacksEnabled', count: 0, maySleep: 1, isLate: 0 }];
    const late: Step = ['driver', { kind: 'callbacksEnabled', count: 0, maySleep: 1, isLate: 1 }];
    const mute: Step = ['device', { kind: 'interruptSuppressed', from: 0, count: 1 }];
    const after = [used(0), usedShown(1), mute];
    expect(run([...TWO_OUT, wanted, ...after], false).wrong?.code).toBe('INTERRUPT_SUPPRESSED');
    expect(run([...TWO_OUT, late, ...after], false).wrong).toBeNull();
  });

  test('is not that something is missing where the run was cut short', () => {
    expect(run(TWO_OUT, false).wrong).toBeNull();
  });

  test('is said once', () => {
    const { wrong, counts } = run([
      posted(3, 0),
      shown(1),
      popped(0, 17),
      used(NO_ORDINAL),
      reaped(4, NO_ORDINAL),
    ]);
    expect(wrong?.code).toBe('SHAPE');
    expect(counts.events).toBe(7);
  });
});

test('a sleep that brings nothing is counted', () => {
  const slept: Step = ['device', { kind: 'slept' }];
  const woke: Step = ['device', { kind: 'woke' }];
  expect(run([slept, woke, slept, woke, ...ONE_BUFFER]).counts.spuriousWakeups).toBe(1);
});

function nextLife(): Step[] {
  return [began('driver', 8), began('device', 8)];
}
