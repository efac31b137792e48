import type { Operation } from './operation.js';
import type { Request } from './request-table.js';

/**
 * How operations become requests of a device, and what its answers mean. A slot is the caller's name of a request and
 * the token of its buffer.
 */
export interface Requests {
  /** Posts an operation; `generation` numbers a write. False: the ring is full now. */
  post(slot: number, operation: Operation, generation: number): boolean;
  /** The slot of a request that came back, or -1. */
  complete(): number;
  /** What is wrong with the answer to a request that just came back; null when nothing is. */
  error(slot: number): string | null;
  /** Bytes of data that a request that just came back has moved. */
  dataBytes(slot: number, request: Request): number;
}
