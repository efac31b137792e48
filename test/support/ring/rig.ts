import { Allocator } from '../../../src/memory/allocator.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import type { Notifier, QueueOptions } from '../../../src/virtqueue/queue.js';
import { SplitDevice } from '../../../src/virtqueue/split-device.js';
import { SplitDriver } from '../../../src/virtqueue/split-driver.js';
import { initSplitRing } from '../../../src/virtqueue/split-init.js';
import { splitLayout, splitParts } from '../../../src/virtqueue/split-layout.js';
import { WireRing } from './wire.js';

/** Counts notifications and keeps what the last one carried. */
export class CountingNotifier implements Notifier {
  count = 0;
  lastIndex = -1;

  notify(nextIndex: number): void {
    this.count += 1;
    this.lastIndex = nextIndex;
  }
}

export interface RigOptions extends Partial<QueueOptions> {
  /** Direct descriptors in front of an indirect one; a number switches INDIRECT_DESC and its use on. */
  readonly directCount?: number | null;
  readonly memoryBytes?: number;
  /** What the ends see of the memory, when that is to be watched. */
  readonly driverPort?: (memory: MemoryPort) => MemoryPort;
  readonly devicePort?: (memory: MemoryPort) => MemoryPort;
}

/** A driver and a device over one memory, on one thread, and the third party that reads and writes the bytes. */
export interface Rig {
  readonly memory: SharedMemory;
  readonly allocator: Allocator;
  readonly options: QueueOptions;
  readonly wire: WireRing;
  readonly driver: SplitDriver<number>;
  readonly device: SplitDevice;
  readonly kicks: CountingNotifier;
  readonly interrupts: CountingNotifier;
  /** Memory for payload, 4 KiB, that nothing else uses. */
  readonly payload: number;
}

const PAYLOAD_BYTES = 4096;

export function makeRig(wanted: RigOptions = {}): Rig {
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
  const parts = splitParts(options.size);
  const desc = allocateOrFail(allocator, parts.desc.sizeBytes, parts.desc.align);
  const avail = allocateOrFail(allocator, parts.driver.sizeBytes, parts.driver.align);
  const used = allocateOrFail(allocator, parts.device.sizeBytes, parts.device.align);
  const layout = splitLayout(options.size, { desc, driver: avail, device: used });
  initSplitRing(memory, layout, options.startIndex);
  const kicks = new CountingNotifier();
  const interrupts = new CountingNotifier();
  const indirect = directCount === null ? null : { tables: new IndirectTables(allocator), directCount };
  const driverPort = wanted.driverPort?.(memory) ?? memory;
  const devicePort = wanted.devicePort?.(memory) ?? memory;
  return {
    memory,
    allocator,
    options,
    wire: new WireRing(memory.buffer, options.size, { desc, avail, used }),
    driver: new SplitDriver<number>(driverPort, layout, options, kicks, indirect),
    device: new SplitDevice(devicePort, layout, options, interrupts),
    kicks,
    interrupts,
    payload: allocateOrFail(allocator, PAYLOAD_BYTES, 64),
  };
}

/** Every byte of the memory, for a comparison before and after. */
export function snapshot(rig: Rig): Buffer {
  return Buffer.from(Buffer.from(rig.memory.buffer));
}

function allocateOrFail(allocator: Allocator, sizeBytes: number, align: number): number {
  const address = allocator.allocate(sizeBytes, align);
  if (address === null) throw new Error(`no room for ${sizeBytes} bytes: give the rig more memory`);
  return address;
}
