import assert from 'node:assert/strict';
import { DmaDirection } from '../../../src/dma/direction.js';
import { DMA_MAPPING_ERROR } from '../../../src/dma/dma-api.js';
import { type DmaStats, newDmaStats } from '../../../src/dma/dma-stats.js';
import { ramCopier, Swiotlb } from '../../../src/dma/swiotlb.js';
import { SwiotlbPool } from '../../../src/dma/swiotlb-pool.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { Rng } from '../../../src/rng.js';
import { type NaiveMapping, NaiveSwiotlb } from './naive-swiotlb.js';

const PAGE = 4096;
/** Ordinary memory in front of the pool: more than the longest mapping. */
const BUFFER_BYTES = 272 * 1024;
const GUARD_BYTES = 64;
const PHASE_STEPS = 600;
const DIRECTIONS = [DmaDirection.bidirectional, DmaDirection.toDevice, DmaDirection.fromDevice] as const;

export interface PairOptions {
  readonly slotCount: number;
  readonly areaCount: number;
  readonly minAlignMask: number;
}

/** What came of the steps, so that a test can see that it met what it is about. */
export interface PairTally {
  maps: number;
  /** Mappings that found no room although as many slots were free, and those that did not. */
  fragmented: number;
  exhausted: number;
  syncs: number;
  unmaps: number;
}

/** A pool with the bounce buffers of several vCPUs over it, in step with the naive one. */
export class SwiotlbPair {
  readonly tally: PairTally = { maps: 0, fragmented: 0, exhausted: 0, syncs: 0, unmaps: 0 };
  private readonly ram: SharedMemory;
  private readonly pool: SwiotlbPool;
  private readonly vcpus: readonly Swiotlb[];
  private readonly stats: DmaStats = newDmaStats();
  private readonly naive: NaiveSwiotlb;
  private readonly live: NaiveMapping[] = [];
  private readonly rng: Rng;
  private readonly noise: Uint8Array;
  private stepCount = 0;

  constructor({ slotCount, areaCount, minAlignMask }: PairOptions, rng: Rng) {
    const startAddress = PAGE + BUFFER_BYTES;
    const memoryBytes = startAddress + slotCount * 2048;
    const shape = { startAddress, slotCount, areaCount };
    this.rng = rng;
    this.ram = SharedMemory.ofSize(memoryBytes);
    this.pool = new SwiotlbPool(SharedMemory.ofSize(SwiotlbPool.recordBytes(shape)), 0, shape);
    this.pool.reset();
    this.naive = new NaiveSwiotlb(memoryBytes, { ...shape, minAlignMask });
    this.noise = Uint8Array.from({ length: 1 << 14 }, () => rng.below(256));
    this.vcpus = Array.from({ length: areaCount + 1 }, (_, vcpu) => this.bounceOf(vcpu, minAlignMask));
    for (let at = 0; at + 8192 < memoryBytes; at += 8192) this.write(at, 8192);
  }

  /** The pool fills for a while and empties for a while, so that it is often full, and full of holes. */
  step(): void {
    const isFilling = Math.floor(this.stepCount / PHASE_STEPS) % 2 === 0;
    this.stepCount += 1;
    const choice = this.rng.below(100);
    if (choice < 15) this.withLive((mapping) => this.sync(mapping));
    else if (choice < 23) this.write(PAGE + this.rng.below(BUFFER_BYTES - 8192), 1 + this.rng.below(8192));
    else if (choice < 31) this.withLive((mapping) => this.deviceWrite(mapping));
    else if (choice < (isFilling ? 80 : 55)) this.map();
    else this.withLive((mapping, i) => this.unmap(mapping, i));
    assert.equal(this.pool.usedSlots, this.naive.used);
    assert.equal(this.pool.highWaterSlots, this.naive.highWater);
  }

  /** Everything: each byte of memory, each slot's record, and what was counted. */
  checkAll(): void {
    this.checkBytes(0, this.ram.sizeBytes);
    const { slots } = this.pool;
    for (let i = 0; i < slots.count; i++) assert.equal(slots.free(i), this.naive.runFrom(i), `slot ${i}`);
    assert.equal(this.stats.bytesBouncedIn, this.naive.bytesIn);
    assert.equal(this.stats.bytesBouncedOut, this.naive.bytesOut);
    assert.equal(this.stats.bounced, this.tally.maps);
    assert.equal(this.stats.mappingErrors, this.tally.exhausted + this.tally.fragmented);
  }

