import type { DmaStep } from '../dma/dma-trace.js';
import type { WireError } from '../errors.js';
import type { JobPlan } from '../scenario/plan.js';
import type { DmaBuffers } from './dma-memory.js';
import type { SplitBuffers } from './lane-split.js';
import type { WatchBuffers } from './thread-watch.js';

/** Everything that a thread of a machine is given; plain data and shared buffers, so that it can be sent. */
export interface ThreadConfig {
  readonly plan: JobPlan;
  /** Number of the queue: guest thread i is vCPU i and drives queue i, host thread i serves it. */
  readonly index: number;
  readonly memory: SharedArrayBuffer;
  readonly window: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** Guest threads: where latencies go. */
  readonly histogram: SharedArrayBuffer;
  /** By which the two threads of a queue tell where latency goes. */
  readonly split: SplitBuffers;
  /** The disk of a memory back end. */
  readonly disk: SharedArrayBuffer | null;
  /** Page states and bounce pool; null for a guest that has neither DMA nor encryption. */
  readonly dma: DmaBuffers | null;
  /** Write down the way that one request takes through the DMA code; the first vCPU alone. */
  readonly explainsDma: boolean;
  /** Null: the run is not checked while it runs. */
  readonly watch: WatchBuffers | null;
  /** Where the thread's events are recorded; null: they are not. */
  readonly record: SharedArrayBuffer | null;
}

/** What a guest thread reports when it has ended, well or badly. */
export interface GuestResult {
  readonly failures: readonly WireError[];
  readonly digest: string;
  readonly errorsByKind: Readonly<Record<string, number>>;
  readonly mismatchSamples: readonly string[];
  readonly sha256: string | null;
  readonly serial: string;
  /** Names of the negotiated features. */
  readonly features: readonly string[];
  /** The way that one request took through the DMA code, where that was asked for. */
  readonly dmaSteps: readonly DmaStep[];
  /** The bytes of all rings at the end, by queue, of the first vCPU where the run is recorded; null elsewhere. */
  readonly rings: readonly (readonly Uint8Array[])[] | null;
}

/** What a host thread reports when it has ended. */
export interface HostResult {
  readonly failures: readonly WireError[];
  readonly backendErrors: Readonly<Record<string, number>>;
}

/** What the worker entries expose through comlink. */
export interface GuestApi {
  run(config: ThreadConfig): GuestResult;
}

export interface HostApi {
  run(config: ThreadConfig): HostResult;
}
