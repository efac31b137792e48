import { assert } from '../assert.js';
import { allocateRing, LINE_PAIR_BYTES } from '../guest/queue-memory.js';
import { Allocator, RESERVED_BYTES } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { IndirectTables } from '../virtqueue/indirect-tables.js';
import { initRing, ringParts } from '../virtqueue/layouts.js';
import type { DeviceQueue, DriverQueue, Notifier } from '../virtqueue/queue.js';
import { type EndOptions, type QueueEnds, VRING_ENDS } from '../virtqueue/queue-ends.js';
import { DESC_BYTES, type RingAddresses } from '../virtqueue/split-layout.js';
import { ELEMENT_STRIDE_BYTES } from './buffer-shape.js';
import type { RoundPlan } from './round-plan.js';

/** Words that both threads write, each on lines of its own. */
export const BellAt: Readonly<Record<'kick' | 'interrupt', number>> = {
  kick: RESERVED_BYTES,
  interrupt: RESERVED_BYTES + LINE_PAIR_BYTES,
};

const FIRST_FREE = RESERVED_BYTES + 2 * LINE_PAIR_BYTES;
const MEMORY_BYTES = 256 * 1024;
/** Of each buffer in flight, at most, with what the allocator rounds up. */
const TABLE_BYTES = 2 * 4 * DESC_BYTES;
const SLOT_BYTES = 4 * ELEMENT_STRIDE_BYTES;

/** Where everything of a round is. Both threads, and who looks at them, make one of their own and come to the same. */
export class StressRig {
  readonly memory: SharedMemory;
  /** Of each ring of the round. */
  readonly rings: readonly RingAddresses[];
  private readonly plan: RoundPlan;
  private readonly ends: QueueEnds;
  private readonly tables: Allocator;
  private readonly payloadAddress: number;

  constructor(plan: RoundPlan, buffer: SharedArrayBuffer, ends: QueueEnds = VRING_ENDS) {
    this.plan = plan;
    this.ends = ends;
    this.memory = new SharedMemory(buffer, 0, neededBytes(plan));
    const allocator = new Allocator(this.memory.sizeBytes, FIRST_FREE);
    this.rings = Array.from({ length: plan.rings }, () => allocateRing(allocator, plan.layout, plan.size));
    const payload = allocator.allocate(plan.depth * SLOT_BYTES, LINE_PAIR_BYTES);
    assert(payload !== null, 'there is no room for the payload');
    this.payloadAddress = payload;
    this.tables = allocator;
  }

  static createMemory(): SharedArrayBuffer {
    return SharedMemory.ofSize(MEMORY_BYTES).buffer;
  }

  /** Makes all rings of the round what they must be before either side looks at them. */
  init(): void {
    const { layout, size, startIndex } = this.plan;
    for (const at of this.rings) initRing(layout, this.memory, size, at, startIndex);
  }

  /** Where element `element` of the buffer in slot `slot` is. */
  elementAddress(slot: number, element: number): number {
    return this.payloadAddress + slot * SLOT_BYTES + element * ELEMENT_STRIDE_BYTES;
  }

  /** One for all rings of the round. */
  newTables(): IndirectTables {
    return new IndirectTables(this.tables);
  }

  driver(port: MemoryPort, ring: number, notifier: Notifier, tables: IndirectTables): DriverQueue<number> {
    const { indirect, directCount } = this.plan;
    const use = indirect ? { tables, directCount } : null;
    return this.ends.driver(port, this.at(ring), this.options(), notifier, use);
  }

  device(port: MemoryPort, ring: number, notifier: Notifier): DeviceQueue {
    return this.ends.device(port, this.at(ring), this.options(), notifier);
  }

  private at(ring: number): RingAddresses {
    const at = this.rings[ring];
    assert(at !== undefined, 'there is no ring %', ring);
    return at;
  }

  private options(): EndOptions {
    const { layout, size, eventIdx, indirect, inOrder, startIndex } = this.plan;
    return { layout, size, eventIdx, indirect, inOrder, startIndex };
  }
}

/** No more than that: a snapshot of memory is to be small. */
function neededBytes({ layout, size, rings, depth }: RoundPlan): number {
  const parts = ringParts(layout, size);
  const padded = [parts.desc, parts.driver, parts.device].map(
    ({ sizeBytes }) => Math.ceil(sizeBytes / LINE_PAIR_BYTES) * LINE_PAIR_BYTES,
  );
  const ringBytes = padded.reduce((sum, bytes) => sum + bytes, 0);
  return FIRST_FREE + rings * ringBytes + depth * (SLOT_BYTES + TABLE_BYTES) + 2 * LINE_PAIR_BYTES;
}
