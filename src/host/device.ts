import type { SplitWriter } from '../stats/split-writer.js';
import type { TimeUse } from '../stats/time-use.js';
import type { FeatureDependency, FeatureSet } from '../transport/features.js';
import type { DeviceQueue } from '../virtqueue/queue.js';

/** What one queue's device side has done: plain numbers that outlive a reset of the queue. */
export interface ServiceStats {
  buffersPopped: number;
  buffersUsed: number;
  interrupts: number;
  /** Decisions that the driver wants none. */
  interruptsSuppressed: number;
}

/** The device's work on one live queue. */
export interface QueueService {
  /** One turn, which never waits; false when there was nothing to do. */
  poll(): boolean;
  /**
   * Finishes what is in service, and takes nothing more; true when nothing is left, and all of it has been shown to the
   * driver and told, if it wants to be told. Throws like {@link poll}.
   */
  drain(): boolean;
  /** Forgets everything in service without touching the ring: the queue was reset. */
  abandon(): void;
}

/** What is told how a queue is served. */
export interface ServiceMeters {
  /** What is done for the ring, and what for the device behind it; left out: nobody wants to know. */
  readonly timeUse?: TimeUse;
  /** When buffers are taken, and when they are done; left out: nobody wants to know. */
  readonly split?: SplitWriter;
}

/** A kind of device, as a host thread needs it. */
export interface HostDevice {
  readonly deviceId: number;
  /** Device bits; those of the ring are the transport's. */
  readonly features: FeatureSet;
  readonly dependencies: readonly FeatureDependency[];
  readonly config: Uint8Array;
  readonly stats: ServiceStats;
  /** Calls to what is behind the device that failed, by errno. */
  readonly backendErrors: Readonly<Record<string, number>>;
  /** Starts to serve a queue that has gone live with these features. */
  serve(queue: DeviceQueue, features: FeatureSet, meters: ServiceMeters): QueueService;
  close(): void;
}
