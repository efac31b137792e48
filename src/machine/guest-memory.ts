import { BlkSlots } from '../guest/blk-slots.js';
import type { WantedRingFeature } from '../guest/bring-up.js';
import { allocateRing } from '../guest/queue-memory.js';
import { Allocator, RESERVED_BYTES } from '../memory/allocator.js';
import type { JobPlan } from '../scenario/plan.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import { largestBlockBytes } from '../workload/work.js';

/** One vCPU's part of guest memory: the two areas for its ring first, the rest for whatever it allocates. */
export interface VcpuMemory {
  readonly rings: readonly [RingAddresses, RingAddresses];
  readonly allocator: Allocator;
}

/**
 * Behind the bounce pool, if there is one, the parts are equal. They follow from the plan alone, so that no two vCPUs
 * ever share an allocator.
 */
export function vcpuMemory(plan: JobPlan, vcpu: number): VcpuMemory {
  const firstAddress = RESERVED_BYTES + (plan.dma?.pool?.sizeBytes ?? 0);
  const partBytes = Math.floor((plan.memoryBytes - firstAddress) / plan.queue.count / 4096) * 4096;
  const from = firstAddress + vcpu * partBytes;
  const allocator = new Allocator(from + partBytes, from);
  const place = (): RingAddresses => allocateRing(allocator, plan.queue.layout, ringSizeMax(plan));
  return { rings: [place(), place()], allocator };
}

/** The ring features that the driver asks for, the layout among them. */
export function wantedFeatures({ queue }: JobPlan): WantedRingFeature[] {
  return queue.layout === 'packed' ? [...queue.features, 'RING_PACKED'] : [...queue.features];
}

/** The most entries that a ring of the plan will ever have. */
export function ringSizeMax({ queue, lifecycle }: JobPlan): number {
  return Math.max(queue.size, ...(lifecycle?.sizes ?? []));
}

/** Requests that a queue can have outstanding: asking for more slots than the ring has entries is of no use. */
export function slotCount(plan: JobPlan): number {
  return Math.min(plan.workload.arrival.depth, ringSizeMax(plan));
}

/** Whether the plan's requests fit its memory; a message for the user when they do not. */
export function memoryShortfall(plan: JobPlan): string | null {
  const { count } = plan.queue;
  const perVcpu =
    2 * (26 * ringSizeMax(plan) + 1024) +
    BlkSlots.sizeBytes(slotCount(plan), largestBlockBytes(plan)) +
    65536;
  const needed = RESERVED_BYTES + (plan.dma?.pool?.sizeBytes ?? 0) + count * perVcpu;
  if (needed <= plan.memoryBytes) return null;
  return `the requests need about ${needed} bytes of guest memory, the machine has ${plan.memoryBytes}`;
}
