import type { Side } from '../../recording/recording.js';

/**
 * One event in the trace format that ui.perfetto.dev and chrome://tracing read. Times are microseconds; `ph` says what
 * it is: X a slice, b and e the ends of a span, s and f those of an arrow, C a counter, i a mark, M a name.
 */
export interface TraceEvent {
  readonly ph: 'X' | 'b' | 'e' | 's' | 'f' | 'C' | 'i' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly cat?: string;
  readonly dur?: number;
  readonly id?: string;
  /** Of an arrow's end: the slice that it is in, and not the next one. */
  readonly bp?: 'e';
  /** How far a mark reaches: through everything. */
  readonly s?: 'g';
  readonly args?: Readonly<Record<string, number | string | null>>;
}

/** Where something happened: a process for the guest and one for the host, a thread for each queue. */
export function placeOf(side: Side, queue: number): Pick<TraceEvent, 'pid' | 'tid'> {
  return { pid: side === 'driver' ? 1 : 2, tid: queue + 1 };
}

/** To the nanosecond. */
export function microseconds(timeNs: number): number {
  return Math.round(timeNs) / 1000;
}
