import { SharedNumbers } from '../memory/shared-numbers.js';

/** What a thread did last. */
export const STEPS = [
  'starting',
  'waiting at the start',
  'looking',
  'posting',
  'showing',
  'taking back',
  'popping',
  'returning',
  'asking to be told',
  'asleep',
  'at the end of a ring',
] as const;

export type Step = (typeof STEPS)[number];

const FIELDS = {
  step: 0,
  round: 1,
  ring: 2,
  first: 3,
  second: 4,
  moved: 5,
  turn: 6,
  finished: 7,
  sleeps: 8,
  bell: 9,
} as const;
const STEP_NUMBERS = Object.fromEntries(STEPS.map((step, i) => [step, i])) as Readonly<Record<Step, number>>;

/**
 * Where one thread stands, for the main thread to look at: it writes, nobody else. `first` and `second` are buffers of
 * the ring at hand: shown and taken back for the driver, popped and returned for the device.
 */
export class Board {
  private readonly numbers: SharedNumbers;

  constructor(buffer: SharedArrayBuffer) {
    this.numbers = new SharedNumbers(buffer);
  }

  static create(): Board {
    return new Board(SharedNumbers.ofLength(Object.keys(FIELDS).length).buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.numbers.buffer;
  }

  get step(): Step {
    return STEPS[this.numbers.get(FIELDS.step)] ?? 'starting';
  }

  set step(step: Step) {
    this.numbers.set(FIELDS.step, STEP_NUMBERS[step]);
  }

  get round(): number {
    return this.numbers.get(FIELDS.round);
  }

  /** Which of its rounds the pair is at. */
  get turn(): number {
    return this.numbers.get(FIELDS.turn);
  }

  get ring(): number {
    return this.numbers.get(FIELDS.ring);
  }

  get first(): number {
    return this.numbers.get(FIELDS.first);
  }

  get second(): number {
    return this.numbers.get(FIELDS.second);
  }

  /** Grows with everything that moves, and never falls. */
  get moved(): number {
    return this.numbers.get(FIELDS.moved);
  }

  /** Sleeps that were begun. */
  get sleeps(): number {
    return this.numbers.get(FIELDS.sleeps);
  }

  /** What the bell said when the last of them was begun: a ring since then ends it. */
  get bell(): number {
    return this.numbers.get(FIELDS.bell);
  }

  /** The step comes last: who sees it sees which sleep it is. */
  beginSleep(bell: number): void {
    this.numbers.set(FIELDS.bell, bell);
    this.numbers.add(FIELDS.sleeps, 1);
    this.step = 'asleep';
  }

  beginRound(round: number, turn: number): void {
    this.numbers.set(FIELDS.round, round);
    this.numbers.set(FIELDS.turn, turn);
    this.numbers.add(FIELDS.moved, 1);
  }

  endRound(): void {
    this.numbers.add(FIELDS.finished, 1);
    this.numbers.add(FIELDS.moved, 1);
  }

  get finishedRounds(): number {
    return this.numbers.get(FIELDS.finished);
  }

  beginRing(ring: number): void {
    this.numbers.set(FIELDS.ring, ring);
    this.numbers.set(FIELDS.first, 0);
    this.numbers.set(FIELDS.second, 0);
    this.numbers.add(FIELDS.moved, 1);
  }

  countFirst(count: number): void {
    this.numbers.set(FIELDS.first, count);
    this.numbers.add(FIELDS.moved, 1);
  }

  countSecond(count: number): void {
    this.numbers.set(FIELDS.second, count);
    this.numbers.add(FIELDS.moved, 1);
  }
}
