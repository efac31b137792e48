import { OwnedDevice, OwnedDriver } from '../checkers/owned-ends.js';
import { OwnershipMap } from '../checkers/ownership.js';
import { OwnershipPort } from '../checkers/ownership-port.js';
import { EventWriter } from '../events/event-ring.js';
import type { RingLife } from '../events/ring-life.js';
import { WatchedBell } from '../events/watched-bell.js';
import { WatchedDevice } from '../events/watched-device.js';
import { WatchedDriver } from '../events/watched-driver.js';
import type { Bell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import type { DeviceQueue, DriverQueue } from '../virtqueue/queue.js';
import type { ThreadConfig } from './thread-config.js';

/** Shared memory by which a thread is watched. */
export interface WatchBuffers {
  /** The thread's own ring of events. */
  readonly events: SharedArrayBuffer;
  /** Whose each byte of guest memory is; shared by all threads. */
  readonly ownership: SharedArrayBuffer;
}

/** What is put around the parts of a thread whose run is checked. */
export class ThreadWatch {
  private readonly log: EventWriter;
  private readonly map: OwnershipMap;
  private readonly queue: number;

  private constructor({ events, ownership }: WatchBuffers, queue: number) {
    this.log = new EventWriter(events);
    this.map = new OwnershipMap(new SharedMemory(ownership));
    this.queue = queue;
  }

  /** Null: nobody watches, and nothing is put around anything. */
  static of({ watch, index }: Pick<ThreadConfig, 'watch' | 'index'>): ThreadWatch | null {
    return watch === null ? null : new ThreadWatch(watch, index);
  }

  /** Memory in which only what is this side's own may be touched. */
  port(inner: MemoryPort, side: 'driver' | 'device'): MemoryPort {
    return new OwnershipPort(inner, this.map, side);
  }

  bell(inner: Bell): Bell {
    return new WatchedBell(inner, this.log, this.queue);
  }

  /** The ring's end of a driver, by the addresses that the device is told. */
  ownedDriver(ringEnd: DriverQueue<number>): DriverQueue<number> {
    return new OwnedDriver(ringEnd, this.map);
  }

  /** What a driver posts to. */
  driver(queue: DriverQueue<number>, life: RingLife): DriverQueue<number> {
    return new WatchedDriver(queue, this.log, life);
  }

  device(ringEnd: DeviceQueue, life: RingLife): DeviceQueue {
    return new WatchedDevice(new OwnedDevice(ringEnd, this.map), this.log, life);
  }
}
