import { nowMs } from '../clock.js';
import type { WorkerFaultPlan } from '../scenario/plan.js';
import type { Notifier } from '../virtqueue/queue.js';
import type { ControlBlock } from './control-block.js';

/** How often a thread that stands still looks whether it is wanted dead. */
const HANG_CHECK_MS = 50;

/** Strikes its thread on purpose, as the scenario says, so that one can see what the rest of the machine does. */
export class WorkerFault {
  private readonly plan: WorkerFaultPlan | null;
  private readonly control: ControlBlock;
  private readonly strikes: () => void;
  private isDone = false;
  /** The next notification gets lost. */
  private losesNext = false;

  /** `strikes` is called when it does, and before anything else. */
  constructor(
    plan: WorkerFaultPlan | null,
    side: 'guest' | 'host',
    index: number,
    control: ControlBlock,
    strikes: () => void,
  ) {
    this.plan = plan !== null && plan.worker === side && plan.queue === index ? plan : null;
    this.control = control;
    this.strikes = strikes;
  }

  /** True, once: the device is to ask for a reset. */
  check(operationCount: number): boolean {
    if (this.plan === null || this.isDone || operationCount < this.plan.afterOperations) return false;
    this.isDone = true;
    // A notification gets lost later.
    if (this.plan.how !== 'lose_notification') this.strikes();
    switch (this.plan.how) {
      case 'exit':
        return process.exit(1);
      case 'throw':
        throw new Error(`a deliberate exception after ${operationCount} operations`);
      case 'hang':
        this.standStill(Infinity);
        return false;
      case 'pause':
        this.standStill(this.plan.pauseMs);
        return false;
      case 'needs_reset':
        return true;
      case 'lose_notification':
        this.losesNext = true;
        return false;
    }
  }

  /** The same notifier, but for the one notification that gets lost. */
  lossy(notifier: Notifier): Notifier {
    if (this.plan?.how !== 'lose_notification') return notifier;
    return {
      notify: (nextIndex) => {
        if (this.losesNext) this.strikes();
        else notifier.notify(nextIndex);
        this.losesNext = false;
      },
    };
  }

  private standStill(forMs: number): void {
    const { memory } = this.control;
    const anyWord = memory.load32Acquire(0);
    const endMs = nowMs() + forMs;
    for (let leftMs = forMs; leftMs > 0 && !this.control.isAborted; leftMs = endMs - nowMs())
      memory.wait32(0, anyWord, Math.min(leftMs, HANG_CHECK_MS));
  }
}
