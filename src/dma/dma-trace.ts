/** One step of a call path: a call or a decision, and what happened within. */
export interface DmaStep {
  readonly text: string;
  readonly steps: DmaStep[];
}

/**
 * Writes down the path that a request takes through the DMA code, call by call. Whoever takes part says so with
 * {@link enter} and {@link leave}, or {@link note} where there is nothing within; nothing is kept while nobody listens.
 */
export class DmaTrace {
  private open: DmaStep[] = [];

  /** Runs `body` and returns the steps below a step called `text`. */
  record<T>(text: string, into: DmaStep[], body: () => T): T {
    const root: DmaStep = { text, steps: [] };
    const before = this.open;
    this.open = [root];
    try {
      return body();
    } finally {
      this.open = before;
      into.push(root);
    }
  }

  enter(text: string): void {
    const parent = this.open.at(-1);
    if (parent === undefined) return;
    const step = { text, steps: [] };
    parent.steps.push(step);
    this.open.push(step);
  }

  leave(): void {
    if (this.open.length > 1) this.open.pop();
  }

  note(text: string): void {
    this.open.at(-1)?.steps.push({ text, steps: [] });
  }
}

/** An address as the people who debug these paths write it. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
