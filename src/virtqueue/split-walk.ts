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
 * Follows descriptor chains for the device. Each word of a descriptor is read once, and checked as it was read:
 * the driver may be hostile and may write the table at any time.
 *
 * Returns violations instead of throwing them: the queue has to mark itself broken first.
 */
export class SplitWalker {
  private readonly port: MemoryPort;
  private readonly table: number;
  private readonly size: number;
  private readonly indirectAllowed: boolean;
  private readonly bytes: Uint8Array = new Uint8Array(4);

  constructor(port: MemoryPort, table: number, size: number, indirectAllowed: boolean) {
    this.port = port;
    this.table = table;
    this.size = size;
    this.indirectAllowed = indirectAllowed;
  }

  /** Fills `chain` with the buffers of the chain that starts at `head`, which is known to be in range. */
  walk(head: number, chain: Chain): ProtocolViolation | null {
    const { port } = this;
    chain.buffers.clear();
    let index = head;
    // A chain with more steps than the table has entries visits one twice: that is how a loop shows.
    for (let steps = 0; steps < this.size; steps++) {
      const at = this.table + index * ENTRY_BYTES;
      const address = join(port.load32(at + ADDRESS_LOW), port.load32(at + ADDRESS_HIGH));
      const length = port.load32(at + LENGTH);
      const flagsAndNext = port.load32(at + FLAGS_AND_NEXT);
      if ((flagsAndNext & INDIRECT) !== 0) return this.walkTable(chain, address, length, flagsAndNext);
      const wrong = this.append(chain, address, length, flagsAndNext);
      if (wrong !== null) return wrong;
      if ((flagsAndNext & NEXT) === 0) return null;
      index = flagsAndNext >>> 16;
      if (index >= this.size) return violations.nextRange(this.size, index);
    }
    return violations.chainLength(this.size);
  }

  /**
   * The table of a descriptor that refers to one, which ends the chain, behind any number of direct descriptors
   * (2.7.5.3.2, N0046). The WRITE flag of that descriptor means nothing (N0045).
   */
  private walkTable(chain: Chain, table: number, bytes: number, flags: number): ProtocolViolation | null {
    if (!this.indirectAllowed) return violations.indirectFeature();
    if ((flags & NEXT) !== 0) return violations.indirectNext();
    if (bytes === 0 || bytes % ENTRY_BYTES !== 0) return violations.indirectLength(bytes);
    if (!this.isInMemory(table, bytes)) return violations.descAddress(this.port.sizeBytes, table, bytes);
    const entries = bytes / ENTRY_BYTES;
    let index = 0;
    // Only entries that are linked belong to the chain, and they may be linked in any order (2.7.5.3).
    while (chain.buffers.count < this.size) {
      const at = table + index * ENTRY_BYTES;
      const address = join(this.word(at + ADDRESS_LOW), this.word(at + ADDRESS_HIGH));
      const length = this.word(at + LENGTH);
      const flagsAndNext = this.word(at + FLAGS_AND_NEXT);
      if ((flagsAndNext & INDIRECT) !== 0) return violations.indirectNested();
      const wrong = this.append(chain, address, length, flagsAndNext);
      if (wrong !== null) return wrong;
      if ((flagsAndNext & NEXT) === 0) return null;
      index = flagsAndNext >>> 16;
      if (index >= entries) return violations.nextRange(entries, index);
    }
    return violations.chainLength(this.size);
  }

  private append(chain: Chain, address: number, length: number, flags: number): ProtocolViolation | null {
    const { buffers } = chain;
    if (!this.isInMemory(address, length)) {
      return violations.descAddress(this.port.sizeBytes, address, length);
    }
    if ((flags & WRITE) !== 0) buffers.addWritable(address, length);
    else if (buffers.readableCount < buffers.count) return violations.descOrder(buffers.count);
    else buffers.addReadable(address, length);
    return buffers.isTooLong ? violations.chainBytes(buffers.readableBytes + buffers.writableBytes) : null;
  }

  private isInMemory(address: number, length: number): boolean {
    return address + length <= this.port.sizeBytes;
  }

  /** A table may be anywhere (2.7.5.3 asks for no alignment); a word that is not at a multiple of 4 is copied. */
  private word(at: number): number {
    if ((at & 3) === 0) return this.port.load32(at);
    const { bytes } = this;
    this.port.copyOut(at, bytes, 0, bytes.length);
    const low = (bytes[0] as number) | ((bytes[1] as number) << 8);
    const high = (bytes[2] as number) | ((bytes[3] as number) << 8);
    return (low | (high << 16)) >>> 0;
  }
}

/** Not exact from 2^53 on, but then far out of any memory, and refused. */
function join(addressLow: number, addressHigh: number): number {
  return addressHigh === 0 ? addressLow : addressHigh * TWO_TO_32 + addressLow;
}
