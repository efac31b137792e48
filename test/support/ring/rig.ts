import { Allocator } from '../../../src/memory/allocator.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import {
  deviceQueue,
  driverQueue,
  initRing,
  type RingLayout,
  ringParts,
} from '../../../src/virtqueue/layouts.js';
import type { DeviceQueue, DriverQueue, Notifier, QueueOptions } from '../../../src/virtqueue/queue.js';
import type { RingAddresses, RingPart } from '../../../src/virtqueue/split-layout.js';
import { PackedWire } from './packed-wire.js';
import { WireRing } from './wire.js';

/** What has come of notifications in one direction. */
export interface Notified {
  readonly count: number;
  /** What the last one carried; null where they carry nothing. */
  readonly lastIndex: number | null;
}

/** Counts notifications and keeps what the last one carried. */
export class CountingNotifier implements Notifier, Notified {
  count = 0;
  lastIndex = -1;

  notify(nextIndex: number): void {
    this.count += 1;
    this.lastIndex = nextIndex;
  }
}

export interface RigOptions extends Partial<QueueOptions> {
  /**
   * Direct descriptors in front of an indirect one; a number switches INDIRECT_DESC and its use on. On a packed ring,
   * where a list is all direct or one indirect, those with more than one range behind them are indirect.
   */
  readonly directCount?: number | null;
  readonly memoryBytes?: number;
  /** What the ends see of the memory, when that is to be watched. */
  readonly driverPort?: (memory: MemoryPort) => MemoryPort;
  readonly devicePort?: (memory: MemoryPort) => MemoryPort;
}

/** Both ends of a queue, wherever they are and however notifications get from one to the other. */
export interface QueueEnds {
  readonly options: QueueOptions;
  readonly driver: DriverQueue<number>;
  readonly device: DeviceQueue;
  readonly kicks: Notified;
  readonly interrupts: Notified;
  /** Memory for payload, 4 KiB, that nothing else uses. */
  readonly payload: number;
}

/** A driver and a device over one memory, on one thread, whatever the layout of the ring between them. */
export interface AnyRig extends QueueEnds {
  readonly memory: SharedMemory;
  readonly allocator: Allocator;
  readonly kicks: CountingNotifier;
  readonly interrupts: CountingNotifier;
}

/** Both ends of a split ring, and the third party that reads and writes the bytes. */
export interface Rig extends AnyRig {
  readonly wire: WireRing;
}

/** The same of a packed ring. */
export interface PackedRig extends AnyRig {
  readonly wire: PackedWire;
}

/** The ends of a split ring and the third party, without the memory. */
export type SplitEnds = QueueEnds & Pick<Rig, 'wire'>;

/** The same of a packed ring. */
export type PackedEnds = QueueEnds & Pick<PackedRig, 'wire'>;

export const PAYLOAD_BYTES = 4096;

export function makeRig(wanted: RigOptions = {}): Rig {
  const { at, rig } = build('split', wanted);
  return { ...rig, wire: splitWire(rig.memory, rig.options.size, at) };
}

export function makePackedRig(wanted: RigOptions = {}): PackedRig {
  const { at, rig } = build('packed', wanted);
  return { ...rig, wire: packedWire(rig.memory, rig.options.size, at) };
}

export function splitWire({ buffer }: SharedMemory, size: number, at: RingAddresses): WireRing {
  return new WireRing(buffer, size, { desc: at.desc, avail: at.driver, used: at.device });
}

export function packedWire({ buffer }: SharedMemory, size: number, at: RingAddresses): PackedWire {
  return new PackedWire(buffer, size, { ring: at.desc, driverEvent: at.driver, deviceEvent: at.device });
}

/** Of either layout, for what is true of both. */
export function makeAnyRig(layout: RingLayout, wanted: RigOptions = {}): AnyRig {
  return build(layout, wanted).rig;
}

function build(layout: RingLayout, wanted: RigOptions): { at: RingAddresses; rig: AnyRig } {
  const { memoryBytes = 1 << 19, directCount = null } = wanted;
  const options: QueueOptions = {
    size: wanted.size ?? 8,
    eventIdx: wanted.eventIdx ?? false,
    indirect: wanted.indirect ?? directCount !== null,
    inOrder: wanted.inOrder ?? false,
    startIndex: wanted.startIndex ?? 0,
  };
  const memory = SharedMemory.ofSize(memoryBytes);
  const allocator = new Allocator(memoryBytes);
  const parts = ringParts(layout, options.size);
  const place = ({ sizeBytes, align }: RingPart) => allocateOrFail(allocator, sizeBytes, align);
  const at = { desc: place(parts.desc), driver: place(parts.driver), device: place(parts.device) };
  initRing(layout, memory, options.size, at, options.startIndex);
  const kicks = new CountingNotifier();
  const interrupts = new CountingNotifier();
  const indirect = directCount === null ? null : { tables: new IndirectTables(allocator), directCount };
  const driverPort = wanted.driverPort?.(memory) ?? memory;
  const devicePort = wanted.devicePort?.(memory) ?? memory;
  const rig: AnyRig = {
    memory,
    allocator,
    options,
    driver: driverQueue<number>(layout, driverPort, at, options, kicks, indirect),
    device: deviceQueue(layout, devicePort, at, options, interrupts),
    kicks,
    interrupts,
    payload: allocateOrFail(allocator, PAYLOAD_BYTES, 64),
  };
  return { at, rig };
}

/** Every byte of the memory, for a comparison before and after. */
export function snapshot(rig: AnyRig): Buffer {
  return Buffer.from(Buffer.from(rig.memory.buffer));
}

function allocateOrFail(allocator: Allocator, sizeBytes: number, align: number): number {
  const address = allocator.allocate(sizeBytes, align);
  if (address === null) throw new Error(`no room for ${sizeBytes} bytes: give the rig more memory`);
  return address;
}
