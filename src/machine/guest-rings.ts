import { assert } from '../assert.js';
import type { WantedQueue } from '../guest/bring-up.js';
import { RingArea, type RetiredBy } from '../guest/ring-area.js';
import type { MemoryPort } from '../memory/port.js';
import type { JobPlan } from '../scenario/plan.js';
import type { ControlBlock } from './control-block.js';
import { ringSizeMax, vcpuMemory } from './guest-memory.js';

/** A queue's word: in which of its areas the ring is, what drove it out of the other one, and its size. */
const RingWord = { area: 1, byRingReset: 2, sizeShift: 2 } as const;

/**
 * Where the ring of each queue is, and the areas where they were. A queue's vCPU moves its own ring; the first vCPU
 * moves all of them, while the others are quiet.
 */
export class GuestRings {
  readonly #plan: JobPlan;
  readonly #control: ControlBlock;
  readonly #areas: readonly (readonly RingArea[])[];

  constructor(plan: JobPlan, port: MemoryPort, control: ControlBlock) {
    const { layout, count } = plan.queue;
    this.#plan = plan;
    this.#control = control;
    this.#areas = Array.from({ length: count }, (_, queue) =>
      vcpuMemory(plan, queue).rings.map(
        (addresses) => new RingArea(port, layout, ringSizeMax(plan), addresses),
      ),
    );
  }

  /** Before the first initialisation, by the first vCPU: all rings are in their first area. */
  prepare(): void {
    this.#areas.forEach((_, queue) => {
      this.#area(queue, 1).retire();
      this.#control.setRingWord(queue, this.#plan.queue.size << RingWord.sizeShift);
    });
  }

  all(): WantedQueue[] {
    return this.#areas.map((_, queue) => this.at(queue));
  }

  at(queue: number): WantedQueue {
    const { addresses } = this.#area(queue, this.#control.ringWord(queue) & RingWord.area);
    return { addresses, size: this.size(queue), startIndex: this.#plan.queue.startIndex };
  }

  size(queue: number): number {
    return this.#control.ringWord(queue) >>> RingWord.sizeShift;
  }

  /** The queue is stopped: its next ring is in the other area, which nobody may have touched since it was there. */
  move(queue: number, size: number, because: RetiredBy): void {
    this.check(queue);
    const old = this.#control.ringWord(queue) & RingWord.area;
    this.#area(queue, old).retire();
    const cause = because === 'ring_reset' ? RingWord.byRingReset : 0;
    this.#control.setRingWord(queue, (size << RingWord.sizeShift) | cause | (old ^ RingWord.area));
  }

  /** Throws when somebody wrote into the area where the queue's ring is not. */
  check(queue: number): void {
    const word = this.#control.ringWord(queue);
    const retiredBy = (word & RingWord.byRingReset) === 0 ? 'device_reset' : 'ring_reset';
    this.#area(queue, (word & RingWord.area) ^ RingWord.area).checkUntouched(retiredBy);
  }

  #area(queue: number, index: number): RingArea {
    const area = this.#areas[queue]?.[index];
    assert(area !== undefined, 'queue % has no area %', queue, index);
    return area;
  }
}
