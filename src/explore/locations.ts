import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';

/**
 * The ranges of memory that a program has accessed, numbered. Two accesses are to one location when their ranges are
 * equal; ranges that only overlap are refused, since no memory model here says what they mean: in JavaScript they do
 * not synchronise, and on Arm they follow other rules.
 *
 * Numbers are given once per program, so they mean the same in all of its executions.
 */
export class Locations {
  /** First byte and number of bytes, by location. */
  readonly start: number[] = [];
  readonly lengthBytes: number[] = [];
  /** What the location holds before any thread has run; contents of more than four bytes by their number. */
  readonly initial: number[] = [];
  private readonly memory: Uint8Array;
  /** Location + 1 by byte; 0 where nothing was accessed. */
  private readonly slotAt: Int32Array;
  private readonly contents: Uint8Array[] = [];
  private readonly contentNumbers: Map<string, number> = new Map();

  /** `memory` is what the threads find; it is not written. */
  constructor(memory: Uint8Array) {
    this.memory = memory;
    this.slotAt = new Int32Array(memory.length);
  }

  get count(): number {
    return this.start.length;
  }

  /** The number of the location at `[address, address + lengthBytes)`. */
  at(address: number, lengthBytes: number): number {
    const known = (this.slotAt[address] ?? 0) - 1;
    if (known >= 0 && this.start[known] === address && this.lengthBytes[known] === lengthBytes) return known;
    return this.add(address, lengthBytes);
  }

  /** A payload as one number; equal contents have equal numbers. */
  numberOf(content: Uint8Array): number {
    const key = Buffer.from(content).toString('latin1');
    const known = this.contentNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.contents.length;
    this.contents.push(content.slice());
    this.contentNumbers.set(key, number);
    return number;
  }

  contentOf(number: number): Uint8Array {
    return this.contents[number] as Uint8Array;
  }

  private add(address: number, lengthBytes: number): number {
    if (!(address >= 0 && lengthBytes > 0 && address + lengthBytes <= this.memory.length)) {
      throw new VringError(
        'EXPLORE_RANGE',
        `an access to ${lengthBytes} bytes at ${hex(address)} leaves the memory of ${this.memory.length} bytes`,
        ExitCode.safety,
      );
    }
    for (let byte = address; byte < address + lengthBytes; byte++) {
      const other = (this.slotAt[byte] as number) - 1;
      if (other >= 0) throw mixedSizes(address, lengthBytes, this.start[other], this.lengthBytes[other]);
    }
    this.slotAt.fill(this.count + 1, address, address + lengthBytes);
    const content = this.memory.subarray(address, address + lengthBytes);
    this.start.push(address);
    this.lengthBytes.push(lengthBytes);
    this.initial.push(isScalar(lengthBytes) ? littleEndian(content) : this.numberOf(content));
    return this.count - 1;
  }
}

/** Whether a location of this length holds a number, and not a payload. */
export function isScalar(lengthBytes: number): boolean {
  return lengthBytes === 1 || lengthBytes === 2 || lengthBytes === 4;
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function mixedSizes(address: number, length: number, other = 0, otherLength = 0): VringError {
  return new VringError(
    'EXPLORE_MIXED_SIZES',
    `${length} bytes at ${hex(address)} are accessed, and elsewhere ${otherLength} bytes at ${hex(other)}: ` +
      'accesses of different sizes to the same bytes do not synchronise, and cannot be explored',
    ExitCode.safety,
    { address, lengthBytes: length, otherAddress: other, otherLengthBytes: otherLength },
  );
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
