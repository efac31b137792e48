import { assert } from '../assert.js';

/**
 * An array of numbers that one thread writes and others read while it runs: counters and histograms. Each element
 * has one writer. A reader on another thread may see an element late, and sees all of them once it has heard, by any
 * synchronising means, that the writer is done. Doubles: exact counts to 2^53, stored in one piece by V8.
 */
export class SharedNumbers {
  readonly buffer: SharedArrayBuffer;
  readonly length: number;
  private readonly values: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.values = new Float64Array(buffer);
    this.length = this.values.length;
  }

  static ofLength(length: number): SharedNumbers {
    assert(Number.isInteger(length) && length > 0, '% is not a length', length);
    return new SharedNumbers(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
  }

  get(index: number): number {
    return this.values[index] as number;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  add(index: number, delta: number): void {
    this.values[index] = (this.values[index] as number) + delta;
  }
}
