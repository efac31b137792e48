import { Doorbell } from '../memory/doorbell.js';
import type { PairControl } from './pair-control.js';
import type { RoundPlan } from './round-plan.js';
import { BellAt, type StressRig } from './stress-rig.js';

/**
 * How many buffers a ring lives for. The plan says so, but a long ring ends as soon as the pair is told to stop: the
 * driver posts no more, tells the device how many there were, and all of them still come back.
 */
export class RingLength {
  buffers: number;
  private readonly control: PairControl;
  private readonly kick: Doorbell;
  /** Whether the end may still come before that of the plan. */
  private isOpen: boolean;

  constructor(plan: RoundPlan, control: PairControl, rig: StressRig) {
    this.buffers = plan.buffersPerRing;
    this.control = control;
    this.kick = new Doorbell(rig.memory, BellAt.kick);
    this.isOpen = plan.isLong;
  }

  /** For the driver, in each turn. True, once: what was posted is all that there is. */
  cut(posted: number): boolean {
    if (!this.isOpen || !this.control.isStopped) return false;
    this.isOpen = false;
    this.buffers = posted;
    this.control.ringEnd = posted;
    // It may sleep, with nothing left to be told of.
    this.kick.ring();
    return true;
  }

  /** For the device, in each turn and before it sleeps. True, once: the driver has ended the ring. */
  hears(): boolean {
    if (!this.isOpen) return false;
    const end = this.control.ringEnd;
    if (end === null) return false;
    this.isOpen = false;
    this.buffers = end;
    return true;
  }
}
