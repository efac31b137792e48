import type { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Chain } from './chain.js';
import { Desc, DESC_BYTES, DescFlag } from './split-layout.js';
import * as violations from './violations.js';

const TWO_TO_32 = 0x1_0000_0000;

/**
 * Follows descriptor chains for the device. Each descriptor is read once, into private fields, and checked there:
 * the driver may be hostile and may write the table at any time.
 *
 * Returns violations instead of throwing them: the queue has to mark itself broken first.
 */
export class SplitWalker {
  readonly #port: MemoryPort;
  readonly #table: number;
  readonly #size: number;
  readonly #indirectAllowed: boolean;
  readonly #bytes: Uint8Array = new Uint8Array(DESC_BYTES);

  // The descriptor read last.
  #address = 0;
  #length = 0;
  #flags = 0;
  #next = 0;

  constructor(port: MemoryPort, table: number, size: number, indirectAllowed: boolean) {
    this.#port = port;
    this.#table = table;
    this.#size = size;
    this.#indirectAllowed = indirectAllowed;
  }

  /** Fills `chain` with the buffers of the chain that starts at `head`, which is known to be in range. */
  walk(head: number, chain: Chain): ProtocolViolation | null {
    chain.buffers.clear();
    let index = head;
    // A chain with more steps than the table has entries visits one twice: that is how a loop shows.
    for (let steps = 0; steps < this.#size; steps++) {
      this.#readAligned(this.#table + index * DESC_BYTES);
      if ((this.#flags & DescFlag.indirect) !== 0) return this.#walkTable(chain);
      const wrong = this.#append(chain);
      if (wrong !== null) return wrong;
      if ((this.#flags & DescFlag.next) === 0) return null;
      index = this.#next;
      if (index >= this.#size) return violations.nextRange(this.#size, index);
    }
    return violations.chainLength(this.#size);
  }

  /**
   * The descriptor read last refers to a table, which ends the chain, behind any number of direct descriptors
   * (2.7.5.3.2, N0046). Its WRITE flag means nothing (N0045).
   */
  #walkTable(chain: Chain): ProtocolViolation | null {
    if (!this.#indirectAllowed) return violations.indirectFeature();
    if ((this.#flags & DescFlag.next) !== 0) return violations.indirectNext();
    const table = this.#address;
    const bytes = this.#length;
    if (bytes === 0 || bytes % DESC_BYTES !== 0) return violations.indirectLength(bytes);
    if (!this.#isInMemory(table, bytes)) return violations.descAddress(this.#port.sizeBytes, table, bytes);
    const entries = bytes / DESC_BYTES;
    let index = 0;
    // Only entries that are linked belong to the chain, and they may be linked in any order (2.7.5.3).
    while (chain.buffers.count < this.#size) {
      this.#read(table + index * DESC_BYTES);
      if ((this.#flags & DescFlag.indirect) !== 0) return violations.indirectNested();
      const wrong = this.#append(chain);
      if (wrong !== null) return wrong;
      if ((this.#flags & DescFlag.next) === 0) return null;
      index = this.#next;
      if (index >= entries) return violations.nextRange(entries, index);
    }
    return violations.chainLength(this.#size);
  }

  #append(chain: Chain): ProtocolViolation | null {
    const buffers = chain.buffers;
    if (!this.#isInMemory(this.#address, this.#length)) {
      return violations.descAddress(this.#port.sizeBytes, this.#address, this.#length);
    }
    if ((this.#flags & DescFlag.write) !== 0) buffers.addWritable(this.#address, this.#length);
    else if (buffers.readableCount < buffers.count) return violations.descOrder(buffers.count);
    else buffers.addReadable(this.#address, this.#length);
    const bytes = buffers.readableBytes + buffers.writableBytes;
    return bytes > TWO_TO_32 ? violations.chainBytes(bytes) : null;
  }

  #isInMemory(address: number, length: number): boolean {
    return address + length <= this.#port.sizeBytes;
  }

  /** A table may be anywhere (2.7.5.3 asks for no alignment), an entry across a word boundary needs the copy. */
  #read(at: number): void {
    if ((at & 3) === 0) {
      this.#readAligned(at);
      return;
    }
    this.#port.copyOut(at, this.#bytes, 0, DESC_BYTES);
    const low = this.#word(Desc.addressLow);
    this.#decode(low, this.#word(Desc.addressHigh), this.#word(Desc.length), this.#word(Desc.flagsAndNext));
  }

  #readAligned(at: number): void {
    const port = this.#port;
    const low = port.load32(at + Desc.addressLow);
    const high = port.load32(at + Desc.addressHigh);
    this.#decode(low, high, port.load32(at + Desc.length), port.load32(at + Desc.flagsAndNext));
  }

  #decode(addressLow: number, addressHigh: number, length: number, flagsAndNext: number): void {
    // Not exact from 2^53 on, but then far out of any memory, and refused.
    this.#address = addressHigh === 0 ? addressLow : addressHigh * TWO_TO_32 + addressLow;
    this.#length = length;
    this.#flags = flagsAndNext & 0xffff;
    this.#next = flagsAndNext >>> 16;
  }

  #word(offset: number): number {
    const bytes = this.#bytes;
    const low = (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
    const high = (bytes[offset + 2] as number) | ((bytes[offset + 3] as number) << 8);
    return (low | (high << 16)) >>> 0;
  }
}
