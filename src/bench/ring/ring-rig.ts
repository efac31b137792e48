import { assert } from '../../assert.js';
import type { DmaApi } from '../../dma/dma-api.js';
import { DmaDirect } from '../../dma/dma-direct.js';
import { DmaPages } from '../../dma/dma-pages.js';
import { newDmaStats } from '../../dma/dma-stats.js';
import { PAGE_BYTES } from '../../dma/pages.js';
import { ramCopier, Swiotlb } from '../../dma/swiotlb.js';
import { slotCountFor, SwiotlbPool } from '../../dma/swiotlb-pool.js';
import { SLOT_BYTES } from '../../dma/swiotlb-slots.js';
import { allocateRing, LINE_PAIR_BYTES } from '../../guest/queue-memory.js';
import { Allocator, RESERVED_BYTES } from '../../memory/allocator.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import { SharedMemory } from '../../memory/shared-memory.js';
import type { RingLife } from '../../events/ring-life.js';
import { DmaDriver } from '../../virtqueue/dma-driver.js';
import { IndirectTables } from '../../virtqueue/indirect-tables.js';
import { deviceQueue, driverQueue, initRing, ringParts } from '../../virtqueue/layouts.js';
import type { DeviceQueue, DriverQueue, QueueOptions } from '../../virtqueue/queue.js';
import { DESC_BYTES, type RingAddresses } from '../../virtqueue/split-layout.js';
import { LookedAt, NOBODY, type OnlookerMemory } from './onlooker.js';
import { bufferBytes, type RingCase } from './ring-case.js';

/** Words that both threads write, each on lines of its own. */
const Word = {
  kick: RESERVED_BYTES,
  interrupt: RESERVED_BYTES + LINE_PAIR_BYTES,
} as const;
const FIRST_FREE = RESERVED_BYTES + 2 * LINE_PAIR_BYTES;

/** One ring and everything around it in guest memory. Both threads make one of their own, and come to the same. */
export class RingRig {
  readonly memory: SharedMemory;
  readonly kickBell: Doorbell;
  readonly interruptBell: Doorbell;
  /** Buffers of the guest, one behind the other, as many as are in flight at most. */
  readonly payloadAddress: number;
  /** From one buffer to the next. */
  readonly strideBytes: number;
  private readonly looked: LookedAt;
  private readonly ringCase: RingCase;
  private readonly at: RingAddresses;
  private readonly allocator: Allocator;

  constructor(ringCase: RingCase, buffer: SharedArrayBuffer, onlooker: OnlookerMemory = NOBODY) {
    this.ringCase = ringCase;
    this.looked = new LookedAt(ringCase, onlooker);
    this.memory = new SharedMemory(buffer);
    this.kickBell = new Doorbell(this.memory, Word.kick);
    this.interruptBell = new Doorbell(this.memory, Word.interrupt);
    this.allocator = new Allocator(this.memory.sizeBytes, FIRST_FREE);
    this.at = allocateRing(this.allocator, ringCase.layout, ringCase.ringSize);
    this.strideBytes = strideBytes(ringCase);
    const payload = this.allocator.allocate(ringCase.depth * this.strideBytes, LINE_PAIR_BYTES);
    assert(payload !== null, 'guest memory has no room for the buffers');
    this.payloadAddress = payload;
  }

  /** Memory for a case, with its ring as it must be before the queue is enabled. */
  static create(ringCase: RingCase): SharedArrayBuffer {
    const parts = ringParts(ringCase.layout, ringCase.ringSize);
    const ringBytes = parts.desc.sizeBytes + parts.driver.sizeBytes + parts.device.sizeBytes;
    const tablesBytes = ringCase.indirect ? 2 * ringCase.depth * ringCase.elements * DESC_BYTES : 0;
    const neededBytes =
      FIRST_FREE +
      ringBytes +
      tablesBytes +
      ringCase.depth * strideBytes(ringCase) +
      8 * LINE_PAIR_BYTES +
      (ringCase.dma === 'bounced' ? poolSlots(ringCase) * SLOT_BYTES + PAGE_BYTES : 0);
    const rig = new RingRig(ringCase, SharedMemory.ofSize(Math.ceil(neededBytes / 4096) * 4096).buffer);
    initRing(ringCase.layout, rig.memory, ringCase.ringSize, rig.at, 0);
    return rig.memory.buffer;
  }

