import { Buffer } from 'node:buffer';
import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { comesFromDevice, type DmaDirection, directionName } from './direction.js';
import { type CoherentMemory, DMA_MAPPING_ERROR, type DmaApi } from './dma-api.js';
import { PAGE_BYTES, pageAligned, pageOf } from './pages.js';

interface Mapping {
  readonly address: number;
  readonly sizeBytes: number;
  readonly direction: DmaDirection;
}

/** Bytes of memory, as they should be. */
interface Guarded {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** How much on both sides of a buffer must be left alone when it is copied back. */
const GUARD_BYTES = 2048;

/**
 * Checks every use of a DMA API, and every result (in the way of Linux' CONFIG_DMA_API_DEBUG): what a mapping holds,
 * whose slots it has, what its end copies back and what not, and that each is ended once, as it was made.
 */
export class CheckedDma implements DmaApi {
  private readonly api: DmaApi;
  private readonly ram: MemoryPort;
  private readonly isOthers: (address: number) => boolean;
  private readonly live: Map<number, Mapping> = new Map();
  /** What the device writes at any time. */
  private readonly coherent: CoherentMemory[] = [];

  /** `isOthers`: whether somebody else may write to a page at any time, a device to bounce slots or another CPU. */
  constructor(api: DmaApi, ram: MemoryPort, isOthers: (address: number) => boolean) {
    this.api = api;
    this.ram = ram;
    this.isOthers = isOthers;
  }

  get maxMappingBytes(): number {
    return this.api.maxMappingBytes;
  }

  get liveCount(): number {
    return this.live.size;
  }

  map(address: number, sizeBytes: number, direction: DmaDirection): number {
    assert(
      sizeBytes <= this.maxMappingBytes,
      'a segment of % bytes is longer than the % that can be mapped',
      sizeBytes,
      this.maxMappingBytes,
    );
    const busAddress = this.api.map(address, sizeBytes, direction);
    if (busAddress === DMA_MAPPING_ERROR) return busAddress;
    if (busAddress !== address) this.checkBounce(address, busAddress, sizeBytes);
    assert(!this.live.has(busAddress), 'bus address % is mapped already', busAddress);
    this.live.set(busAddress, { address, sizeBytes, direction });
    return busAddress;
  }

  unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    const mapping = this.live.get(busAddress);
    assert(mapping !== undefined, 'bus address % is not mapped', busAddress);
    assert(mapping.sizeBytes === sizeBytes, 'mapped % bytes, unmapped %', mapping.sizeBytes, sizeBytes);
    this.checkDirection(mapping, direction);
    if (mapping.address === busAddress) {
      this.api.unmap(busAddress, sizeBytes, direction);
    } else {
      const expected = this.expectedAfter(mapping, busAddress);
      this.api.unmap(busAddress, sizeBytes, direction);
      this.checkAround(mapping, expected);
    }
    this.live.delete(busAddress);
  }

  syncForCpu(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.checkPart(busAddress, sizeBytes, direction);
    this.api.syncForCpu(busAddress, sizeBytes, direction);
  }

  syncForDevice(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.checkPart(busAddress, sizeBytes, direction);
    this.api.syncForDevice(busAddress, sizeBytes, direction);
  }

  allocCoherent(sizeBytes: number): CoherentMemory | null {
    const memory = this.api.allocCoherent(sizeBytes);
    if (memory !== null) this.coherent.push(memory);
    return memory;
  }

  freeCoherent(memory: CoherentMemory): void {
    const at = this.coherent.indexOf(memory);
    assert(at !== -1, 'memory at % is freed, and was not allocated here', memory.address);
    this.coherent.splice(at, 1);
    this.api.freeCoherent(memory);
  }

  /** Nothing may be mapped any more. */
  checkEnded(): void {
    const [first] = this.live;
    if (first === undefined) return;
    const [busAddress, { address }] = first;
    assert(
      false,
      '% mappings were never ended, the first of them % at %',
      this.live.size,
      address,
      busAddress,
    );
  }

  /** A fresh bounce holds what the buffer holds, and shares no byte with another mapping. */
  private checkBounce(address: number, busAddress: number, sizeBytes: number): void {
    const buffer = this.ram.bytes(address, sizeBytes);
    const bounce = this.ram.bytes(busAddress, sizeBytes);
    const wrong = firstDifference(buffer, bounce);
    assert(wrong === -1, 'byte % of a buffer of % was not copied into its bounce', wrong, sizeBytes);
    for (const [other, { sizeBytes: otherBytes }] of this.live) {
      const isApart = busAddress + sizeBytes <= other || other + otherBytes <= busAddress;
      assert(isApart, 'bounces at % and % share bytes', busAddress, other);
    }
  }

  /** What the buffer and its surroundings must hold when the mapping has ended. */
  private expectedAfter(mapping: Mapping, busAddress: number): Guarded {
    const { address, sizeBytes, direction } = mapping;
    const { from, to } = this.surroundings(mapping);
    const bytes = new Uint8Array(to - from);
    this.ram.copyOut(from, bytes, 0, to - from);
    if (comesFromDevice(direction)) this.ram.copyOut(busAddress, bytes, address - from, sizeBytes);
    return { from, bytes };
  }

  /** The buffer, and on both sides what only this CPU writes: whole pages are somebody else's, or they are not. */
  private surroundings({ address, sizeBytes }: Mapping): { readonly from: number; readonly to: number } {
    const least = Math.max(0, address - GUARD_BYTES);
    const most = Math.min(this.ram.sizeBytes, address + sizeBytes + GUARD_BYTES);
    let from = Math.max(least, pageOf(address) * PAGE_BYTES);
    while (from > least && this.isAlone(from - 1)) from = Math.max(least, from - PAGE_BYTES);
    let to = Math.min(most, pageAligned(address + sizeBytes));
    while (to < most && this.isAlone(to)) to = Math.min(most, to + PAGE_BYTES);
    return { from, to };
  }

  private isAlone(address: number): boolean {
    const isCoherent = this.coherent.some(
      (memory) => address >= memory.address && address < memory.address + memory.sizeBytes,
    );
    return !isCoherent && !this.isOthers(address);
  }

  private checkAround({ address, sizeBytes }: Mapping, { from, bytes }: Guarded): void {
    const wrong = firstDifference(bytes, this.ram.bytes(from, bytes.length));
    assert(
      wrong === -1,
      'after the end of a mapping of % bytes at %, the byte at % is not what it must be',
      sizeBytes,
      address,
      from + wrong,
    );
  }

  private checkPart(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    for (const [start, mapping] of this.live) {
      if (busAddress < start || busAddress + sizeBytes > start + mapping.sizeBytes) continue;
      this.checkDirection(mapping, direction);
      return;
    }
    assert(false, '% bytes at % are in no mapping', sizeBytes, busAddress);
  }

  private checkDirection(mapping: Mapping, direction: DmaDirection): void {
    assert(
      mapping.direction === direction,
      'mapped %, used %',
      directionName(mapping.direction),
      directionName(direction),
    );
  }
}

/** Index of the first byte that differs, or -1; nearly always all are equal, which is found out fastest like this. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return -1;
  return a.findIndex((byte, i) => byte !== b[i]);
}
