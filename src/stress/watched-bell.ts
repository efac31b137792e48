import { Doorbell } from '../memory/doorbell.js';
import type { MemoryPort, WaitResult } from '../memory/port.js';
import type { Board } from './board.js';

/** The bell that a side sleeps on; it shows on the board that it does. */
export class WatchedBell extends Doorbell {
  sleepCount = 0;
  private readonly board: Board;

  constructor(port: MemoryPort, address: number, board: Board) {
    super(port, address);
    this.board = board;
  }

  override wait(sequence: number, timeoutMs: number): WaitResult {
    this.sleepCount += 1;
    this.board.beginSleep(sequence);
    const result = super.wait(sequence, timeoutMs);
    this.board.step = 'looking';
    return result;
  }
}
