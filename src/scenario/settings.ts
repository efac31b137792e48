import type {
  BackendFaultPlan,
  BlkOperation,
  DmaPlan,
  EncryptionPlan,
  LifecycleEvent,
  RingFeatureName,
  Threshold,
  TransportName,
  WorkerFaultPlan,
  WorkloadPlan,
} from './plan.js';

// A scenario after reading and before anything is filled in: the file's own keys, units already turned into numbers.
// The schema must produce exactly these types, which keeps the two in step.

/** What may stand in a job, in `defaults`, behind `--set` and in a cell of the matrix; all of it may be left out. */
export interface JobSettings {
  readonly device?: 'blk' | 'rng' | undefined;
  readonly transport?: TransportName | undefined;
  readonly memory?: MemorySettings | undefined;
  readonly dma?: DmaSettings | null | undefined;
  readonly wait?: WaitSettings | undefined;
  readonly queue?: QueueSettings | undefined;
  readonly backend?: BackendSettings | undefined;
  readonly blk?: BlkSettings | undefined;
  readonly service?: ServiceSettings | undefined;
  readonly workload?: WorkloadPlan['kind'] | undefined;
  readonly pattern?: WorkloadPlan['pattern'] | undefined;
  readonly mix?: MixSettings | undefined;
  readonly block?: WorkloadPlan['blocks'] | undefined;
  readonly depth?: number | undefined;
  readonly arrival?: ArrivalSettings | null | undefined;
  readonly segments?: WorkloadPlan['segments'] | undefined;
  readonly framing?: WorkloadPlan['framing'] | undefined;
  readonly operations?: number | null | undefined;
  /** Milliseconds. */
  readonly duration?: number | null | undefined;
  readonly warmup?: WorkloadPlan['warmup'] | undefined;
  readonly verify?: boolean | undefined;
  readonly hash?: boolean | undefined;
  readonly source?: SourceSettings | null | undefined;
  /** Milliseconds. */
  readonly stall_timeout?: number | undefined;
  readonly fault?: WorkerFaultSettings | null | undefined;
  readonly lifecycle?: LifecycleSettings | null | undefined;
}

export interface MemorySettings {
  readonly size?: number | undefined;
  readonly encryption?: EncryptionSettings | null | undefined;
}

export interface EncryptionSettings {
  readonly host_sees?: EncryptionPlan['hostSees'] | undefined;
  readonly refuse?: number | undefined;
  readonly require_access_platform?: boolean | undefined;
}

export interface DmaSettings {
  readonly mapping?: DmaPlan['mapping'] | undefined;
  /** Bits. */
  readonly mask?: number | undefined;
  readonly align_mask?: number | undefined;
  readonly pool?: number | null | undefined;
  readonly dynamic?: number | undefined;
  readonly check?: boolean | undefined;
}

export interface WaitSettings {
  readonly policy?: 'poll' | 'block' | 'adaptive' | undefined;
  /** Nanoseconds. */
  readonly spin?: number | undefined;
}

export interface QueueSettings {
  readonly layout?: 'split' | 'packed' | undefined;
  readonly size?: number | undefined;
  readonly count?: number | undefined;
  readonly features?: { readonly [name in RingFeatureName]?: boolean | undefined } | undefined;
  readonly direct?: number | undefined;
  readonly start_index?: number | undefined;
}

export interface BackendSettings {
  readonly kind?: 'memory' | 'file' | undefined;
  readonly size?: number | undefined;
  readonly path?: string | undefined;
  readonly read_only?: boolean | undefined;
  readonly faults?: readonly BackendFaultPlan[] | undefined;
}

export interface BlkSettings {
  readonly size_max?: number | null | undefined;
  readonly seg_max?: number | null | undefined;
  readonly serial?: string | undefined;
}

export interface ServiceSettings {
  readonly window?: number | undefined;
  readonly order?: 'random' | 'fifo' | 'lifo' | undefined;
}

export type MixSettings = { readonly [name in BlkOperation]?: number | undefined };

export interface ArrivalSettings {
  /** Per second. */
  readonly rate?: number | undefined;
  readonly distribution?: 'constant' | 'poisson' | undefined;
}

export interface SourceSettings {
  readonly path?: string | undefined;
  readonly offset?: number | undefined;
}

export interface LifecycleSettings {
  readonly every?: number | undefined;
  readonly events?: readonly LifecycleEvent[] | undefined;
  readonly sizes?: readonly number[] | undefined;
  readonly count?: number | null | undefined;
}

export interface WorkerFaultSettings {
  readonly worker?: 'guest' | 'host' | undefined;
  readonly queue?: number | undefined;
  readonly how?: WorkerFaultPlan['how'] | undefined;
  readonly after?: number | undefined;
  /** Milliseconds. */
  readonly for?: number | undefined;
}

/** A matrix value: what can stand in the name of a cell. */
export type AxisValue = string | number | boolean | null;

/** A whole file. */
export interface FileSettings {
  readonly version: 1;
  readonly name: string;
  readonly description?: string | undefined;
  readonly seed?: number | undefined;
  readonly defaults?: JobSettings | null | undefined;
  readonly matrix?: Readonly<Record<string, readonly AxisValue[]>> | undefined;
  readonly exclude?: readonly Readonly<Record<string, AxisValue>>[] | undefined;
  readonly jobs: Readonly<Record<string, JobSettings | null>>;
  readonly thresholds?: { readonly [metric in string]?: readonly Threshold[] | undefined } | undefined;
}
