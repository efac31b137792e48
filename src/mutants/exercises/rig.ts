import { Allocator } from '../../memory/allocator.js';
import { Chain } from '../../virtqueue/chain.js';
import { IndirectTables } from '../../virtqueue/indirect-tables.js';
import { deviceQueue, driverQueue, initRing, type RingLayout, ringParts } from '../../virtqueue/layouts.js';
import type { DeviceQueue, DriverQueue, QueueOptions } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { RingAddresses } from '../../virtqueue/split-layout.js';
import { HookedMemory } from './hooked-memory.js';

export interface RigOptions extends Partial<QueueOptions> {
  readonly layout?: RingLayout;
}

const MEMORY_BYTES = 1 << 20;

/** Both ends of one queue on one thread, so that every step is the exercise's own. */
export class Rig {
  readonly memory: HookedMemory = new HookedMemory(MEMORY_BYTES);
  readonly allocator: Allocator = new Allocator(MEMORY_BYTES);
  readonly options: QueueOptions;
  readonly ring: RingAddresses;
  readonly driver: DriverQueue<number>;
  readonly device: DeviceQueue;
  kicks = 0;
  interrupts = 0;

  constructor({ layout = 'split', ...given }: RigOptions = {}) {
    const defaults = { size: 4, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };
    this.options = { ...defaults, ...given };
    const { size, startIndex } = this.options;
    const parts = ringParts(layout, size);
    this.ring = {
      desc: this.place(parts.desc.sizeBytes),
      driver: this.place(parts.driver.sizeBytes),
      device: this.place(parts.device.sizeBytes),
    };
    initRing(layout, this.memory, size, this.ring, startIndex);
    const kick = { notify: () => void (this.kicks += 1) };
    const interrupt = { notify: () => void (this.interrupts += 1) };
    const indirect = this.options.indirect
      ? { tables: new IndirectTables(this.allocator), directCount: 0 }
      : null;
    this.driver = driverQueue(layout, this.memory, this.ring, this.options, kick, indirect);
    this.device = deviceQueue(layout, this.memory, this.ring, this.options, interrupt);
  }

  /** Address of so many bytes that nobody else has. */
  place(sizeBytes: number): number {
    return this.allocator.allocate(sizeBytes, 64) as number;
  }

  /** A buffer of a word to read and `writable` words to write. */
  list(writable = 1): ScatterList {
    const list = new ScatterList().addReadable(this.place(4), 4);
    for (let i = 0; i < writable; i++) list.addWritable(this.place(4), 4);
    return list;
  }

  /** The device takes a buffer and returns it, without a notification. */
  serve(writtenBytes = 4): void {
    const chain = new Chain();
    if (this.device.pop(chain)) this.device.push(chain, writtenBytes);
  }
}
