/**
 * What one queue's device side has done. Plain data: it crosses threads, and outlives a reset of the queue.
 */
export interface BlkStats {
  /** Turns that finished a request. */
  turns: number;
  buffersPopped: number;
  buffersUsed: number;
  interrupts: number;
  /** Decisions that the driver wants none. */
  interruptsSuppressed: number;
  /** Finished requests, whatever their answer. */
  readonly requestsByType: {
    in: number;
    out: number;
    flush: number;
    getId: number;
    discard: number;
    writeZeroes: number;
    unknown: number;
  };
  readonly requestsByStatus: { ok: number; ioErr: number; unsupported: number };
  readonly backendErrorsByErrno: Record<string, number>;
}

export function newBlkStats(): BlkStats {
  return {
    turns: 0,
    buffersPopped: 0,
    buffersUsed: 0,
    interrupts: 0,
    interruptsSuppressed: 0,
    requestsByType: { in: 0, out: 0, flush: 0, getId: 0, discard: 0, writeZeroes: 0, unknown: 0 },
    requestsByStatus: { ok: 0, ioErr: 0, unsupported: 0 },
    backendErrorsByErrno: {},
  };
}
