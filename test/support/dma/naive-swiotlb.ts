import assert from 'node:assert/strict';
import { comesFromDevice, type DmaDirection, goesToDevice } from '../../../src/dma/direction.js';

const SLOT = 2048;
const SET = 128;
const PAGE = 4096;
const FREE = -1;

export interface NaiveShape {
  readonly startAddress: number;
  readonly slotCount: number;
  readonly areaCount: number;
  readonly minAlignMask: number;
}

export interface NaiveMapping {
  readonly address: number;
  readonly bounce: number;
  readonly sizeBytes: number;
  readonly direction: DmaDirection;
}

/**
 * Bounce buffers as a list of bytes and a list of who has which slot, every question answered by looking at all of it.
 * Slow, and too simple to be wrong. It never says which of the free slots to take, only whether they may be taken.
 */
export class NaiveSwiotlb {
  /** What memory must hold: ordinary memory and the pool, at their addresses. */
  readonly bytes: Uint8Array;
  readonly owners: number[];
  used = 0;
  highWater = 0;
  bytesIn = 0;
  bytesOut = 0;
  private readonly shape: NaiveShape;
  private nextOwner = 0;

  constructor(memoryBytes: number, shape: NaiveShape) {
    this.bytes = new Uint8Array(memoryBytes);
    this.owners = Array.from({ length: shape.slotCount }, () => FREE);
    this.shape = shape;
  }

  write(address: number, source: Uint8Array): void {
    this.bytes.set(source, address);
  }

  /** Takes note of a mapping that was made, and says what is wrong with it. */
  map(mapping: NaiveMapping, vcpu: number): void {
    const { address, bounce, sizeBytes } = mapping;
    const offset = this.offsetOf(address);
    const first = (bounce - offset - this.shape.startAddress) / SLOT;
    assert.ok(Number.isInteger(first), `bounce ${bounce} of ${address} does not keep its place in a slot`);
    const area = this.areaWithRoom(address, sizeBytes, vcpu);
    assert.equal(this.areaOf(first), area, 'the first area with room, from the one of the vCPU on');
    assert.ok(this.mayTake(first, address, sizeBytes), `slot ${first} and those behind it may not be taken`);
    const count = this.slotsFor(address, sizeBytes);
    for (let i = first; i < first + count; i++) this.owners[i] = this.nextOwner;
    this.nextOwner += 1;
    this.used += count;
    this.highWater = Math.max(this.highWater, this.used);
    this.copy(bounce, address, sizeBytes);
    this.bytesIn += sizeBytes;
  }

  /** A mapping was refused: there must be no room for it anywhere. */
  refuse(address: number, sizeBytes: number, vcpu: number): void {
    const area = this.areaWithRoom(address, sizeBytes, vcpu);
    assert.equal(area, -1, `${sizeBytes} bytes at ${address} would fit area ${area}`);
  }

  syncForCpu({ address, bounce, direction }: NaiveMapping, from: number, sizeBytes: number): void {
    if (!comesFromDevice(direction)) return;
    this.copy(address + from, bounce + from, sizeBytes);
    this.bytesOut += sizeBytes;
  }

  syncForDevice({ address, bounce, direction }: NaiveMapping, from: number, sizeBytes: number): void {
    if (!goesToDevice(direction)) return;
    this.copy(bounce + from, address + from, sizeBytes);
    this.bytesIn += sizeBytes;
  }

  unmap(mapping: NaiveMapping): void {
    this.syncForCpu(mapping, 0, mapping.sizeBytes);
    const owner = this.owners[Math.floor((mapping.bounce - this.shape.startAddress) / SLOT)];
    assert.notEqual(owner, FREE);
    for (const [i, who] of this.owners.entries()) {
      if (who !== owner) continue;
      this.owners[i] = FREE;
      this.used -= 1;
    }
  }

  /** Free slots from slot `i` to the end of its run, which ends with its set. */
  runFrom(i: number): number {
    let run = 0;
    for (let at = i; this.owners[at] === FREE; at++) {
      run += 1;
      if ((at + 1) % SET === 0) break;
    }
    return run;
  }

  /** The area in which a search must succeed; -1: none has room. */
  private areaWithRoom(address: number, sizeBytes: number, vcpu: number): number {
    const { areaCount, slotCount } = this.shape;
    for (let i = 0; i < areaCount; i++) {
      const area = (vcpu + i) % areaCount;
      for (let first = 0; first < slotCount; first++)
        if (this.areaOf(first) === area && this.mayTake(first, address, sizeBytes)) return area;
    }
    return -1;
  }

  private mayTake(first: number, address: number, sizeBytes: number): boolean {
    const { startAddress, minAlignMask } = this.shape;
    if (this.owners[first] !== FREE) return false;
    const start = startAddress + first * SLOT;
    const needsPage = minAlignMask < SLOT && sizeBytes + this.offsetOf(address) >= PAGE;
    if (needsPage && start % PAGE !== 0) return false;
    // All the low bits that are asked for, whether they say the slot or the place within it.
    const kept = minAlignMask + 1;
    if ((start + this.offsetOf(address)) % kept !== address % kept) return false;
    return this.runFrom(first) >= this.slotsFor(address, sizeBytes);
  }

  private slotsFor(address: number, sizeBytes: number): number {
    return Math.ceil((sizeBytes + this.offsetOf(address)) / SLOT);
  }

  private offsetOf(address: number): number {
    return address % Math.min(this.shape.minAlignMask + 1, SLOT);
  }

  private areaOf(slot: number): number {
    return Math.floor(slot / (this.shape.slotCount / this.shape.areaCount));
  }

  private copy(target: number, source: number, sizeBytes: number): void {
    for (let i = 0; i < sizeBytes; i++) this.bytes[target + i] = this.bytes[source + i] as number;
  }
}
