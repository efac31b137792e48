import type { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Chain } from './chain.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedFlag, type PackedLayout } from './packed-layout.js';
import * as violations from './packed-violations.js';
import type { RingPosition } from './ring-position.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const {
  addressLow: ADDRESS_LOW,
  addressHigh: ADDRESS_HIGH,
  length: LENGTH,
  id: ID,
  flags: FLAGS,
} = PackedDesc;
const { next: NEXT, write: WRITE, indirect: INDIRECT } = PackedFlag;
const ENTRY_BYTES = PACKED_DESC_BYTES;

const TWO_TO_32 = 0x1_0000_0000;
const WORD_BYTES = 4;

/**
 * Follows descriptor lists for the device. Each word is read once, into private fields, and checked there: the driver
 * may be hostile and may write the ring at any time.
 *
 * Returns violations instead of throwing them: the queue has to mark itself broken first.
 */
export class PackedWalker {
  /** Of the list walked last: its buffer id, and how many slots it has. */
  id = 0;
  slots = 0;
  private readonly port: MemoryPort;
  private readonly ring: number;
  private readonly size: number;
  private readonly indirectAllowed: boolean;
  private readonly bytes: Uint8Array = new Uint8Array(ENTRY_BYTES);

  // The descriptor read last.
  private address = 0;
  private length = 0;

  constructor(port: MemoryPort, layout: PackedLayout, indirectAllowed: boolean) {
    this.port = port;
    this.ring = layout.ring;
    this.size = layout.size;
    this.indirectAllowed = indirectAllowed;
  }

  /**
   * Fills `chain` with the list whose head, with flags `headFlags`, is at `position`; moves `position` past it. At most
   * `freeSlots` slots can be new: the driver has not got the others back.
   */
  walk(position: RingPosition, headFlags: number, freeSlots: number, chain: Chain): ProtocolViolation | null {
    chain.buffers.clear();
    let flags = headFlags;
    for (this.slots = 1; this.slots <= freeSlots; this.slots++) {
      this.readSlot(position.slot);
      if ((flags & INDIRECT) !== 0) return this.finishIndirect(position, flags, chain);
      const wrong = this.append(chain, flags);
      if (wrong !== null) return wrong;
      position.advance(1);
      if ((flags & NEXT) === 0) return null;
      if (this.slots === freeSlots) break;
      flags = this.port.load16(this.slotAt(position.slot) + FLAGS);
      // The head was shown last (2.8.6, N0093): what follows must be available too, each with the bits of its own lap.
      if (!position.isAvailable(flags)) {
        return violations.packedChainFlags(position.slot, position.availFlags, flags);
      }
    }
    return violations.packedChainLength(freeSlots);
  }

  /** An indirect descriptor stands alone (2.8.5, N0099). Its WRITE flag means nothing, nor do NEXT and ids within. */
  private finishIndirect(position: RingPosition, flags: number, chain: Chain): ProtocolViolation | null {
    if (!this.indirectAllowed) return violations.packedIndirectFeature();
    if (this.slots > 1 || (flags & NEXT) !== 0) return violations.packedIndirectMixed();
    const table = this.address;
    const bytes = this.length;
    if (bytes === 0 || bytes % ENTRY_BYTES !== 0) return violations.packedIndirectLength(bytes);
    if (table + bytes > this.port.sizeBytes) {
      return violations.packedDescAddress(this.port.sizeBytes, table, bytes);
    }
    const entries = bytes / ENTRY_BYTES;
    if (entries > this.size) return violations.packedChainLength(this.size);
    for (let i = 0; i < entries; i++) {
      const wrong = this.append(chain, this.readEntry(table + i * ENTRY_BYTES));
      if (wrong !== null) return wrong;
    }
    position.advance(1);
    return null;
  }

  private append(chain: Chain, flags: number): ProtocolViolation | null {
    const { buffers } = chain;
    if (this.address + this.length > this.port.sizeBytes) {
      return violations.packedDescAddress(this.port.sizeBytes, this.address, this.length);
    }
    if ((flags & WRITE) !== 0) buffers.addWritable(this.address, this.length);
    else if (buffers.readableCount < buffers.count) return violations.packedDescOrder(buffers.count);
    else buffers.addReadable(this.address, this.length);
    return buffers.isTooLong
      ? violations.packedChainBytes(buffers.readableBytes + buffers.writableBytes)
      : null;
  }

  /** Everything but the flags. The id of the last descriptor of a list is the list's (2.8.6). */
  private readSlot(slot: number): void {
    const at = this.slotAt(slot);
    const high = this.port.load32(at + ADDRESS_HIGH);
    this.setAddress(this.port.load32(at + ADDRESS_LOW), high);
    this.length = this.port.load32(at + LENGTH);
    this.id = this.port.load16(at + ID);
  }

  /** An entry of an indirect table, which may be at any address; returns its flags. */
  private readEntry(at: number): number {
    if (at % WORD_BYTES === 0) {
      const high = this.port.load32(at + ADDRESS_HIGH);
      this.setAddress(this.port.load32(at + ADDRESS_LOW), high);
      this.length = this.port.load32(at + LENGTH);
      return this.port.load16(at + FLAGS);
    }
    const bytes = this.bytes;
    this.port.copyOut(at, bytes, 0, ENTRY_BYTES);
    const word = (offset: number): number => half(offset) + half(offset + 2) * 0x1_0000;
    const half = (offset: number): number => (bytes[offset] as number) + (bytes[offset + 1] as number) * 256;
    this.setAddress(word(ADDRESS_LOW), word(ADDRESS_HIGH));
    this.length = word(LENGTH);
    return half(FLAGS);
  }

  private setAddress(low: number, high: number): void {
    // Not exact from 2^53 on, but then far out of any memory, and refused.
    this.address = high === 0 ? low : high * TWO_TO_32 + low;
  }

  private slotAt(slot: number): number {
    return this.ring + slot * ENTRY_BYTES;
  }
}
