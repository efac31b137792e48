/**
 * A scenario as the rooms above and below it use it: every default filled in, every matrix cell spelled out, every
 * unit turned into bytes, milliseconds or a plain count. Plain data: it crosses threads.
 */
export interface ScenarioPlan {
  readonly name: string;
  readonly description: string;
  /** Path of the file as the user gave it. */
  readonly file: string;
  /** 32 bits; everything random in the run follows from it. */
  readonly seed: number;
  readonly jobs: readonly JobPlan[];
  readonly thresholds: readonly Threshold[];
}

/** Ring features that a scenario may switch on; the spec's names. */
export type RingFeatureName =
  | 'INDIRECT_DESC'
  | 'EVENT_IDX'
  | 'IN_ORDER'
  | 'NOTIFICATION_DATA'
  | 'RING_RESET'
  | 'ORDER_PLATFORM'
  | 'SUSPEND'
  | 'ACCESS_PLATFORM';

/** How a driver reaches its device. */
export type TransportName = 'mmio' | 'pci';

/** One machine with one device and one workload. Jobs of a scenario run one after the other. */
export interface JobPlan {
  /** Name in the file; with a matrix, followed by its values: `randread[queue.size=64]`. */
  readonly name: string;
  /** The matrix values of this cell, by path; empty without a matrix. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
  readonly device: 'blk' | 'rng';
  readonly transport: TransportName;
  readonly memoryBytes: number;
  /** Null: the host can read all of guest memory. */
  readonly encryption: EncryptionPlan | null;
  /** Null: the driver knows no DMA API, and the device is given guest-physical addresses. */
  readonly dma: DmaPlan | null;
  readonly wait: WaitPlan;
  readonly queue: QueuePlan;
  readonly backend: BackendPlan;
  readonly blk: BlkPlan;
  readonly service: ServicePlan;
  readonly workload: WorkloadPlan;
  /** No completed operation for this long, although some are outstanding, is a stall. */
  readonly stallTimeoutMs: number;
  /** A worker that is made to fail on purpose, to see what the rest does. */
  readonly fault: WorkerFaultPlan | null;
  /** What is done to the device and its rings while they are loaded; null: nothing. */
  readonly lifecycle: LifecyclePlan | null;
}

/** Guest memory is encrypted: pages are private until the guest shares them with the host. */
export interface EncryptionPlan {
  /** What the device gets that touches a private page: ciphertext, zeros, or an error. */
  readonly hostSees: 'garbage' | 'zero' | 'fault';
  /** Of the conversions behind those at boot, the share that the host refuses. */
  readonly refusal: number;
  /** The guest takes no device without ACCESS_PLATFORM. False: a guest from before that rule. */
  readonly requireAccessPlatform: boolean;
}

/** How the driver's DMA API maps buffers. It is used where ACCESS_PLATFORM is negotiated. */
export interface DmaPlan {
  /**
   * `direct`: a buffer is mapped as it is, and bounced only where the device cannot reach it. `swiotlb`: every buffer
   * is bounced. `restricted`: the same, and the rings are in the pool too: the device reaches nothing else.
   */
  readonly mapping: 'direct' | 'swiotlb' | 'restricted';
  /** The device reaches addresses below 2^maskBits. */
  readonly maskBits: number;
  /** Low bits of an address that a bounce keeps; 0 or 2^n - 1, below 4096. */
  readonly minAlignMask: number;
  /** The bounce pool, in front of all other memory; null: there is none. */
  readonly pool: DmaPoolPlan | null;
  /** Check every use of the DMA API and every copy; costs as much again as the copies. */
  readonly checked: boolean;
}

export interface DmaPoolPlan {
  /** Whole sets of 256 KiB, at least one for each area. */
  readonly sizeBytes: number;
  /** By how much each vCPU may grow it when it is exhausted; 0: not at all. */
  readonly growthBytes: number;
}

/** How a thread waits for the other side: spin, sleep at once, or spin for `spinNs` and then sleep. */
export interface WaitPlan {
  readonly policy: 'poll' | 'block' | 'adaptive';
  readonly spinNs: number;
}

export interface QueuePlan {
  readonly layout: 'split' | 'packed';
  readonly size: number;
  /** Queues; each has a guest thread and a host thread of its own. */
  readonly count: number;
  readonly features: readonly RingFeatureName[];
  /**
   * Only with INDIRECT_DESC. Split: ranges in front of the indirect descriptor. Packed, where a list is one or the
   * other: buffers of up to one range more stay direct.
   */
  readonly directCount: number;
  /** First value of the ring indices, to run across the wrap at 65536 early. */
  readonly startIndex: number;
}

export type BackendPlan = MemoryBackendPlan | FileBackendPlan;

/** A disk in memory, filled before the run with what the verifier expects. */
export interface MemoryBackendPlan {
  readonly kind: 'memory';
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  readonly faults: readonly BackendFaultPlan[];
}

