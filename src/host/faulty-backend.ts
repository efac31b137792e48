import type { MemoryPort } from '../memory/port.js';
import type { Rng } from '../rng.js';
import type { BackendFaultPlan } from '../scenario/plan.js';
import { type Backend, BackendError, type BackendOperation } from './backend.js';

/** One planned fault, and how many calls it has seen. */
class Fault {
  private readonly plan: BackendFaultPlan;
  private readonly rng: Rng;
  private calls = 0;

  constructor(plan: BackendFaultPlan, rng: Rng) {
    this.plan = plan;
    this.rng = rng;
  }

  /** Counts a call; the errno it is to fail with, or null. */
  strike(operation: BackendOperation): string | null {
    const plan = this.plan;
    if (plan.operation !== 'any' && plan.operation !== operation) return null;
    this.calls += 1;
    if (this.calls <= plan.afterCalls) return null;
    return this.rng.chance(plan.probability) ? plan.errno : null;
  }
}

/** A backend whose calls fail as a scenario says. A call that fails does not reach the backend behind it. */
export class FaultyBackend implements Backend {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  private readonly inner: Backend;
  private readonly faults: readonly Fault[];

  constructor(inner: Backend, plans: readonly BackendFaultPlan[], rng: Rng) {
    this.sizeBytes = inner.sizeBytes;
    this.readOnly = inner.readOnly;
    this.inner = inner;
    this.faults = plans.map((plan, i) => new Fault(plan, rng.fork(i)));
  }

  read(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    this.strike('read');
    this.inner.read(offsetBytes, memory, address, lengthBytes);
  }

  write(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    this.strike('write');
    this.inner.write(offsetBytes, memory, address, lengthBytes);
  }

  flush(): void {
    this.strike('flush');
    this.inner.flush();
  }

  discard(offsetBytes: number, lengthBytes: number): void {
    this.strike('discard');
    this.inner.discard(offsetBytes, lengthBytes);
  }

  writeZeroes(offsetBytes: number, lengthBytes: number, mayUnmap: boolean): void {
    this.strike('write_zeroes');
    this.inner.writeZeroes(offsetBytes, lengthBytes, mayUnmap);
  }

  close(): void {
    this.inner.close();
  }

  /**
   * Every fault counts every call of its kind, also one that another fault has failed; the first of them
   * names it.
   */
  private strike(operation: BackendOperation): void {
    let errno: string | null = null;
    for (const fault of this.faults) {
      const struck = fault.strike(operation);
      errno ??= struck;
    }
    if (errno !== null) throw new BackendError(errno, operation, 'injected by the scenario');
  }
}
