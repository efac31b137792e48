import { expect } from 'vitest';
import { BLK_HEADER_BYTES, BLK_RANGE_BYTES } from '../../../src/devices/blk.js';
import type { Backend } from '../../../src/host/backend.js';
import { blkFeatures, type BlkOffer, blkOffer } from '../../../src/host/blk-config.js';
import { BlkQueueService } from '../../../src/host/blk-device.js';
import { type BlkStats, newBlkStats } from '../../../src/host/blk-stats.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { BlkPlan, ServicePlan } from '../../../src/scenario/plan.js';
import { Feature, type FeatureSet } from '../../../src/transport/features.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import type { QueueOptions } from '../../../src/virtqueue/queue.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { SplitDevice } from '../../../src/virtqueue/split-device.js';
import { SplitDriver } from '../../../src/virtqueue/split-driver.js';
import { initSplitRing } from '../../../src/virtqueue/split-init.js';
import { splitLayout, splitParts } from '../../../src/virtqueue/split-layout.js';

export interface RigSetup {
  readonly backend?: Backend;
  readonly plan?: Partial<BlkPlan>;
  readonly service?: ServicePlan;
  readonly queue?: Partial<QueueOptions>;
  /** From what is offered, what the driver takes; all of it unless told. */
  readonly negotiate?: (offered: FeatureSet) => FeatureSet;
  readonly seed?: number;
}

/** A request as it came back. */
export interface Completion {
  readonly token: number;
  readonly usedLength: number;
  readonly status: number;
  /** The writable part without the status. */
  readonly data: Uint8Array;
}

interface Placed {
  readonly readable: readonly Uint8Array[];
  readonly addresses: readonly number[];
  readonly writableLengths: readonly number[];
}

/** What the device has not written reads as this. */
const CANARY = 0xcc;

const MEMORY_BYTES = 1024 * 1024;
const DISK_BYTES = 64 * 512;

/**
 * A real driver's end and a real device's end, on one thread, over one memory; only the transport is missing.
 */
export class BlkRig {
  readonly memory: SharedMemory = SharedMemory.ofSize(MEMORY_BYTES);
  readonly backend: Backend;
  readonly offer: BlkOffer;
  readonly driver: SplitDriver<number>;
  readonly queue: SplitDevice;
  readonly service: BlkQueueService;
  readonly stats: BlkStats = newBlkStats();
  interrupts = 0;
  private readonly allocator: Allocator = new Allocator(MEMORY_BYTES);
  private readonly placed: Map<number, Placed> = new Map();
  private nextToken = 0;

  constructor(setup: RigSetup = {}) {
    const size = setup.queue?.size ?? 64;
    const off = { eventIdx: false, indirect: false, inOrder: false, startIndex: 0 };
    const options: QueueOptions = { ...off, size, ...setup.queue };
    const parts = splitParts(size);
    const layout = splitLayout(size, {
      desc: this.allocate(parts.desc.sizeBytes),
      driver: this.allocate(parts.driver.sizeBytes),
      device: this.allocate(parts.device.sizeBytes),
    });
    initSplitRing(this.memory, layout, options.startIndex);
    this.backend = setup.backend ?? new MemoryBackend(SharedMemory.ofSize(DISK_BYTES), false);
    const plan: BlkPlan = { sizeMaxBytes: null, segMax: null, serial: 'rig', ...setup.plan };
    this.offer = blkOffer(plan, this.backend, 1);
    const offered = blkFeatures(this.offer);
    const features = setup.negotiate?.(offered) ?? offered;
    const indirect = options.indirect ? { tables: new IndirectTables(this.allocator), directCount: 1 } : null;
    this.driver = new SplitDriver(this.memory, layout, options, { notify: () => undefined }, indirect);
    this.queue = new SplitDevice(this.memory, layout, options, { notify: () => (this.interrupts += 1) });
    this.service = new BlkQueueService({
      port: this.memory,
      queue: this.queue,
      backend: this.backend,
      offer: this.offer,
      features: options.inOrder ? features.with(Feature.inOrder) : features,
      service: setup.service ?? { window: 1, order: 'fifo' },
      rng: new Rng(setup.seed ?? 1),
      stats: this.stats,
    });
  }

