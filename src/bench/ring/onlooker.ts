import { createEventRing } from '../../events/event-ring.js';
import { DRAIN_MS, JobCheck } from '../../machine/job-check.js';
import { ThreadRecord } from '../../machine/thread-record.js';
import { ThreadWatch, type WatchBuffers } from '../../machine/thread-watch.js';
import { every } from '../../machine/ticker.js';
import type { MemoryPort } from '../../memory/port.js';
import type { DeviceQueue, DriverQueue } from '../../virtqueue/queue.js';
import type { RingAddresses } from '../../virtqueue/split-layout.js';
import type { RingLife } from '../../events/ring-life.js';
import type { RingCase } from './ring-case.js';

/** Shared memory by which one thread is looked at; nulls: nobody looks. */
export interface OnlookerMemory {
  readonly watch: WatchBuffers | null;
  readonly record: SharedArrayBuffer | null;
}

export const NOBODY: OnlookerMemory = { watch: null, record: null };

/** Events that are kept, the newest ones: of those before, the cost is what counts. */
const KEPT_EVENTS = 4096;

/** Who looks on at a pair of threads, with the memory that both are given. */
export class Onlookers {
  readonly guest: OnlookerMemory;
  readonly host: OnlookerMemory;
  private readonly check: JobCheck | null;

  constructor({ onlooker, depth }: RingCase, memoryBytes: number) {
    const isChecked = onlooker === 'checks';
    const check = isChecked ? new JobCheck({ queues: 1, tokenCount: depth, memoryBytes }) : null;
    const record = (): SharedArrayBuffer | null =>
      onlooker === 'none' || isChecked ? null : createEventRing('recorder', KEPT_EVENTS);
    this.guest = { watch: check?.watchGuest(0) ?? null, record: record() };
    this.host = { watch: check?.watchHost(0) ?? null, record: record() };
    this.check = check;
  }

  /** Checks what is recorded while `threads` run; what is wrong with it fails. */
  async during<T>(threads: Promise<T>): Promise<T> {
    const check = this.check;
    if (check === null) return threads;
    const stop = every(DRAIN_MS, () => check.drain());
    try {
      const done = await threads;
      const wrong = check.drain();
      if (wrong !== null) throw wrong;
      return done;
    } finally {
      stop();
    }
  }

  /** The threads will do no more, and all that they did was done to the end. */
  end(): void {
    this.check?.end(true);
    const wrong = this.check?.drain() ?? null;
    if (wrong !== null) throw wrong;
  }
}

/** What is put around one thread's end of the ring: nothing, where nobody looks on. */
export class LookedAt {
  private readonly watch: ThreadWatch | null;
  private readonly record: ThreadRecord | null;
  private readonly hasStores: boolean;

  constructor({ onlooker }: RingCase, { watch, record }: OnlookerMemory) {
    this.watch = ThreadWatch.of({ watch, index: 0 });
    this.record = ThreadRecord.of({ record, index: 0 });
    this.hasStores = onlooker === 'stores';
  }

  /** What a side may touch of its buffers. */
  port(inner: MemoryPort, side: 'driver' | 'device'): MemoryPort {
    return this.watch?.port(inner, side) ?? inner;
  }

  ringPort(inner: MemoryPort, at: RingAddresses): MemoryPort {
    return this.hasStores ? (this.record?.ringPort(inner, at) ?? inner) : inner;
  }

  ownedDriver(ringEnd: DriverQueue<number>): DriverQueue<number> {
    return this.watch?.ownedDriver(ringEnd) ?? ringEnd;
  }

  driver(queue: DriverQueue<number>, life: RingLife): DriverQueue<number> {
    const watched = this.watch?.driver(queue, life) ?? queue;
    return this.record?.driver(watched, life) ?? watched;
  }

  device(queue: DeviceQueue, life: RingLife): DeviceQueue {
    const watched = this.watch?.device(queue, life) ?? queue;
    return this.record?.device(watched, life) ?? watched;
  }
}
