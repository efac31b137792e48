import type { MemoryPort } from '../memory/port.js';
import type { ExplorerPort } from './port.js';

/**
 * A program to explore: threads over one memory. A thread is a plain synchronous function that is run over and over
 * again, so it builds all it needs itself, reaches the other threads through its port alone, and does nothing that
 * depends on time or chance.
 */
export interface Program {
  readonly name: string;
  /** Memory starts out as zeros. */
  readonly memoryBytes: number;
  /** Writes what the threads find there; no thread sees it happen. */
  readonly setup?: (port: MemoryPort) => void;
  readonly threads: readonly ProgramThread[];
  /** Looks at what the threads returned, in an execution where all ended; throws when that is wrong. */
  readonly check?: (results: readonly unknown[]) => void;
  /** What people call the bytes at an address, such as `avail.idx`; null where they have no name for it. */
  readonly label?: (address: number) => string | null;
}

export interface ProgramThread {
  readonly name: string;
  readonly run: (port: ExplorerPort) => unknown;
}
