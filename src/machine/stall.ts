import { LivenessError } from '../errors.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import type { MemoryPort } from '../memory/port.js';
import { type QueueSetup, QueueState } from '../transport/window.js';
import { splitLayout } from '../virtqueue/split-layout.js';
import { GuestPhase } from './control-block.js';
import type { Machine } from './machine.js';

/** A Poisson gap longer than this many means comes once in e^30 arrivals: never. */
const GAPS_MAX = 30;

/** Notices that a machine has stopped making progress although it has work. */
export class StallDetector {
  readonly #machine: Machine;
  readonly #timeoutMs: number;
  #lastActivity = -1;
  #sinceMs: number;

  constructor(machine: Machine, nowMs: number) {
    this.#machine = machine;
    this.#timeoutMs = machine.plan.stallTimeoutMs;
    this.#sinceMs = nowMs;
  }

  /** The stall, when nothing has moved for too long; null otherwise. */
  check(nowMs: number): LivenessError | null {
    const activity = this.#activity();
    if (activity !== this.#lastActivity) {
      this.#lastActivity = activity;
      this.#sinceMs = nowMs;
      return null;
    }
    const stalledMs = nowMs - this.#sinceMs;
    if (stalledMs < this.#timeoutMs + this.#pauseByPlanMs()) return null;
    return new LivenessError(
      'STALL',
      `${this.#where()} for ${Math.round(stalledMs)} ms\n${this.#describe()}`,
      {
        stallTimeoutMs: this.#timeoutMs,
      },
    );
  }

  /** A sum that changes whenever anything happens. */
  #activity(): number {
    const machine = this.#machine;
    const guest = machine.sumGuest(GuestCounter.submitted) + machine.sumGuest(GuestCounter.completed);
    const host = machine.sumHost(HostCounter.popped) + machine.sumHost(HostCounter.used);
    const rings = machine.sumGuest(GuestCounter.ringResets) + machine.sumGuest(GuestCounter.resizes);
    const { phase, resumedCount, endedCount } = machine.control;
    return guest + host + rings + phase + resumedCount + endedCount;
  }

  /** Nothing outstanding in an open loop is no stall, unless an arrival has become impossibly late. */
  #pauseByPlanMs(): number {
    const { control, plan } = this.#machine;
    const { arrival } = plan.workload;
    if (arrival.model === 'closed' || this.#outstanding() > 0) return 0;
    if (control.phase !== GuestPhase.live || control.endedCount > 0) return 0;
    return (GAPS_MAX * 1000 * plan.queue.count) / arrival.ratePerS;
  }

  #outstanding(): number {
    const machine = this.#machine;
    return machine.sumGuest(GuestCounter.submitted) - machine.sumGuest(GuestCounter.completed);
  }

  #where(): string {
    const { control } = this.#machine;
    if (control.phase === GuestPhase.settingUp) return 'the device did not come up';
    if (control.endedCount > 0) return 'the machine did not shut down';
    return `no request moved, ${this.#outstanding()} are outstanding`;
  }

  /** Where each queue stands: what the driver posted, what the device saw and finished, what the driver got back. */
  #describe(): string {
    return this.#machine.lanes.map((_, queue) => this.#describeQueue(queue)).join('\n');
  }

  #describeQueue(queue: number): string {
    const { lanes, window, ram } = this.#machine;
    const lane = lanes[queue];
    const state = window.queueState(queue);
    if (lane === undefined || state === QueueState.stopped) return `  queue ${queue}: not live`;
    const paused = state === QueueState.paused ? 'suspended; ' : '';
    const { guestCounters: guest, hostCounters: host } = lane;
    const indices =
      this.#machine.plan.queue.layout === 'split' ? splitIndices(ram, window.queueSetup(queue)) : '';
    return (
      `  queue ${queue}: ${paused}${indices}driver posted ${guest.get(GuestCounter.submitted)}, ` +
      `device popped ${host.get(HostCounter.popped)} and used ${host.get(HostCounter.used)}, ` +
      `driver got ${guest.get(GuestCounter.completed)}; ` +
      `kicks ${guest.get(GuestCounter.kicks)}, interrupts ${host.get(HostCounter.interrupts)}`
    );
  }
}

/** The shared indices of a split ring; a packed one has none. */
function splitIndices(ram: MemoryPort, setup: QueueSetup): string {
  const layout = splitLayout(setup.size, setup);
  const availIdx = ram.load16Acquire(layout.availIdx);
  return `avail.idx=${availIdx} used.idx=${ram.load16Acquire(layout.usedIdx)}; `;
}
