/** Writes small numbers in few bytes: seven bits each, the lowest first (LEB128). */
export class ByteWriter {
  private readonly bytes: number[] = [];

  byte(value: number): this {
    this.bytes.push(value & 0xff);
    return this;
  }

  number(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte(0x80 | (rest % 0x80));
    return this.byte(rest);
  }

  raw(bytes: Uint8Array): this {
    for (const value of bytes) this.byte(value);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** The other end of {@link ByteWriter}; throws a RangeError at the end of the bytes. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('the bytes end in the middle of something');
    return value;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too large');
  }

  raw(length: number): Uint8Array {
    if (length > this.bytes.length - this.at)
      throw new RangeError('the bytes end in the middle of something');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
