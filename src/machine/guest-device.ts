import type { QueuesFor } from '../guest/bring-up.js';
import type { MemoryPort } from '../memory/port.js';
import type { JobPlan } from '../scenario/plan.js';
import type { FeatureSet } from '../transport/features.js';
import type { DriverTransport } from '../transport/transport.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { Work } from '../workload/work.js';
import { guestBlk } from './guest-blk.js';
import type { GuestDma } from './guest-dma.js';
import type { VcpuMemory } from './guest-memory.js';
import { guestRng } from './guest-rng.js';

/** What a vCPU has to work with. */
export interface VcpuParts {
  readonly plan: JobPlan;
  readonly index: number;
  readonly port: MemoryPort;
  readonly memory: VcpuMemory;
  readonly transport: DriverTransport;
  /** Null: this guest knows no DMA API. */
  readonly dma: GuestDma | null;
}

/** A live queue of the vCPU's own, before anything was posted on it. */
export interface LiveQueue {
  readonly queue: DriverQueue<number>;
  readonly features: FeatureSet;
  /** Kicks, and sleeps until the answer is there; for the few requests outside a workload. */
  readonly kickAndWait: (isAnswered: () => boolean) => void;
}

/** A kind of device, as a vCPU needs it. */
export interface GuestDevice {
  /** Everything up to, but not including, DRIVER_OK; for the first vCPU alone. */
  bringUp(parts: VcpuParts, queuesFor: QueuesFor): void;
  /** The workload of one queue of a device that is live. */
  prepare(parts: VcpuParts, live: LiveQueue): PreparedWork;
}

export interface PreparedWork {
  readonly work: Work;
  /** What the device says it is called; empty for those that have no name. */
  readonly serial: string;
  /** The device says that its configuration has changed, or it was initialised once more. */
  readonly configChanged: () => void;
}

export function guestDevice(plan: JobPlan): GuestDevice {
  return plan.device === 'blk' ? guestBlk : guestRng;
}
