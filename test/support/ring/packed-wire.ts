import type { WireRange } from './wire.js';

// VIRTIO 1.4, 2.8.1 to 2.8.7: flags of a descriptor. Written down again: this file checks the source and shares
// nothing with it.
export const NEXT = 1;
export const WRITE = 2;
export const INDIRECT = 4;
export const AVAIL = 1 << 7;
export const USED = 1 << 15;

/** VIRTIO 1.4, 2.8.10: RING_EVENT_FLAGS_*. */
export const EVENT_ENABLE = 0;
export const EVENT_DISABLE = 1;
export const EVENT_DESC = 2;

const DESCRIPTOR_BYTES = 16;
const LITTLE = true;

/** One descriptor as it is in memory, of the ring or of an indirect table. */
export interface PackedDescriptor {
  readonly address: number;
  readonly length: number;
  readonly id: number;
  readonly flags: number;
}

/** An event suppression structure: when a notification is wanted, and where in the ring, if `flags` say so. */
export interface WireEvent {
  readonly slot: number;
  readonly wrap: number;
  readonly flags: number;
}

/** A list as a reader of the specification finds it. */
export interface PackedList {
  /** Descriptors of the ring from the head on; a single one when that refers to a table. */
  readonly direct: readonly PackedDescriptor[];
  /** Entries of the indirect table; empty when there is none. */
  readonly indirect: readonly PackedDescriptor[];
  readonly ranges: readonly WireRange[];
  /** Of the last descriptor: the list's (2.8.6). */
  readonly id: number;
}

export interface PackedAddresses {
  readonly ring: number;
  readonly driverEvent: number;
  readonly deviceEvent: number;
}

/**
 * The memory of a packed virtqueue by the tables of VIRTIO 1.4, 2.8.13 and 2.8.14, to read what an end wrote and to
 * write what a hostile peer would. A position is a number of slots counted from the first lap on, and never wraps.
 */
export class PackedWire {
  readonly size: number;
  readonly at: PackedAddresses;
  /** The bytes of the descriptor ring, as they are at any time. */
  readonly ring: Buffer;
  private readonly view: DataView;

  constructor(buffer: SharedArrayBuffer, size: number, at: PackedAddresses) {
    this.size = size;
    this.at = at;
    this.ring = Buffer.from(buffer, at.ring, DESCRIPTOR_BYTES * size);
    this.view = new DataView(buffer);
  }

  /** The descriptor at byte `address`: of the ring or of an indirect table. */
  descriptorAt(address: number): PackedDescriptor {
    return {
      address: Number(this.view.getBigUint64(address, LITTLE)),
      length: this.view.getUint32(address + 8, LITTLE),
      id: this.view.getUint16(address + 12, LITTLE),
      flags: this.view.getUint16(address + 14, LITTLE),
    };
  }

  pokeDescriptorAt(at: number, descriptor: Partial<PackedDescriptor>): void {
    const { address, length, id, flags } = { ...this.descriptorAt(at), ...descriptor };
    this.view.setBigUint64(at, BigInt(address), LITTLE);
    this.view.setUint32(at + 8, length, LITTLE);
    this.view.setUint16(at + 12, id, LITTLE);
    this.view.setUint16(at + 14, flags, LITTLE);
  }

  descriptor(position: number): PackedDescriptor {
    return this.descriptorAt(this.slotAt(position));
  }

  /** Flags of the descriptor at `position`, without reading the rest. */
  flags(position: number): number {
    return this.view.getUint16(this.slotAt(position) + 14, LITTLE);
  }

  /** Overwrites the given fields of the descriptor at `position`. */
  pokeDescriptor(position: number, descriptor: Partial<PackedDescriptor>): void {
    this.pokeDescriptorAt(this.slotAt(position), descriptor);
  }

  /** The wrap counter in the lap that `position` belongs to: 1 in the first, and the other one in each next. */
  wrapOf(position: number): 0 | 1 {
    return Math.floor(position / this.size) % 2 === 0 ? 1 : 0;
  }

  /** 2.8.1: AVAIL as the wrap counter, USED its inverse. */
  availBits(position: number): number {
    return this.wrapOf(position) === 1 ? AVAIL : USED;
  }

  /** 2.8.1: both as the wrap counter. */
  usedBits(position: number): number {
    return this.wrapOf(position) === 1 ? AVAIL | USED : 0;
  }

  isAvailable(position: number): boolean {
    return (this.flags(position) & (AVAIL | USED)) === this.availBits(position);
  }

  isUsed(position: number): boolean {
    return (this.flags(position) & (AVAIL | USED)) === this.usedBits(position);
  }

  /** The list whose head is at `position`, followed naively. Throws when it is longer than any legal one. */
  list(position: number): PackedList {
    const direct: PackedDescriptor[] = [];
    for (let at = position; ; at++) {
      if (direct.length === this.size) throw new Error(`the list at ${position} is longer than the ring`);
      const descriptor = this.descriptor(at);
      direct.push(descriptor);
      if ((descriptor.flags & NEXT) === 0) break;
    }
    const last = direct.at(-1) as PackedDescriptor;
    if ((last.flags & INDIRECT) === 0)
      return { direct, indirect: [], ranges: direct.map(toRange), id: last.id };
    const indirect = Array.from({ length: last.length / DESCRIPTOR_BYTES }, (_, i) =>
      this.descriptorAt(last.address + DESCRIPTOR_BYTES * i),
    );
    return { direct, indirect, ranges: [...direct.slice(0, -1), ...indirect].map(toRange), id: last.id };
  }

  /** What the driver wishes of interrupts. */
  get driverEvent(): WireEvent {
    return this.event(this.at.driverEvent);
  }

  /** What the device wishes of kicks. */
  get deviceEvent(): WireEvent {
    return this.event(this.at.deviceEvent);
  }

  pokeDriverEvent(event: Partial<WireEvent>): void {
    this.pokeEvent(this.at.driverEvent, { ...this.driverEvent, ...event });
  }

  pokeDeviceEvent(event: Partial<WireEvent>): void {
    this.pokeEvent(this.at.deviceEvent, { ...this.deviceEvent, ...event });
  }

  private event(at: number): WireEvent {
    const offWrap = this.view.getUint16(at, LITTLE);
    return {
      slot: offWrap % 0x8000,
      wrap: offWrap >= 0x8000 ? 1 : 0,
      flags: this.view.getUint16(at + 2, LITTLE),
    };
  }

  private pokeEvent(at: number, { slot, wrap, flags }: WireEvent): void {
    this.view.setUint16(at, slot + 0x8000 * wrap, LITTLE);
    this.view.setUint16(at + 2, flags, LITTLE);
  }

  private slotAt(position: number): number {
    return this.at.ring + DESCRIPTOR_BYTES * (position % this.size);
  }
}

function toRange({ address, length, flags }: PackedDescriptor): WireRange {
  return { address, length, writable: (flags & WRITE) !== 0 };
}
