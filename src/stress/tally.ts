import { SharedNumbers } from '../memory/shared-numbers.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import { OUTCOME_NAMES, type OutcomeName } from './outcomes.js';
import { type Perturbation, PERTURBATIONS } from './perturbation.js';

const LAYOUTS: readonly RingLayout[] = ['split', 'packed'];

/** Rounds that are counted together. */
export interface RoundClass {
  readonly layout: RingLayout;
  readonly perturbation: Perturbation;
}

export const ROUND_CLASSES: readonly RoundClass[] = LAYOUTS.flatMap((layout) =>
  PERTURBATIONS.map((perturbation) => ({ layout, perturbation })),
);

/** In front of the outcomes of a class: buffers that came back, and rings. */
const BUFFERS = 0;
const RINGS = 1;
const HEAD = 2;
const CLASS_NUMBERS = HEAD + OUTCOME_NAMES.length;

/** What one thread has counted, by class of round. Outlives the thread. */
export class Tally {
  private readonly numbers: SharedNumbers;
  private class = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.numbers = new SharedNumbers(buffer);
  }

  static create(): Tally {
    return new Tally(SharedNumbers.ofLength(ROUND_CLASSES.length * CLASS_NUMBERS).buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.numbers.buffer;
  }

  /** What is added from now on belongs to this class. */
  enter({ layout, perturbation }: RoundClass): void {
    this.class = ROUND_CLASSES.findIndex((one) => one.layout === layout && one.perturbation === perturbation);
  }

  add(outcome: OutcomeName, samples: number): void {
    this.numbers.add(this.at(this.class) + HEAD + OUTCOME_NAMES.indexOf(outcome), samples);
  }

  addBuffers(count: number): void {
    this.numbers.add(this.at(this.class) + BUFFERS, count);
  }

  addRing(): void {
    this.numbers.add(this.at(this.class) + RINGS, 1);
  }

  samples(classIndex: number, outcome: OutcomeName): number {
    return this.numbers.get(this.at(classIndex) + HEAD + OUTCOME_NAMES.indexOf(outcome));
  }

  buffers(classIndex: number): number {
    return this.numbers.get(this.at(classIndex) + BUFFERS);
  }

  rings(classIndex: number): number {
    return this.numbers.get(this.at(classIndex) + RINGS);
  }

  private at(classIndex: number): number {
    return classIndex * CLASS_NUMBERS;
  }
}
