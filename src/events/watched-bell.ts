import type { Bell } from '../memory/doorbell.js';
import type { WaitResult } from '../memory/port.js';
import type { EventWriter } from './event-ring.js';

/** A bell that records when its thread sleeps on it. */
export class WatchedBell implements Bell {
  private readonly bell: Bell;
  private readonly log: EventWriter;
  private readonly queue: number;

  constructor(bell: Bell, log: EventWriter, queue: number) {
    this.bell = bell;
    this.log = log;
    this.queue = queue;
  }

  sequence(): number {
    return this.bell.sequence();
  }

  wait(sequence: number, timeoutMs: number): WaitResult {
    this.log.write('slept', this.queue);
    const result = this.bell.wait(sequence, timeoutMs);
    this.log.write('woke', this.queue);
    return result;
  }
}
