import type { DmaStep } from '../dma/dma-trace.js';
import type { WireError } from '../errors.js';

/**
 * What a job reports: the `jobs[]` entries of `vring run --json`. The keys are a contract with scripts: units in the
 * name, base units, no key ever changes its meaning.
 */
export interface JobReport {
  readonly name: string;
  /** The matrix values of this job; empty without a matrix. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly device: string;
  readonly transport: string;
  readonly queue: {
    readonly layout: string;
    readonly size: number;
    readonly count: number;
    /** Negotiated, all of them: the ring's and the device's. */
    readonly features: readonly string[];
  };
  readonly wait: string;
  readonly seed: number;
  readonly verdict: JobVerdict;
  /** How latency was counted: `closed` from the submission, `open` from the intended start. */
  readonly arrival: 'closed' | 'open';
  /** Completed after the warm-up, the failed ones included. */
  readonly operations: number;
  readonly warmup_operations: number;
  /** Answered with another status than OK, by status and operation, for example `IOERR write`. */
  readonly errors: number;
  readonly errors_by_kind: Readonly<Record<string, number>>;
  readonly duration_s: number;
  readonly operations_per_s: number;
  readonly bytes_per_s: number;
  readonly latency_ns: LatencyReport | null;
  /** Where the latency went, from about one request in 64; null when none of those was measured. */
  readonly latency_split: LatencySplitReport | null;
  readonly buffers: number;
  readonly kicks: number;
  readonly kicks_suppressed: number;
  /** Kicks that woke the device from its sleep, and there was nothing available. */
  readonly kicks_spurious: number;
  readonly interrupts: number;
  readonly interrupts_suppressed: number;
  /** Interrupts that woke the driver from its sleep, and there was nothing used. */
  readonly interrupts_spurious: number;
  readonly verified_bytes: number;
  readonly mismatches: number;
  /** Operations completed before one that was submitted earlier on the same queue. */
  readonly out_of_order: number;
  /** Posted, never answered, and taken back after the device was reset. Not 0 only when the run was cut short. */
  readonly detached: number;
  /** Times that a queue's driver went on after the device had asked for a reset. */
  readonly recoveries: number;
  /** What was done to the device and its rings under load; null when the scenario has no `lifecycle`. */
  readonly lifecycle: LifecycleReport | null;
  /** The way of the buffers to the device; null when the driver has no DMA API. */
  readonly dma: DmaReport | null;
  /** The way of the rings and of one request through the DMA code, call by call; null when nobody asked for it. */
  readonly dma_path: readonly DmaStep[] | null;
  /** Null when the host can read all of guest memory. */
  readonly encryption: EncryptionReport | null;
  /** What the threads spent their time on; null where too few of their turns were measured. */
  readonly time_use: TimeUseReport | null;
  /** What was checked of the rings while they were in use; null when that was not asked for. */
  readonly checks: ChecksReport | null;
  /** Posted, and neither answered nor taken back at the end. Not 0 only when the run was cut short. */
  readonly lost: number;
  /** SHA-256 of all bytes of the disk as read through the ring; null when not asked for. */
  readonly sha256: string | null;
  /** Digest of every submitted operation in order, a value per queue: equal for equal seeds. */
  readonly submission_digests: readonly string[];
  /** What the device says it is called (GET_ID). */
  readonly serial: string;
  /** Backend calls that failed, by errno. */
  readonly backend_errors: Readonly<Record<string, number>>;
  /** Why the job ended badly: violations, the stall, the dead worker. Empty when all went well. */
  readonly failures: readonly WireError[];
  /** First mismatches, spelled out; at most a handful. */
  readonly mismatch_samples: readonly string[];
}

export interface LifecycleReport {
  /** All events together; those that the device asked for are `recoveries`, and not among them. */
  readonly events: number;
  readonly device_resets: number;
  readonly ring_resets: number;
  readonly resizes: number;
  readonly suspends: number;
  /** Taken back from rings that were reset, for whatever reason; each was checked to be there once. */
  readonly tokens_detached: number;
  /** Of these, posted again. Fewer only when the run was cut short in between: the rest is in `detached`. */
  readonly tokens_reposted: number;
}

