import { LivenessError } from '../errors.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import { GuestPhase } from './control-block.js';
import type { Machine } from './machine.js';
import { describeQueues } from './stuck-queue.js';

/** A Poisson gap longer than this many means comes once in e^30 arrivals: never. */
const GAPS_MAX = 30;

/** Notices that a machine has stopped making progress although it has work. */
export class StallDetector {
  private readonly machine: Machine;
  private readonly timeoutMs: number;
  private lastActivity = -1;
  private sinceMs: number;

  constructor(machine: Machine, nowMs: number) {
    this.machine = machine;
    this.timeoutMs = machine.plan.stallTimeoutMs;
    this.sinceMs = nowMs;
  }

  /** The stall, when nothing has moved for too long; null otherwise. */
  check(nowMs: number): LivenessError | null {
    const activity = this.activity();
    if (activity !== this.lastActivity) {
      this.lastActivity = activity;
      this.sinceMs = nowMs;
      return null;
    }
    const stalledMs = nowMs - this.sinceMs;
    if (stalledMs < this.timeoutMs + this.pauseByPlanMs()) return null;
    return new LivenessError(
      'STALL',
      `${this.where()} for ${Math.round(stalledMs)} ms\n${describeQueues(this.machine)}`,
      {
        stallTimeoutMs: this.timeoutMs,
      },
    );
  }

  /** A sum that changes whenever anything happens. */
  private activity(): number {
    const machine = this.machine;
    const guest = machine.sumGuest(GuestCounter.submitted) + machine.sumGuest(GuestCounter.completed);
    const host = machine.sumHost(HostCounter.popped) + machine.sumHost(HostCounter.used);
    const rings = machine.sumGuest(GuestCounter.ringResets) + machine.sumGuest(GuestCounter.resizes);
    const { phase, resumedCount, endedCount } = machine.control;
    return guest + host + rings + phase + resumedCount + endedCount;
  }

  /** Nothing outstanding in an open loop is no stall, unless an arrival has become impossibly late. */
  private pauseByPlanMs(): number {
    const { control, plan } = this.machine;
    const { arrival } = plan.workload;
    if (arrival.model === 'closed' || this.outstanding() > 0) return 0;
    if (control.phase !== GuestPhase.live || control.endedCount > 0) return 0;
    return (GAPS_MAX * 1000 * plan.queue.count) / arrival.ratePerS;
  }

  private outstanding(): number {
    const machine = this.machine;
    return machine.sumGuest(GuestCounter.submitted) - machine.sumGuest(GuestCounter.completed);
  }

  private where(): string {
    const { control } = this.machine;
    if (control.phase === GuestPhase.settingUp) return 'the device did not come up';
    if (control.endedCount > 0) return 'the machine did not shut down';
    return `no request moved, ${this.outstanding()} are outstanding`;
  }
}
