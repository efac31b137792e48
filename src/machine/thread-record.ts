import { EventWriter } from '../events/event-ring.js';
import { RecordingPort } from '../events/recording-port.js';
import type { RingLife } from '../events/ring-life.js';
import { WatchedBell } from '../events/watched-bell.js';
import { WatchedDevice } from '../events/watched-device.js';
import { WatchedDriver } from '../events/watched-driver.js';
import type { Bell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import type { DeviceQueue, DriverQueue } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { ThreadConfig } from './thread-config.js';

/** What is put around the parts of a thread whose run is recorded. */
export class ThreadRecord {
  private readonly log: EventWriter;
  private readonly queue: number;

  private constructor(events: SharedArrayBuffer, queue: number) {
    this.log = new EventWriter(events);
    this.queue = queue;
  }

  /** Null: nothing is recorded, and nothing is put around anything. */
  static of({ record, index }: Pick<ThreadConfig, 'record' | 'index'>): ThreadRecord | null {
    return record === null ? null : new ThreadRecord(record, index);
  }

  /** The memory of the next ring's end: each has one of its own. */
  ringPort(inner: MemoryPort, { desc, driver, device }: RingAddresses): MemoryPort {
    this.log.write('ringAt', this.queue, desc, driver, device);
    return new RecordingPort(inner, this.log, this.queue);
  }

  bell(inner: Bell): Bell {
    return new WatchedBell(inner, this.log, this.queue);
  }

  driver(queue: DriverQueue<number>, life: RingLife): DriverQueue<number> {
    return new WatchedDriver(queue, this.log, life);
  }

  device(queue: DeviceQueue, life: RingLife): DeviceQueue {
    return new WatchedDevice(queue, this.log, life);
  }
}
