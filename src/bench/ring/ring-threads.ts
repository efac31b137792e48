import type { RingResult } from '../bench-result.js';
import { Lane, type LaneSample } from './lane.js';
import { Meeting } from './meeting.js';
import { ringResult, type RingPlan } from './ring-result.js';

/** All threads of one plan, as many pairs as it has queues, and what they have measured so far. */
export class RingThreads {
  private readonly plan: RingPlan;
  private readonly lanes: readonly Lane[];
  private readonly samples: LaneSample[][] = [];

  constructor(plan: RingPlan) {
    this.plan = plan;
    this.lanes = Array.from({ length: plan.queues }, (_, index) => new Lane(index));
  }

  /** Buffers that have come back. */
  get movedCount(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.movedCount, 0);
  }

  async warmUp(): Promise<void> {
    const { ringCase, queues } = this.plan;
    const common = { ringCase, meeting: Meeting.create(), parties: 2 * queues };
    await Promise.all(this.lanes.map((lane) => lane.warmUp(common)));
  }

  /** One more repetition, of all lanes at the same time. */
  async repeat(): Promise<void> {
    this.samples.push(await Promise.all(this.lanes.map((lane) => lane.repeat())));
  }

  /** Nothing is measured any more. */
  end(): void {
    for (const lane of this.lanes) lane.end();
  }

  /** Of the first so many repetitions. */
  result(repetitions: number): RingResult {
    const latencies = this.lanes.map((lane) => lane.latencies);
    return ringResult(this.plan, this.samples.slice(0, repetitions), latencies);
  }

  async terminate(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.terminate()));
  }
}