  /** Makes a request available: one descriptor for each piece of `readable` and each of `writableLengths`. */
  submit(readable: readonly Uint8Array[], writableLengths: readonly number[]): number {
    const token = this.nextToken++;
    const list = new ScatterList();
    const addresses: number[] = [];
    for (const bytes of readable) {
      const address = this.allocate(Math.max(1, bytes.length));
      this.memory.copyIn(address, bytes, 0, bytes.length);
      addresses.push(address);
      list.addReadable(address, bytes.length);
    }
    for (const length of writableLengths) {
      const address = this.allocate(Math.max(1, length));
      this.memory.bytes(address, length).fill(CANARY);
      addresses.push(address);
      list.addWritable(address, length);
    }
    this.placed.set(token, { readable: readable.map((bytes) => bytes.slice()), addresses, writableLengths });
    expect(this.driver.addBuf(list, token), 'the request fits the ring').toBe(true);
    return token;
  }

  /** Whatever the device has returned, in its order. */
  collect(): Completion[] {
    const completions: Completion[] = [];
    for (;;) {
      const token = this.driver.getBuf();
      if (token === undefined) return completions;
      completions.push(this.completion(token, this.driver.usedLength));
    }
  }

  /** Lets the device work until it has nothing left to do. */
  drain(): Completion[] {
    while (this.service.poll());
    expect(this.service.inService, 'an idle device holds no request back').toBe(0);
    return this.collect();
  }

  /** One request, from the driver to the device and back. */
  request(readable: readonly Uint8Array[], writableLengths: readonly number[]): Completion {
    const token = this.submit(readable, writableLengths);
    const completions = this.drain();
    expect(completions.map((completion) => completion.token)).toEqual([token]);
    return completions[0] as Completion;
  }

  private completion(token: number, usedLength: number): Completion {
    const placed = this.placed.get(token);
    expect(placed, `token ${token} comes back once`).toBeDefined();
    const { readable, addresses, writableLengths } = placed as Placed;
    this.placed.delete(token);
    readable.forEach((bytes, i) => {
      const now = this.memory.bytes(addresses[i] as number, bytes.length);
      expect(Buffer.compare(now, bytes), 'N0036: what is for the device to read stays as it was').toBe(0);
    });
    const written = writableLengths.map((length, i) =>
      this.memory.bytes(addresses[readable.length + i] as number, length).slice(),
    );
    for (const address of addresses) this.allocator.free(address);
    const bytes = Uint8Array.from(Buffer.concat(written));
    return { token, usedLength, status: bytes.at(-1) as number, data: bytes.subarray(0, -1) };
  }

  private allocate(sizeBytes: number): number {
    const address = this.allocator.allocate(sizeBytes);
    expect(address, 'the memory is large enough for the test').not.toBeNull();
    return address as number;
  }
}

/** The 16 bytes in front of every request. */
export function header(type: number, sector: number | bigint = 0): Uint8Array {
  const bytes = Buffer.alloc(BLK_HEADER_BYTES);
  bytes.writeUInt32LE(type, 0);
  bytes.writeBigUInt64LE(BigInt(sector), 8);
  return Uint8Array.from(bytes);
}

/** One range of a DISCARD or WRITE_ZEROES. */
export function range(sector: number | bigint, sectorCount: number, flags = 0): Uint8Array {
  const bytes = Buffer.alloc(BLK_RANGE_BYTES);
  bytes.writeBigUInt64LE(BigInt(sector), 0);
  bytes.writeUInt32LE(sectorCount, 8);
  bytes.writeUInt32LE(flags, 12);
  return Uint8Array.from(bytes);
}
