import { mix32 } from '../rng.js';

const WORD_BYTES = 4;
const ELEMENT_WORDS_MAX = 4;
/** From one element of a buffer to the next: they do not touch each other. */
export const ELEMENT_STRIDE_BYTES = 16;

/** What buffer number n of a ring looks like: both sides know, and neither asks the other. */
export class BufferShape {
  elements = 1;
  /** Of these, for the device to read. */
  readableElements = 0;
  readableBytes = 0;
  writableBytes = 0;
  /** What the device says it has written. */
  writtenBytes = 0;
  private readonly elementsMax: number;
  private bits = 0;

  constructor(elementsMax: number) {
    this.elementsMax = elementsMax;
  }

  become(salt: number, number: number): void {
    const bits = mix32(salt, number);
    this.bits = bits;
    this.elements = 1 + ((bits & 0xff) % this.elementsMax);
    this.readableElements = ((bits >>> 8) & 0xff) % (this.elements + 1);
    this.readableBytes = 0;
    this.writableBytes = 0;
    for (let i = 0; i < this.elements; i++) {
      if (i < this.readableElements) this.readableBytes += this.lengthOf(i);
      else this.writableBytes += this.lengthOf(i);
    }
    // Half of the buffers are written to the full, which lets IN_ORDER put them together.
    const isFull = (bits & 0x8000_0000) !== 0;
    const words = this.writableBytes / WORD_BYTES;
    this.writtenBytes = isFull ? this.writableBytes : (((bits >>> 16) & 0xff) % (words + 1)) * WORD_BYTES;
  }

  lengthOf(element: number): number {
    return WORD_BYTES * (1 + ((this.bits >>> (20 + 2 * element)) % ELEMENT_WORDS_MAX));
  }
}
