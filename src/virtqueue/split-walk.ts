import type { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Chain } from './chain.js';
import { Desc, DESC_BYTES, DescFlag } from './split-layout.js';
import * as violations from './violations.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const {
  addressLow: ADDRESS_LOW,
  addressHigh: ADDRESS_HIGH,
  length: LENGTH,
  flagsAndNext: FLAGS_AND_NEXT,
} = Desc;
const { next: NEXT, write: WRITE, indirect: INDIRECT } = DescFlag;
const ENTRY_BYTES = DESC_BYTES;

const TWO_TO_32 = 0x1_0000_0000;

/**
 * Follows descriptor chains for the device. Each descriptor is read once, into private fields, and checked there:
 * the driver may be hostile and may write the table at any time.
 *
 * Returns violations instead of throwing them: the queue has to mark itself broken first.
 */
export class SplitWalker {
  private readonly port: MemoryPort;
  private readonly table: number;
  private readonly size: number;
  private readonly indirectAllowed: boolean;
  private readonly bytes: Uint8Array = new Uint8Array(ENTRY_BYTES);

  // The descriptor read last; flags in the low half of their word, `next` in the high one.
  private address = 0;
  private length = 0;
  private flagsAndNext = 0;

  constructor(port: MemoryPort, table: number, size: number, indirectAllowed: boolean) {
    this.port = port;
    this.table = table;
    this.size = size;
    this.indirectAllowed = indirectAllowed;
  }

  /** Fills `chain` with the buffers of the chain that starts at `head`, which is known to be in range. */
  walk(head: number, chain: Chain): ProtocolViolation | null {
    chain.buffers.clear();
    let index = head;
    // A chain with more steps than the table has entries visits one twice: that is how a loop shows.
    for (let steps = 0; steps < this.size; steps++) {
      this.readAligned(this.table + index * ENTRY_BYTES);
      const flagsAndNext = this.flagsAndNext;
      if ((flagsAndNext & INDIRECT) !== 0) return this.walkTable(chain);
      const wrong = this.append(chain);
      if (wrong !== null) return wrong;
      if ((flagsAndNext & NEXT) === 0) return null;
      index = flagsAndNext >>> 16;
      if (index >= this.size) return violations.nextRange(this.size, index);
    }
    return violations.chainLength(this.size);
  }

  /**
   * The descriptor read last refers to a table, which ends the chain, behind any number of direct descriptors
   * (2.7.5.3.2, N0046). Its WRITE flag means nothing (N0045).
   */
  private walkTable(chain: Chain): ProtocolViolation | null {
    if (!this.indirectAllowed) return violations.indirectFeature();
    if ((this.flagsAndNext & NEXT) !== 0) return violations.indirectNext();
    const table = this.address;
    const bytes = this.length;
    if (bytes === 0 || bytes % ENTRY_BYTES !== 0) return violations.indirectLength(bytes);
    if (!this.isInMemory(table, bytes)) return violations.descAddress(this.port.sizeBytes, table, bytes);
    const entries = bytes / ENTRY_BYTES;
    let index = 0;
    // Only entries that are linked belong to the chain, and they may be linked in any order (2.7.5.3).
    while (chain.buffers.count < this.size) {
      this.read(table + index * ENTRY_BYTES);
      const flagsAndNext = this.flagsAndNext;
      if ((flagsAndNext & INDIRECT) !== 0) return violations.indirectNested();
      const wrong = this.append(chain);
      if (wrong !== null) return wrong;
      if ((flagsAndNext & NEXT) === 0) return null;
      index = flagsAndNext >>> 16;
      if (index >= entries) return violations.nextRange(entries, index);
    }
    return violations.chainLength(this.size);
  }

  private append(chain: Chain): ProtocolViolation | null {
    const buffers = chain.buffers;
    const address = this.address;
    const length = this.length;
    if (!this.isInMemory(address, length)) {
      return violations.descAddress(this.port.sizeBytes, address, length);
    }
    if ((this.flagsAndNext & WRITE) !== 0) buffers.addWritable(address, length);
    else if (buffers.readableCount < buffers.count) return violations.descOrder(buffers.count);
    else buffers.addReadable(address, length);
    return buffers.isTooLong ? violations.chainBytes(buffers.readableBytes + buffers.writableBytes) : null;
  }

  private isInMemory(address: number, length: number): boolean {
    return address + length <= this.port.sizeBytes;
  }

  /** A table may be anywhere (2.7.5.3 asks for no alignment), an entry across a word boundary needs the copy. */
  private read(at: number): void {
    if ((at & 3) === 0) {
      this.readAligned(at);
      return;
    }
    this.port.copyOut(at, this.bytes, 0, ENTRY_BYTES);
    const low = this.word(ADDRESS_LOW);
    this.decode(low, this.word(ADDRESS_HIGH), this.word(LENGTH), this.word(FLAGS_AND_NEXT));
  }

  private readAligned(at: number): void {
    const port = this.port;
    const low = port.load32(at + ADDRESS_LOW);
    const high = port.load32(at + ADDRESS_HIGH);
    this.decode(low, high, port.load32(at + LENGTH), port.load32(at + FLAGS_AND_NEXT));
  }

  private decode(addressLow: number, addressHigh: number, length: number, flagsAndNext: number): void {
    // Not exact from 2^53 on, but then far out of any memory, and refused.
    this.address = addressHigh === 0 ? addressLow : addressHigh * TWO_TO_32 + addressLow;
    this.length = length;
    this.flagsAndNext = flagsAndNext;
  }

  private word(offset: number): number {
    const bytes = this.bytes;
    const low = (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
    const high = (bytes[offset + 2] as number) | ((bytes[offset + 3] as number) << 8);
    return (low | (high << 16)) >>> 0;
  }
}
