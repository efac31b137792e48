import { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import { mix32 } from '../rng.js';

const WORD_BYTES = 4;
/** Odd, so that all words of a buffer differ. */
const STEP = 0x9e3779b1;

/** Which way the payload goes: each has words of its own. */
export const StampSide = { fromDriver: 0x0d5_1fe5, fromDevice: 0x7a1_c0de } as const;

/**
 * Fills payload with words that only this buffer of this ring has, and checks them on the other side. Word for word
 * through the port, so that whatever the port does to the order of accesses happens to payload too.
 */
export class Stamp {
  private readonly port: MemoryPort;
  private readonly side: number;
  private base = 0;
  private next = 0;

  constructor(port: MemoryPort, side: number) {
    this.port = port;
    this.side = side;
  }

  /** Payload of buffer `number` of the ring called `salt` comes next. */
  begin(salt: number, number: number): void {
    this.base = mix32(salt ^ this.side, number);
    this.next = this.base;
  }

  /** Fills the next range; `length` is a multiple of 4. */
  fill(address: number, length: number): void {
    for (let offset = 0; offset < length; offset += WORD_BYTES) {
      this.port.store32(address + offset, this.next);
      this.next = (this.next + STEP) >>> 0;
    }
  }

  /** Checks the next range. */
  check(address: number, length: number): ProtocolViolation | null {
    for (let offset = 0; offset < length; offset += WORD_BYTES) {
      const actual = this.port.load32(address + offset);
      if (actual !== this.next) return this.wrong(address + offset, actual);
      this.next = (this.next + STEP) >>> 0;
    }
    return null;
  }

  private wrong(address: number, actual: number): ProtocolViolation {
    const from = this.side === StampSide.fromDriver ? 'driver' : 'device';
    const word = this.wordOf(this.next);
    return new ProtocolViolation('PAYLOAD', `word ${word} of what the ${from} wrote is wrong at ${address}`, {
      section: '2.7.13',
      expected: `0x${this.next.toString(16)}`,
      actual: `0x${actual.toString(16)}`,
    });
  }

  private wordOf(value: number): number {
    let word = 0;
    for (let at = this.base; at !== value; at = (at + STEP) >>> 0) word += 1;
    return word;
  }
}
