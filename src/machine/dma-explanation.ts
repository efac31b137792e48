import { type DmaDirection, directionName } from '../dma/direction.js';
import type { CoherentMemory, DmaApi } from '../dma/dma-api.js';
import { type DmaStep, DmaTrace, hex } from '../dma/dma-trace.js';
import type { JobPlan } from '../scenario/plan.js';
import { DmaDriver } from '../virtqueue/dma-driver.js';
import { ExplainedQueue } from '../virtqueue/explained-queue.js';
import type { DriverQueue } from '../virtqueue/queue.js';

/**
 * Writes down which way the ring's memory and one request take: the tree of calls that kernel engineers draw by hand,
 * with the addresses of this run and what was decided at each fork.
 */
export class DmaExplanation {
  readonly trace: DmaTrace = new DmaTrace();
  readonly steps: DmaStep[] = [];
  /** What stands where a DMA API would be: nothing is mapped, and the path shows that. */
  readonly withoutDma: DmaApi = new PhysicalAddresses(this.trace);
  private explainedQueue: ExplainedQueue | null = null;

  ringAllocation({ queue }: JobPlan, usesDma: boolean, allocate: () => void): void {
    const call = `vring_alloc_queue: ${queue.count} x 2 areas, ${queue.layout}, ${queue.size} entries`;
    this.trace.record(call, this.steps, () => {
      this.trace.note(
        `vring_use_dma_api: ${usesDma ? 'yes' : 'no'}, ACCESS_PLATFORM ${usesDma ? 'is' : 'is not'} negotiated`,
      );
      if (!usesDma) this.trace.note('alloc_pages_exact: pages as they are, dma = guest-physical address');
      allocate();
    });
  }

  /** The workload begins: its first request is the one to follow. */
  begin(): void {
    this.explainedQueue?.begin();
  }

  /** The queue, watched until one request has gone all the way. */
  explained(queue: DriverQueue<number>, dma: DmaApi | null): DriverQueue<number> {
    const mapped = new DmaDriver<number>(queue, dma ?? this.withoutDma, this.trace);
    // After a reset there is another ring; one request is enough.
    if (this.explainedQueue !== null) return mapped;
    this.explainedQueue = new ExplainedQueue(mapped, this.trace, this.steps);
    return this.explainedQueue;
  }
}

/** Without ACCESS_PLATFORM: what the device is told is the guest-physical address, whatever the buffer. */
class PhysicalAddresses implements DmaApi {
  readonly maxMappingBytes: number = Infinity;
  private readonly trace: DmaTrace;

  constructor(trace: DmaTrace) {
    this.trace = trace;
  }

  map(address: number, sizeBytes: number, direction: DmaDirection): number {
    this.trace.note(
      `vring_use_dma_api: no -> sg_phys = ${hex(address)}, ${sizeBytes} bytes, ${directionName(direction)}`,
    );
    return address;
  }

  unmap(busAddress: number): void {
    this.trace.note(`vring_use_dma_api: no -> ${hex(busAddress)} was never mapped`);
  }

  syncForCpu(): void {}

  syncForDevice(): void {}

  allocCoherent(): CoherentMemory | null {
    return null;
  }

  freeCoherent(): void {}
}
