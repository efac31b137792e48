import { BlkSlots } from '../guest/blk-slots.js';
import type { WantedQueue, WantedRingFeature } from '../guest/bring-up.js';
import { allocateRing } from '../guest/queue-memory.js';
import { Allocator, RESERVED_BYTES } from '../memory/allocator.js';
import type { JobPlan } from '../scenario/plan.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import { largestBlockBytes } from '../workload/work.js';

/** One vCPU's part of guest memory: its ring first, the rest for whatever it allocates. */
export interface VcpuMemory {
  readonly ring: RingAddresses;
  readonly allocator: Allocator;
}

/**
 * The parts are equal and follow from the plan alone, so the vCPU that sets up the device knows where every queue
 * will be, and no two vCPUs ever share an allocator.
 */
export function vcpuMemory(plan: JobPlan, vcpu: number): VcpuMemory {
  const partBytes = Math.floor(plan.memoryBytes / plan.queue.count / 4096) * 4096;
  const from = Math.max(vcpu * partBytes, RESERVED_BYTES);
  const allocator = new Allocator((vcpu + 1) * partBytes, from);
  return { ring: allocateRing(allocator, plan.queue.layout, plan.queue.size), allocator };
}

/** The ring features that the driver asks for, the layout among them. */
export function wantedFeatures({ queue }: JobPlan): WantedRingFeature[] {
  return queue.layout === 'packed' ? [...queue.features, 'RING_PACKED'] : [...queue.features];
}

/** All queues of the plan, for the vCPU that sets up the device. */
export function wantedQueues(plan: JobPlan): WantedQueue[] {
  const { count, size, startIndex } = plan.queue;
  return Array.from({ length: count }, (_, vcpu) => ({
    addresses: vcpuMemory(plan, vcpu).ring,
    size,
    startIndex,
  }));
}

/** Requests that a queue can have outstanding: asking for more slots than the ring has entries is of no use. */
export function slotCount(plan: JobPlan): number {
  return Math.min(plan.workload.arrival.depth, plan.queue.size);
}

/** Whether the plan's requests fit its memory; a message for the user when they do not. */
export function memoryShortfall(plan: JobPlan): string | null {
  const { count, size } = plan.queue;
  const perVcpu = 26 * size + 1024 + BlkSlots.sizeBytes(slotCount(plan), largestBlockBytes(plan)) + 65536;
  const needed = RESERVED_BYTES + count * perVcpu;
  if (needed <= plan.memoryBytes) return null;
  return `the requests need about ${needed} bytes of guest memory, the machine has ${plan.memoryBytes}`;
}
