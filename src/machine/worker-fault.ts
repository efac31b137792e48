import type { WorkerFaultPlan } from '../scenario/plan.js';
import type { ControlBlock } from './control-block.js';

/** How often a hanging thread looks whether it is wanted dead. */
const HANG_CHECK_MS = 50;

/** Strikes its thread on purpose, as the scenario says, so that one can see what the rest of the machine does. */
export class WorkerFault {
  readonly #plan: WorkerFaultPlan | null;
  readonly #control: ControlBlock;

  constructor(plan: WorkerFaultPlan | null, side: 'guest' | 'host', index: number, control: ControlBlock) {
    this.#plan = plan !== null && plan.worker === side && plan.queue === index ? plan : null;
    this.#control = control;
  }

  check(operationCount: number): void {
    if (this.#plan === null || operationCount < this.#plan.afterOperations) return;
    switch (this.#plan.how) {
      case 'exit':
        return process.exit(1);
      case 'throw':
        throw new Error(`a deliberate exception after ${operationCount} operations`);
      case 'hang':
        this.#hang();
    }
  }

  #hang(): void {
    const { memory } = this.#control;
    const anyWord = memory.load32Acquire(0);
    while (!this.#control.isAborted) memory.wait32(0, anyWord, HANG_CHECK_MS);
  }
}