/** A raw image file, read and written in place. */
export interface FileBackendPlan {
  readonly kind: 'file';
  readonly path: string;
  readonly readOnly: boolean;
  readonly faults: readonly BackendFaultPlan[];
}

/** An error that the backend returns on purpose. */
export interface BackendFaultPlan {
  readonly operation: 'read' | 'write' | 'flush' | 'discard' | 'write_zeroes' | 'any';
  readonly errno: 'EIO' | 'ENOSPC';
  /** Backend calls of that kind, on each queue, that succeed before the first failure. */
  readonly afterCalls: number;
  /** Of the calls after these, the share that fails. */
  readonly probability: number;
}

/** What the block device offers (virtio 1.4, 5.2.4); null: the limit is not offered. */
export interface BlkPlan {
  readonly sizeMaxBytes: number | null;
  readonly segMax: number | null;
  readonly serial: string;
}

/** The order in which the device finishes requests. */
export interface ServicePlan {
  /** Requests taken off the queue before one of them is finished; 1 finishes each before the next. */
  readonly window: number;
  /** Which of those in the window is next. IN_ORDER leaves only fifo. */
  readonly order: 'random' | 'fifo' | 'lifo';
}

export interface WorkloadPlan {
  readonly kind: 'read' | 'write' | 'mixed' | 'copy';
  readonly pattern: 'sequential' | 'random';
  /** Share of each operation; positive weights, at least one. */
  readonly mix: readonly { readonly operation: BlkOperation; readonly weight: number }[];
  /** Request sizes, multiples of 512, with their weights. */
  readonly blocks: readonly { readonly sizeBytes: number; readonly weight: number }[];
  readonly arrival: ArrivalPlan;
  /** Data ranges of a request: their number is drawn between these. */
  readonly segments: { readonly min: number; readonly max: number };
  /** Header and status in descriptors of their own, or merged with the data (2.7.4 allows any framing). */
  readonly framing: 'separate' | 'merged';
  /** Over all queues. With neither, a sequential workload ends after one pass over the disk. */
  readonly operations: number | null;
  readonly durationMs: number | null;
  /** Operations, over all queues, or time at the start that no statistic counts. */
  readonly warmup: { readonly operations: number; readonly durationMs: number };
  readonly verify: boolean;
  /** SHA-256 over all that a sequential read of the whole disk returned; one queue. */
  readonly hash: boolean;
  /** copy: the file whose bytes go to `offsetBytes` of the disk. */
  readonly source: { readonly path: string; readonly offsetBytes: number } | null;
}

export type BlkOperation = 'read' | 'write' | 'flush' | 'discard' | 'write_zeroes';

/** When the next request is issued. */
export type ArrivalPlan =
  /** As soon as fewer than `depth` are outstanding on the queue: latency counts from the submission. */
  | { readonly model: 'closed'; readonly depth: number }
  /** At a rate, over all queues, whatever is outstanding: latency counts from the moment it was meant to be issued. */
  | {
      readonly model: 'open';
      readonly ratePerS: number;
      readonly distribution: 'constant' | 'poisson';
      /** At most this many outstanding on a queue; later arrivals wait, and their waiting counts. */
      readonly depth: number;
    };

export interface WorkerFaultPlan {
  readonly worker: 'guest' | 'host';
  /** Which thread of that side: the queue's number. */
  readonly queue: number;
  /**
   * `exit` ends the thread, `throw` raises an exception in it, `hang` makes it stop answering, `pause` for a while;
   * `needs_reset`, for the host, makes the device give up once (DEVICE_NEEDS_RESET), and the driver recover it.
   * `lose_notification` swallows one kick of the guest, or one interrupt of the host.
   */
  readonly how: 'exit' | 'throw' | 'hang' | 'pause' | 'needs_reset' | 'lose_notification';
  /** Operations that the queue completes before. */
  readonly afterOperations: number;
  /** How long a `pause` is. */
  readonly pauseMs: number;
}

/** Of the whole device: `device_reset`, `suspend` (and resume). Of one ring: `ring_reset`, `resize`. */
export type LifecycleEvent = 'device_reset' | 'ring_reset' | 'resize' | 'suspend';

export interface LifecyclePlan {
  /** Of so many operations that a queue completes, one, at random, has an event behind it. */
  readonly everyOperations: number;
  readonly events: readonly LifecycleEvent[];
  /** Sizes that a ring may get; empty without `resize`. */
  readonly sizes: readonly number[];
  /** Over all queues; null: as many as fall due. */
  readonly count: number | null;
}

/** One bound on one metric, as in `p99 < 250us`. */
export interface Threshold {
  readonly metric: string;
  /** Statistic of the metric: p50, p99.9, min, mean, max, count, rate, value. */
  readonly statistic: string;
  readonly operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  /** In the metric's base unit. */
  readonly bound: number;
  readonly abortOnFail: boolean;
  /** `abortOnFail` looks from this long after the start. */
  readonly delayMs: number;
  /** As the user wrote it, for the report. */
  readonly text: string;
}
