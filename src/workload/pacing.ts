import type { Rng } from '../rng.js';
import type { ArrivalPlan } from '../scenario/plan.js';

/** When the next operation is meant to be issued, and from when its latency counts. */
export interface Pacing {
  /** Nanoseconds until the next operation is due; 0 or less when it is. */
  waitNs(nowNs: number): number;
  /** Takes the operation that is due: the time its latency counts from. */
  take(nowNs: number): number;
}

export function pacing(plan: ArrivalPlan, queueCount: number, rng: Rng, startNs: number): Pacing {
  if (plan.model === 'closed') return new ClosedLoop();
  return new OpenLoop(
    (queueCount * 1e9) / plan.ratePerS,
    plan.distribution === 'poisson' ? rng : null,
    startNs,
  );
}

/** As soon as there is a free slot; latency counts from the submission. */
class ClosedLoop implements Pacing {
  waitNs(): number {
    return 0;
  }

  take(nowNs: number): number {
    return nowNs;
  }
}

/**
 * At a rate, whatever the device does. Latency counts from the intended time: were it counted from the submission, a
 * stalled device would delay the submissions themselves and most of what it did wrong would never be measured.
 */
class OpenLoop implements Pacing {
  private readonly meanNs: number;
  private readonly poisson: Rng | null;
  private dueNs: number;

  constructor(meanNs: number, poisson: Rng | null, startNs: number) {
    this.meanNs = meanNs;
    this.poisson = poisson;
    this.dueNs = startNs + this.gapNs();
  }

  waitNs(nowNs: number): number {
    return this.dueNs - nowNs;
  }

  take(): number {
    const due = this.dueNs;
    this.dueNs += this.gapNs();
    return due;
  }

  private gapNs(): number {
    return this.poisson === null ? this.meanNs : -Math.log(1 - this.poisson.unit()) * this.meanNs;
  }
}
