import { describe, expect, test } from 'vitest';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { type Armable, Waiter, type WaitPolicy } from '../../../src/transport/waiter.js';
import { CooperativeMemory } from '../../support/transport/cooperative-memory.js';

const BELL = 64;

/** A bell whose sleeper is woken by the other side, a ring to arm, and everything that happened, in order. */
class Bed implements Armable {
  readonly events: string[] = [];
  readonly memory: CooperativeMemory = new CooperativeMemory(CooperativeMemory.ofSize(128).buffer);
  readonly bell: Doorbell = new Doorbell(this.memory, BELL);
  readonly waiter: Waiter;
  /** What arming finds: false says that there is work already. */
  maySleep = true;
  onArm: () => void = () => undefined;

  constructor(policy: WaitPolicy['policy'], spinNs = 0) {
    this.waiter = new Waiter(this.bell, { policy, spinNs });
    this.memory.whenAsleep(() => {
      this.events.push('asleep');
      this.bell.ring();
      return true;
    });
  }

  arm(): boolean {
    this.events.push('arm');
    this.onArm();
    return this.maySleep;
  }

  disarm(): void {
    this.events.push('disarm');
  }
}

/** Longer than any test. */
const FOREVER_NS = 1e15;

describe('a waiter', () => {
  test('that polls returns at once, and asks for no notification', () => {
    const bed = new Bed('poll', FOREVER_NS);
    for (let i = 0; i < 100; i++) bed.waiter.idle(bed);
    expect(bed.events).toEqual([]);
  });

  test('that blocks arms, sleeps, and disarms', () => {
    const bed = new Bed('block', FOREVER_NS);
    bed.waiter.idle(bed);
    bed.waiter.busy();
    bed.waiter.idle(bed);
    expect(bed.events).toEqual(['arm', 'asleep', 'disarm', 'arm', 'asleep', 'disarm']);
  });

  test('does not sleep when arming finds that there is work already', () => {
    const bed = new Bed('block');
    bed.maySleep = false;
    bed.waiter.idle(bed);
    expect(bed.events).toEqual(['arm', 'disarm']);
    expect(bed.memory.sleeps).toBe(0);
  });

  test('does not lose a bell that rings between its look at the sequence and its sleep', () => {
    const bed = new Bed('block');
    bed.onArm = () => bed.bell.ring();
    bed.waiter.idle(bed);
    expect(bed.memory.sleeps).toBe(0);
    bed.onArm = () => undefined;
    bed.waiter.idle(bed);
    expect(bed.memory.sleeps, 'and does not count it twice').toBe(1);
  });

  test('sleeps without end unless it was told a time', () => {
    const bed = new Bed('block');
    bed.memory.whenAsleep(() => false);
    expect(() => bed.waiter.idle(bed)).toThrow(expect.objectContaining({ code: 'ASLEEP' }) as Error);
    bed.waiter.idle(bed, 5);
    expect(bed.events.slice(-2)).toEqual(['arm', 'disarm']);
  });

  test('says whether it was the bell that ended a sleep', () => {
    const bed = new Bed('block');
    expect(bed.waiter.idle(bed)).toBe(true);
    bed.onArm = () => bed.bell.ring();
    expect(bed.waiter.idle(bed), 'rung just before').toBe(true);
    bed.onArm = () => undefined;
    bed.maySleep = false;
    expect(bed.waiter.idle(bed), 'no sleep').toBe(false);
    bed.maySleep = true;
    bed.memory.whenAsleep(() => false);
    expect(bed.waiter.idle(bed, 5), 'its time was up').toBe(false);
    const polling = new Bed('poll');
    expect(polling.waiter.idle(polling)).toBe(false);
  });

  test('that adapts spins before it sleeps', () => {
    const bed = new Bed('adaptive', FOREVER_NS);
    for (let i = 0; i < 100; i++) bed.waiter.idle(bed);
    expect(bed.events).toEqual([]);
  });

  test('that adapts sleeps once it has spun for its time, then at every idle turn until there was work', () => {
    const bed = new Bed('adaptive', 2e6);
    for (let i = 0; i < 1e8 && bed.events.length === 0; i++) bed.waiter.idle(bed);
    expect(bed.events).toEqual(['arm', 'asleep', 'disarm']);
    bed.waiter.idle(bed);
    expect(bed.memory.sleeps).toBe(2);
    bed.waiter.busy();
    bed.waiter.idle(bed);
    expect(bed.memory.sleeps, 'spins anew').toBe(2);
  });

  test('that adapts with no time to spin sleeps at once', () => {
    const bed = new Bed('adaptive', 0);
    bed.waiter.idle(bed);
    expect(bed.events).toEqual(['arm', 'asleep', 'disarm']);
  });
});