  driver(): DriverQueue<number> {
    const { layout, indirect } = this.ringCase;
    const dma = this.dma();
    const tables = indirect ? { tables: new IndirectTables(this.allocator, dma), directCount: 0 } : null;
    const notifier = { notify: () => this.kickBell.ring() };
    const port = this.looked.ringPort(this.looked.port(this.memory, 'driver'), this.at);
    const ringEnd = driverQueue<number>(layout, port, this.at, this.options(), notifier, tables);
    const owned = this.looked.ownedDriver(ringEnd);
    return this.looked.driver(dma === null ? owned : new DmaDriver(owned, dma), this.life);
  }

  private dma(): DmaApi | null {
    const { dma } = this.ringCase;
    if (dma === 'none') return null;
    const stats = newDmaStats();
    const common = { ram: this.memory, exposure: null, stats, trace: null };
    const pages = new DmaPages(this.memory, this.allocator, null, null);
    const swiotlb =
      dma === 'direct'
        ? null
        : new Swiotlb({
            ...common,
            pool: this.pool(),
            copier: ramCopier(this.memory),
            minAlignMask: 0,
            vcpu: 0,
            growth: null,
          });
    const forced = dma === 'direct' ? 'no' : 'asked for';
    return new DmaDirect({ ...common, pages, swiotlb, forced, maskBits: 64 });
  }

  /** Only the driver's thread knows of the pool; its records are in memory of its own. */
  private pool(): SwiotlbPool {
    const slotCount = poolSlots(this.ringCase);
    const startAddress = this.allocator.allocate(slotCount * SLOT_BYTES, PAGE_BYTES);
    assert(startAddress !== null, 'guest memory has no room for a bounce pool');
    const shape = { startAddress, slotCount, areaCount: 1 };
    const pool = new SwiotlbPool(SharedMemory.ofSize(SwiotlbPool.recordBytes(shape)), 0, shape);
    pool.reset();
    return pool;
  }

  device(): DeviceQueue {
    const notifier = { notify: () => this.interruptBell.ring() };
    const port = this.looked.ringPort(this.memory, this.at);
    const ringEnd = deviceQueue(this.ringCase.layout, port, this.at, this.options(), notifier);
    return this.looked.device(ringEnd, this.life);
  }

  /** Where the device finds the payload. */
  get payloadPort(): MemoryPort {
    return this.looked.port(this.memory, 'device');
  }

  private get life(): RingLife {
    return { queue: 0, life: 1, layout: this.ringCase.layout, options: this.options() };
  }

  private options(): QueueOptions {
    const { ringSize, eventIdx, indirect, inOrder } = this.ringCase;
    return { size: ringSize, eventIdx, indirect, inOrder, startIndex: 0 };
  }
}

/** Twice what is in flight at most: what the place of a buffer costs, and not what it costs to run out of places. */
function poolSlots(ringCase: RingCase): number {
  const table = ringCase.indirect ? 1 : 0;
  const each = ringCase.elements * Math.ceil(ringCase.elementBytes / PAGE_BYTES) * 2 + table;
  return slotCountFor(2 * ringCase.depth * each * SLOT_BYTES, 1);
}

/** Buffers share no cache line. */
function strideBytes(ringCase: RingCase): number {
  return Math.max(1, Math.ceil(bufferBytes(ringCase) / LINE_PAIR_BYTES)) * LINE_PAIR_BYTES;
}