  /** Ends what is left, after which nothing is in use. */
  finish(): void {
    while (this.live.length > 0) this.withLive((mapping, i) => this.unmap(mapping, i));
    this.checkAll();
    assert.equal(this.pool.usedSlots, 0);
  }

  private bounceOf(vcpu: number, minAlignMask: number): Swiotlb {
    return new Swiotlb({
      ram: this.ram,
      pool: this.pool,
      copier: ramCopier(this.ram),
      minAlignMask,
      vcpu,
      growth: null,
      exposure: null,
      stats: this.stats,
      trace: null,
    });
  }

  private map(): void {
    const rng = this.rng;
    const vcpu = rng.below(this.vcpus.length);
    const swiotlb = this.vcpus[vcpu] as Swiotlb;
    const isLong = rng.chance(0.03);
    const sizeBytes = 1 + rng.below(isLong ? swiotlb.maxMappingBytes : rng.chance(0.5) ? 3000 : 12_000);
    const address = PAGE + rng.below(BUFFER_BYTES - sizeBytes);
    const direction = DIRECTIONS[rng.below(3)] as DmaDirection;
    const bounce = swiotlb.map(address, sizeBytes, direction);
    if (bounce === DMA_MAPPING_ERROR) {
      this.naive.refuse(address, sizeBytes, vcpu);
      const free = this.naive.owners.length - this.naive.used;
      if (free * 2048 >= sizeBytes + 4096) this.tally.fragmented += 1;
      else this.tally.exhausted += 1;
      return;
    }
    const mapping = { address, bounce, sizeBytes, direction };
    this.naive.map(mapping, vcpu);
    this.live.push(mapping);
    this.tally.maps += 1;
    this.checkMapping(mapping);
  }

  private sync(mapping: NaiveMapping): void {
    const from = this.rng.below(mapping.sizeBytes);
    const sizeBytes = 1 + this.rng.below(mapping.sizeBytes - from);
    const swiotlb = this.anyVcpu();
    if (this.rng.chance(0.5)) {
      swiotlb.syncForCpu(mapping.bounce + from, sizeBytes, mapping.direction);
      this.naive.syncForCpu(mapping, from, sizeBytes);
    } else {
      swiotlb.syncForDevice(mapping.bounce + from, sizeBytes, mapping.direction);
      this.naive.syncForDevice(mapping, from, sizeBytes);
    }
    this.tally.syncs += 1;
    this.checkMapping(mapping);
  }

  /** The device may write anything into any bounce: also into one that it should only read. */
  private deviceWrite({ bounce, sizeBytes }: NaiveMapping): void {
    const from = this.rng.below(sizeBytes);
    this.write(bounce + from, Math.min(1 + this.rng.below(sizeBytes - from), 8192));
  }

  private unmap(mapping: NaiveMapping, i: number): void {
    this.anyVcpu().unmap(mapping.bounce, mapping.sizeBytes, mapping.direction);
    this.naive.unmap(mapping);
    this.live[i] = this.live.at(-1) as NaiveMapping;
    this.live.pop();
    this.tally.unmaps += 1;
    this.checkMapping(mapping);
  }

  private write(address: number, sizeBytes: number): void {
    const from = this.rng.below(this.noise.length - sizeBytes + 1);
    this.ram.copyIn(address, this.noise, from, sizeBytes);
    this.naive.write(address, this.noise.subarray(from, from + sizeBytes));
  }

  private withLive(body: (mapping: NaiveMapping, i: number) => void): void {
    if (this.live.length === 0) return;
    const i = this.rng.below(this.live.length);
    body(this.live[i] as NaiveMapping, i);
  }

  /** A mapping may be ended or synced by another vCPU than the one that made it. */
  private anyVcpu(): Swiotlb {
    return this.vcpus[this.rng.below(this.vcpus.length)] as Swiotlb;
  }

  private checkMapping({ address, bounce, sizeBytes }: NaiveMapping): void {
    this.checkBytes(address - GUARD_BYTES, address + sizeBytes + GUARD_BYTES);
    this.checkBytes(bounce - GUARD_BYTES, bounce + sizeBytes + GUARD_BYTES);
  }

  private checkBytes(from: number, to: number): void {
    const end = Math.min(to, this.ram.sizeBytes);
    const difference = Buffer.compare(this.ram.bytes(from, end - from), this.naive.bytes.subarray(from, end));
    assert.equal(difference, 0, `memory from ${from} to ${end} is not what it must be`);
  }
}
