import type { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import { EventFlag, PackedEvent } from './packed-layout.js';
import * as violations from './packed-violations.js';
import type { RingPosition } from './ring-position.js';

/** The other side's event suppression structure, as last read (virtio 1.4, 2.8.14). */
export class PeerEvents {
  private readonly port: MemoryPort;
  private readonly at: number;
  private readonly size: number;
  private readonly eventIdx: boolean;
  private flags = 0;
  private offWrap = 0;

  constructor(port: MemoryPort, at: number, size: number, eventIdx: boolean) {
    this.port = port;
    this.at = at;
    this.size = size;
    this.eventIdx = eventIdx;
  }

  /** Reads both words. P3: the flags first, or DESC could be paired with the offset of an earlier wish. */
  load(): ProtocolViolation | null {
    this.flags = this.port.load16Acquire(this.at + PackedEvent.flags);
    if (this.flags > EventFlag.desc || (this.flags === EventFlag.desc && !this.eventIdx)) {
      return violations.packedEventFlags(this.eventIdx, this.flags);
    }
    if (this.flags !== EventFlag.desc) return null;
    this.offWrap = this.port.load16Relaxed(this.at + PackedEvent.offWrap);
    const slot = this.offWrap & 0x7fff;
    return slot < this.size ? null : violations.packedEventOffset(this.size, slot);
  }

  /** Whether it wants to know that `position` has moved by `slots`. */
  wants(position: RingPosition, slots: number): boolean {
    if (this.flags !== EventFlag.desc) return this.flags === EventFlag.enable;
    return position.hasPassed(this.offWrap, slots);
  }
}

/** Our own event suppression structure: when we want to be notified. */
export class OwnEvents {
  private readonly port: MemoryPort;
  private readonly at: number;
  private readonly eventIdx: boolean;

  constructor(port: MemoryPort, at: number, eventIdx: boolean) {
    this.port = port;
    this.at = at;
    this.eventIdx = eventIdx;
  }

  /**
   * Asks for a notification when `position` is passed, or, without EVENT_IDX, for every one. P7: where, before that it
   * is wanted; P8: both before the ring is looked at again.
   */
  arm(position: RingPosition): void {
    if (this.eventIdx) this.port.store16Relaxed(this.at + PackedEvent.offWrap, position.offWrap);
    this.port.store16Release(this.at + PackedEvent.flags, this.eventIdx ? EventFlag.desc : EventFlag.enable);
    this.port.fence();
  }

  disarm(): void {
    this.port.store16Release(this.at + PackedEvent.flags, EventFlag.disable);
  }
}
