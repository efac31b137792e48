import { assert } from '../assert.js';
import type { CoherentMemory, DmaApi } from '../dma/dma-api.js';
import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { WantedQueue } from '../guest/bring-up.js';
import { allocateCoherentRing } from '../guest/queue-memory.js';
import { RingArea, type RetiredBy } from '../guest/ring-area.js';
import type { MemoryPort } from '../memory/port.js';
import { ringBytes } from '../recording/ring-image.js';
import type { JobPlan } from '../scenario/plan.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { ControlBlock } from './control-block.js';
import { ringSizeMax, vcpuMemory } from './guest-memory.js';

/** A queue's word: in which of its areas the ring is, what drove it out of the other one, and its size. */
const RingWord = { area: 1, byRingReset: 2, sizeShift: 2 } as const;

/**
 * Where the ring of each queue is, and the areas where they were. A queue's vCPU moves its own ring; the first vCPU
 * moves all of them, while the others are quiet.
 */
export class GuestRings {
  private readonly plan: JobPlan;
  private readonly port: MemoryPort;
  private readonly control: ControlBlock;
  /** Two for each queue, made when they are first asked for. */
  private readonly areas: (RingArea | undefined)[] = [];
  /** What the first vCPU has of the DMA API, to be given back. */
  private coherent: CoherentMemory[] = [];

  constructor(plan: JobPlan, port: MemoryPort, control: ControlBlock) {
    this.plan = plan;
    this.port = port;
    this.control = control;
  }

  /**
   * Before the first initialisation, by the first vCPU: takes memory for all rings, from the DMA API or, with null,
   * straight from pages. They are in their first area then.
   */
  prepare(dma: DmaApi | null): void {
    const { layout, count, size } = this.plan.queue;
    for (let queue = 0; queue < count; queue++) {
      const pages = dma === null ? vcpuMemory(this.plan, queue).rings : null;
      for (const area of [0, 1]) {
        const addresses = pages?.[area] ?? this.allocate(dma, layout);
        this.control.setRingAddresses(queue, area, addresses);
      }
      this.area(queue, 1).retire();
      this.control.setRingWord(queue, size << RingWord.sizeShift);
    }
  }

  /** At the end, by the first vCPU: the device is reset, and nobody looks at a ring any more. */
  release(dma: DmaApi | null): void {
    for (const memory of this.coherent) dma?.freeCoherent(memory);
    this.coherent = [];
  }

  all(): WantedQueue[] {
    return Array.from({ length: this.plan.queue.count }, (_, queue) => this.at(queue));
  }

  at(queue: number): WantedQueue {
    const { addresses } = this.area(queue, this.control.ringWord(queue) & RingWord.area);
    return { addresses, size: this.size(queue), startIndex: this.plan.queue.startIndex };
  }

  size(queue: number): number {
    return this.control.ringWord(queue) >>> RingWord.sizeShift;
  }

  /** What is in the three parts of each queue's ring; empty before there are rings. */
  bytes(memory: MemoryPort, layout: RingLayout): Uint8Array[][] {
    const { count } = this.plan.queue;
    if (Array.from({ length: count }, (_, queue) => this.size(queue)).includes(0)) return [];
    return Array.from({ length: count }, (_, queue) =>
      ringBytes(memory, layout, this.size(queue), this.at(queue).addresses),
    );
  }

  /** The queue is stopped: its next ring is in the other area, which nobody may have touched since it was there. */
  move(queue: number, size: number, because: RetiredBy): void {
    this.check(queue);
    const old = this.control.ringWord(queue) & RingWord.area;
    this.area(queue, old).retire();
    const cause = because === 'ring_reset' ? RingWord.byRingReset : 0;
    this.control.setRingWord(queue, (size << RingWord.sizeShift) | cause | (old ^ RingWord.area));
  }

  /** Throws when somebody wrote into the area where the queue's ring is not. */
  check(queue: number): void {
    const word = this.control.ringWord(queue);
    const retiredBy = (word & RingWord.byRingReset) === 0 ? 'device_reset' : 'ring_reset';
    this.area(queue, (word & RingWord.area) ^ RingWord.area).checkUntouched(retiredBy);
  }

  private area(queue: number, index: number): RingArea {
    const at = 2 * queue + index;
    const { layout, count } = this.plan.queue;
    assert(queue < count, 'there is no queue %', queue);
    return (this.areas[at] ??= new RingArea(
      this.port,
      layout,
      ringSizeMax(this.plan),
      this.control.ringAddresses(queue, index),
    ));
  }

  private allocate(dma: DmaApi | null, layout: RingLayout): RingAddresses {
    const ring = dma === null ? null : allocateCoherentRing(dma, layout, ringSizeMax(this.plan));
    if (ring === null) {
      const message = `no memory for a ring of ${ringSizeMax(this.plan)} entries that the device can reach`;
      throw new VringError('RING_MEMORY', message, ExitCode.safety);
    }
    this.coherent.push(...ring.memories);
    return ring.addresses;
  }
}
