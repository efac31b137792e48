import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { RecordingPort } from '../../support/ring/recording-port.js';

const ADDRESS = 64;

describe('Doorbell', () => {
  it('counts rings: two are not one, and none is ever taken back', () => {
    const memory = SharedMemory.ofSize(128);
    const bell = new Doorbell(memory, ADDRESS);
    expect(bell.sequence()).toBe(0);
    bell.ring();
    bell.ring();
    expect(bell.sequence()).toBe(2);
    expect(bell.wait(2, 0), 'waiting takes nothing').toBe('timed-out');
    expect(bell.sequence()).toBe(2);
    expect(memory.load32(ADDRESS)).toBe(2);
    expect(memory.load32(ADDRESS + 4)).toBe(0);
  });

  it('a ring between reading the sequence and waiting ends the wait at once', () => {
    const bell = new Doorbell(SharedMemory.ofSize(128), ADDRESS);
    const sequence = bell.sequence();
    bell.ring();
    expect(bell.wait(sequence, 60_000)).toBe('not-equal');
  });

  it('a ring from before the sequence was read does not end a wait', () => {
    const bell = new Doorbell(SharedMemory.ofSize(128), ADDRESS);
    bell.ring();
    expect(bell.wait(bell.sequence(), 0)).toBe('timed-out');
  });

  it('works on through 2^31 and 2^32 rings', () => {
    const memory = SharedMemory.ofSize(128);
    const bell = new Doorbell(memory, ADDRESS);
    for (const [start, next] of [
      [0x7fff_ffff, 0x8000_0000],
      [0xffff_ffff, 0],
    ] as const) {
      memory.store32Release(ADDRESS, start);
      expect(bell.sequence()).toBe(start);
      expect(bell.wait(start, 0), 'equal, so it would sleep').toBe('timed-out');
      bell.ring();
      expect(bell.sequence()).toBe(next);
      expect(bell.wait(start, 60_000)).toBe('not-equal');
    }
  });

  it('counts before it wakes: a sleeper that wakes finds the sequence moved', () => {
    const port = new RecordingPort(SharedMemory.ofSize(128));
    new Doorbell(port, ADDRESS).ring();
    expect(port.take().map(({ operation }) => operation)).toEqual(['add32', 'notify32']);
  });

  it('wakes a thread that sleeps on it', async () => {
    const memory = SharedMemory.ofSize(128);
    const bell = new Doorbell(memory, ADDRESS);
    const sleeper = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const word = new Int32Array(workerData, ${ADDRESS}, 1);
       parentPort.postMessage('asleep soon');
       parentPort.postMessage(Atomics.wait(word, 0, 0, 60_000));`,
      { eval: true, workerData: memory.buffer },
    );
    const answer = new Promise((resolve, reject) => {
      sleeper.on('message', (message) => {
        if (message !== 'asleep soon') resolve(message);
        // Rung before the thread sleeps or after: either way it must not stay asleep.
        else bell.ring();
      });
      sleeper.on('error', reject);
    });
    expect(['ok', 'not-equal']).toContain(await answer);
    await sleeper.terminate();
  });
});
