import type {
  BlkPlan,
  JobPlan,
  QueuePlan,
  ServicePlan,
  WaitPlan,
  WorkloadPlan,
} from '../../../src/scenario/plan.js';

export interface PlanChanges {
  readonly seed?: number;
  readonly transport?: JobPlan['transport'];
  readonly backend?: JobPlan['backend'];
  readonly queue?: Partial<QueuePlan>;
  readonly blk?: Partial<BlkPlan>;
  readonly service?: ServicePlan;
  readonly wait?: WaitPlan['policy'];
  readonly workload?: Partial<WorkloadPlan>;
  readonly lifecycle?: JobPlan['lifecycle'];
}

export const DISK_SECTORS = 256;

const WORKLOAD: WorkloadPlan = {
  kind: 'read',
  pattern: 'random',
  mix: [{ operation: 'read', weight: 1 }],
  blocks: [{ sizeBytes: 1024, weight: 1 }],
  arrival: { model: 'closed', depth: 8 },
  segments: { min: 1, max: 1 },
  framing: 'separate',
  operations: 100,
  durationMs: null,
  warmup: { operations: 0, durationMs: 0 },
  verify: true,
  hash: false,
  source: null,
};

const QUEUE: QueuePlan = {
  layout: 'split',
  size: 32,
  count: 1,
  features: [],
  directCount: 0,
  startIndex: 0,
};

/** A job as a scenario would have been resolved to, small: 128 KiB of disk, 100 random reads. */
export function jobPlan(changes: PlanChanges = {}): JobPlan {
  return {
    name: 'test',
    parameters: {},
    seed: changes.seed ?? 7,
    device: 'blk',
    transport: changes.transport ?? 'mmio',
    memoryBytes: 1 << 20,
    encryption: null,
    dma: null,
    wait: { policy: changes.wait ?? 'block', spinNs: 1000 },
    queue: { ...QUEUE, ...changes.queue },
    backend: changes.backend ?? {
      kind: 'memory',
      sizeBytes: DISK_SECTORS * 512,
      readOnly: false,
      faults: [],
    },
    blk: { sizeMaxBytes: null, segMax: null, serial: 'test', ...changes.blk },
    service: changes.service ?? { window: 1, order: 'fifo' },
    workload: { ...WORKLOAD, ...changes.workload },
    stallTimeoutMs: 1000,
    fault: null,
    lifecycle: changes.lifecycle ?? null,
  };
}
