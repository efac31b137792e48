import { expect } from 'vitest';
import type { BlkQueue } from '../../../src/guest/blk-queue.js';
import type { Backend } from '../../../src/host/backend.js';
import { BlkMachine } from './blk-machine.js';
import { jobPlan, type PlanChanges } from './job-plan.js';
import type { QueueTap } from './queue-tap.js';

/** Single requests by hand, on a device that is live. */
export class Requests {
  readonly machine: BlkMachine;
  readonly blk: BlkQueue;
  readonly queue: QueueTap;
  /** Of everything that {@link do} did. */
  readonly statuses: number[] = [];

  constructor(changes: PlanChanges = {}, disk?: Backend) {
    this.machine = new BlkMachine(jobPlan(changes), disk);
    const { blk, queue } = this.machine.start();
    this.blk = blk;
    this.queue = queue;
    this.machine.hostRunsDry();
  }

  /** Posts one request, lets the device work, and returns the status. */
  do(post: (blk: BlkQueue) => boolean): number {
    expect(post(this.blk), 'the request fits').toBe(true);
    this.kickAndWork();
    const slot = this.blk.complete();
    expect(slot, 'the request came back').not.toBe(-1);
    const status = this.blk.status(slot);
    this.statuses.push(status);
    return status;
  }

  kickAndWork(): void {
    this.queue.kick();
    this.machine.hostRunsDry();
  }

  fill(slot: number, bytes: Uint8Array): void {
    this.blk.slots.bytes(slot).set(bytes);
  }

  data(slot: number, lengthBytes: number): Uint8Array {
    return Uint8Array.from(this.blk.slots.bytes(slot).subarray(0, lengthBytes));
  }
}

/** Bytes that differ from place to place, and from salt to salt. */
export function pattern(lengthBytes: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 7 + (i >>> 8) * 31 + salt * 101) & 0xff);
}

/** The same bytes; `toEqual` would take milliseconds for a few thousand. */
export function expectBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  expect(actual !== undefined && Buffer.compare(actual, expected) === 0, 'the bytes are the same').toBe(true);
}
