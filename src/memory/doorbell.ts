import type { MemoryPort, WaitResult } from './port.js';

/** What a sleeper needs of a {@link Doorbell}. */
export interface Bell {
  sequence(): number;
  wait(sequence: number, timeoutMs: number): WaitResult;
}

/**
 * A word that one side rings and another sleeps on. It counts rings and is never reset: a 0/1 flag would let a late
 * ring end the next sleep, or two rings look like none.
 *
 * The sleeper reads {@link sequence} first, then arms its notification and re-checks the ring, and only then waits on
 * the sequence it read. Read after the re-check, the sequence could already contain the ring that was meant to wake it.
 */
export class Doorbell implements Bell {
  private readonly port: MemoryPort;
  private readonly address: number;

  constructor(port: MemoryPort, address: number) {
    this.port = port;
    this.address = address;
  }

  sequence(): number {
    return this.port.load32Acquire(this.address);
  }

  ring(): void {
    this.port.add32(this.address, 1);
    this.port.notify32(this.address);
  }

  /** Wakes who sleeps on it, without a ring: a sleeper looks again, and goes on. Returns how many there were. */
  wakeSleepers(): number {
    return this.port.notify32(this.address);
  }

  /** Sleeps until the bell is rung after `sequence` was read, or for `timeoutMs`. */
  wait(sequence: number, timeoutMs: number): WaitResult {
    return this.port.wait32(this.address, sequence, timeoutMs);
  }
}