/** Buffers and tables are counted alike: each was one mapping. */
export interface DmaReport {
  readonly mapping: string;
  readonly maps: number;
  readonly unmaps: number;
  readonly syncs: number;
  /** Of the mappings, those that were copies. */
  readonly bounced: number;
  /** Copied into bounce slots, and out of them. */
  readonly bytes_bounced_in: number;
  readonly bytes_bounced_out: number;
  /** Mappings that were refused, for want of slots or because the device could not reach the buffer. */
  readonly mapping_errors: number;
  /** Allocated for rings through the DMA API. */
  readonly coherent_bytes: number;
  /** Bounce slots of 2 KiB: all, in use at the end, and in use at most at a time. 0 without a pool. */
  readonly slots: number;
  readonly slots_used: number;
  readonly slots_high_water: number;
  /** Pools of a single mapping, and pools that were added for good. */
  readonly transient_pools: number;
  readonly grown_pools: number;
}

export interface EncryptionReport {
  readonly host_sees: string;
  /** Pages of 4 KiB shared with the host, taken back from it, and lost because it refused. */
  readonly pages_decrypted: number;
  readonly pages_encrypted: number;
  readonly pages_leaked: number;
  /** Accesses of the device to private pages. Anything but 0 is a failure. */
  readonly private_accesses: number;
}

/** Shares of the time of all guest threads, and of all host threads, from about one turn in 64 of each. */
export interface TimeUseReport {
  readonly guest: {
    /** Drawing requests, filling them in, posting, kicking. */
    readonly posting: number;
    /** Looking for what came back, and accounting for it. */
    readonly reaping: number;
    /** Verifying data. */
    readonly checking: number;
    /** Asleep, or looking away between looks. */
    readonly waiting: number;
  };
  readonly host: {
    /** Taking buffers, returning them, interrupting, and looking for what to do. */
    readonly ring: number;
    /** Carrying requests out, their copies included. */
    readonly device: number;
    readonly waiting: number;
  };
}

/** Of all queues together. */
export interface ChecksReport {
  /** What the two sides of each ring recorded; none is ever lost. */
  readonly events: number;
  /** Rings that were watched from their set-up to their reset. */
  readonly rings: number;
  /** Decisions not to notify of which it was certain what the other side wished. */
  readonly suppressions_judged: number;
  /** Sleeps of either side that ended without a buffer to take. */
  readonly spurious_wakeups: number;
  /** What was wrong, at most one for each queue; each is also among the failures. */
  readonly violations: number;
}

export type JobVerdict = 'pass' | 'fail' | 'interrupted';

export interface LatencyReport {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p99_9: number;
  readonly max: number;
}

/** The legs of one request add up to its latency. */
export interface LatencySplitReport {
  readonly sampled: number;
  /** Sampled requests whose times on the device's side could not be told. */
  readonly dropped: number;
  /** By how much the clocks of the two sides may differ: what is shorter than this says nothing. */
  readonly clock_error_ns: number;
  /** From where the latency counts until the request is posted: in a closed loop only what a reset took back. */
  readonly waiting: SplitLegReport;
  /** Until the device takes it, the rest of the driver's batch included. */
  readonly to_device: SplitLegReport;
  /** Until the device is done with it. */
  readonly in_device: SplitLegReport;
  /** Until the driver takes it back, the rest of the device's batch included. */
  readonly to_driver: SplitLegReport;
}

export interface SplitLegReport {
  readonly mean_ns: number;
  readonly p50_ns: number;
  readonly p90_ns: number;
  readonly p99_ns: number;
  readonly max_ns: number;
}

/** What the main thread can say while a job runs. */
export interface JobProgress {
  readonly name: string;
  readonly elapsedMs: number;
  /** 0 to 1, or null when the end cannot be told. */
  readonly share: number | null;
  readonly operations: number;
  readonly operationsPerS: number;
  readonly p99Ns: number | null;
  readonly kicksPerOperation: number;
  readonly interruptsPerOperation: number;
  /** Requests in the rings, as a share of their entries. */
  readonly ringFill: number;
  /** Sectors with wrong data, and what a side has found to be wrong with the other so far. */
  readonly violations: number;
  readonly errors: number;
}
