import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';

const SPACING_BYTES = 8;
const MEMORY_BYTES = 2048;
/** A word that is never written. */
const NEVER = MEMORY_BYTES / SPACING_BYTES - 1;

/** What a thread of a published program does. */
export type Body = (words: Words) => void;

/** A port whose addresses are indices: words are apart from each other. */
export class Words {
  private readonly port: ExplorerPort;

  constructor(port: ExplorerPort) {
    this.port = port;
  }

  load(at: number, order: number): number {
    return this.port.load32Ordered(at * SPACING_BYTES, order);
  }

  store(at: number, value: number, order: number): void {
    this.port.store32Ordered(at * SPACING_BYTES, value, order);
  }

  add(at: number, value: number, order: number): number {
    return this.port.update32Ordered(at * SPACING_BYTES, order, (before) => before + value);
  }

  /** A strong compare-and-exchange; returns the value before. */
  exchangeIf(at: number, expected: number, value: number, order: number): number {
    return this.port.update32Ordered(at * SPACING_BYTES, order, (before) =>
      before === expected ? value : null,
    );
  }

  fence(): void {
    this.port.fence();
  }

  /** Nothing is asked about executions in which this does not hold: the thread stays where it is. */
  assume(isTrue: boolean): void {
    if (!isTrue) this.port.await32(NEVER * SPACING_BYTES, 0);
  }
}

export function program(
  name: string,
  bodies: readonly Body[],
  initial: readonly (readonly [number, number])[] = [],
): Program {
  return {
    name,
    memoryBytes: MEMORY_BYTES,
    setup: (port) => {
      for (const [at, value] of initial) port.store32(at * SPACING_BYTES, value);
    },
    threads: bodies.map((body, t) => ({ name: `thread ${t}`, run: (port) => body(new Words(port)) })),
  };
}

export function times<T>(count: number, of: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => of(i));
}
