import type { BlkOperation } from '../scenario/plan.js';

/** The next thing to ask of the disk; one object, refilled. */
export interface Operation {
  kind: BlkOperation;
  sector: number;
  /** Sectors; 0 for a flush. */
  count: number;
  /** Data ranges it is cut into. */
  segments: number;
  /** Posted only when nothing else is outstanding, and nothing else is posted until it is back. */
  barrier: boolean;
}

export function newOperation(): Operation {
  return { kind: 'read', sector: 0, count: 0, segments: 1, barrier: false };
}

/** Where operations come from. The sequence follows from the seed alone, never from how fast the device is. */
export interface OperationSource {
  /** Fills `operation` with the next one; false when there is none left. */
  next(operation: Operation): boolean;
}

export function isWrite(kind: BlkOperation): boolean {
  return kind === 'write' || kind === 'discard' || kind === 'write_zeroes';
}
