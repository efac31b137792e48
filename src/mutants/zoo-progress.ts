import { nowMs } from '../clock.js';
import type { LaneName } from './mutant.js';

/** A lane that is being run, of a mutant or of the control. */
export interface RunningLane {
  readonly id: string;
  readonly lane: LaneName;
  readonly startMs: number;
}

/** How far the zoo has come. */
export class ZooProgress {
  /** Lanes, of all that are to be run. */
  readonly total: number;
  private doneCount = 0;
  private readonly runningLanes = new Set<RunningLane>();

  constructor(total: number) {
    this.total = total;
  }

  get done(): number {
    return this.doneCount;
  }

  get running(): readonly RunningLane[] {
    return [...this.runningLanes];
  }

  async during<T>(id: string, lane: LaneName, work: () => Promise<T>): Promise<T> {
    const one = { id, lane, startMs: nowMs() };
    this.runningLanes.add(one);
    try {
      return await work();
    } finally {
      this.runningLanes.delete(one);
      this.doneCount += 1;
    }
  }
}
