/** One descriptor as it is in memory. */
export interface WireDescriptor {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}

/** One range of a buffer, wherever its descriptor is. */
export interface WireRange {
  readonly address: number;
  readonly length: number;
  readonly writable: boolean;
}

/** A descriptor and the index that it has in its table. */
export interface Placed {
  readonly index: number;
  readonly descriptor: WireDescriptor;
}

/** A chain as a reader of the specification finds it. */
export interface WireChain {
  /** Entries of the descriptor table, in the order of the links; the one that refers to a table included. */
  readonly direct: readonly Placed[];
  /** Entries of the indirect table, in the order of the links; empty when there is none. */
  readonly indirect: readonly Placed[];
  readonly ranges: readonly WireRange[];
}

export interface WireAddresses {
  readonly desc: number;
  readonly avail: number;
  readonly used: number;
}

// VIRTIO 1.4, 2.7.5: VIRTQ_DESC_F_*. Written down again: this file checks the source and shares nothing with it.
export const NEXT = 1;
export const WRITE = 2;
export const INDIRECT = 4;

const DESCRIPTOR_BYTES = 16;
const LITTLE = true;

/**
 * The memory of a split virtqueue by the tables of VIRTIO 1.4, 2.7.5, 2.7.6 and 2.7.8, to read what an end wrote and
 * to write what a hostile peer would. Indices are taken as they come: positions are reduced modulo the size here.
 */
export class WireRing {
  readonly size: number;
  readonly at: WireAddresses;
  private readonly view: DataView;

  constructor(buffer: SharedArrayBuffer, size: number, at: WireAddresses) {
    this.size = size;
    this.at = at;
    this.view = new DataView(buffer);
  }

  /** The descriptor at byte `address`: of the table or of an indirect one. */
  descriptorAt(address: number): WireDescriptor {
    return {
      address: Number(this.view.getBigUint64(address, LITTLE)),
      length: this.view.getUint32(address + 8, LITTLE),
      flags: this.view.getUint16(address + 12, LITTLE),
      next: this.view.getUint16(address + 14, LITTLE),
    };
  }

  pokeDescriptorAt(at: number, descriptor: Partial<WireDescriptor>): void {
    const { address, length, flags, next } = { ...this.descriptorAt(at), ...descriptor };
    this.view.setBigUint64(at, BigInt(address), LITTLE);
    this.view.setUint32(at + 8, length, LITTLE);
    this.view.setUint16(at + 12, flags, LITTLE);
    this.view.setUint16(at + 14, next, LITTLE);
  }

  descriptor(index: number): WireDescriptor {
    return this.descriptorAt(this.at.desc + DESCRIPTOR_BYTES * index);
  }

  /** Overwrites the given fields of entry `index` of the descriptor table. */
  pokeDescriptor(index: number, descriptor: Partial<WireDescriptor>): void {
    this.pokeDescriptorAt(this.at.desc + DESCRIPTOR_BYTES * index, descriptor);
  }

  get availFlags(): number {
    return this.view.getUint16(this.at.avail, LITTLE);
  }

  set availFlags(value: number) {
    this.view.setUint16(this.at.avail, value, LITTLE);
  }

  get availIdx(): number {
    return this.view.getUint16(this.at.avail + 2, LITTLE);
  }

  set availIdx(value: number) {
    this.view.setUint16(this.at.avail + 2, value, LITTLE);
  }

  availEntry(position: number): number {
    return this.view.getUint16(this.at.avail + 4 + 2 * (position % this.size), LITTLE);
  }

  pokeAvail(position: number, head: number): void {
    this.view.setUint16(this.at.avail + 4 + 2 * (position % this.size), head, LITTLE);
  }

  get usedEvent(): number {
    return this.view.getUint16(this.at.avail + 4 + 2 * this.size, LITTLE);
  }

  set usedEvent(value: number) {
    this.view.setUint16(this.at.avail + 4 + 2 * this.size, value, LITTLE);
  }

  get usedFlags(): number {
    return this.view.getUint16(this.at.used, LITTLE);
  }

  set usedFlags(value: number) {
    this.view.setUint16(this.at.used, value, LITTLE);
  }

  get usedIdx(): number {
    return this.view.getUint16(this.at.used + 2, LITTLE);
  }

  set usedIdx(value: number) {
    this.view.setUint16(this.at.used + 2, value, LITTLE);
  }

  usedEntry(position: number): { id: number; length: number } {
    const at = this.at.used + 4 + 8 * (position % this.size);
    return { id: this.view.getUint32(at, LITTLE), length: this.view.getUint32(at + 4, LITTLE) };
  }

  pokeUsed(position: number, id: number, length: number): void {
    const at = this.at.used + 4 + 8 * (position % this.size);
    this.view.setUint32(at, id, LITTLE);
    this.view.setUint32(at + 4, length, LITTLE);
  }

  get availEvent(): number {
    return this.view.getUint16(this.at.used + 4 + 8 * this.size, LITTLE);
  }

  set availEvent(value: number) {
    this.view.setUint16(this.at.used + 4 + 8 * this.size, value, LITTLE);
  }

  /** The chain at `head`, followed naively. Throws when it is longer than any legal one. */
  chain(head: number): WireChain {
    const direct = this.follow(this.at.desc, head, this.size);
    const last = (direct.at(-1) as Placed).descriptor;
    if ((last.flags & INDIRECT) === 0) return { direct, indirect: [], ranges: direct.map(toRange) };
    const indirect = this.follow(last.address, 0, last.length / DESCRIPTOR_BYTES);
    return { direct, indirect, ranges: [...direct.slice(0, -1), ...indirect].map(toRange) };
  }

  private follow(table: number, first: number, entries: number): Placed[] {
    const placed: Placed[] = [];
    for (let index = first; ;) {
      if (placed.length === entries) throw new Error(`the chain at ${first} has more than ${entries} links`);
      const descriptor = this.descriptorAt(table + DESCRIPTOR_BYTES * index);
      placed.push({ index, descriptor });
      if ((descriptor.flags & NEXT) === 0) return placed;
      index = descriptor.next;
    }
  }
}

function toRange({ descriptor }: Placed): WireRange {
  return {
    address: descriptor.address,
    length: descriptor.length,
    writable: (descriptor.flags & WRITE) !== 0,
  };
}
