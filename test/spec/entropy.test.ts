import { describe, expect, test } from 'vitest';
import { RngQueue } from '../../src/guest/rng-queue.js';
import { RngService } from '../../src/host/rng-service.js';
import { Rng } from '../../src/rng.js';
import { makeRig } from '../support/ring/rig.js';

/** In memory that the device has not written. */
const UNTOUCHED = 0xa5;

/** What the device puts into buffers of `lengthBytes`, each in `segments` ranges; one by one. */
function answers(count: number, lengthBytes: number, segments = 1, seed = 7): Uint8Array[] {
  const rig = makeRig({ size: 8 });
  const queue = new RngQueue(rig.memory, rig.driver, rig.allocator, {
    slotCount: 1,
    bufferBytes: lengthBytes,
  });
  const service = new RngService({
    port: rig.memory,
    queue: rig.device,
    inOrder: false,
    service: { window: 4, order: 'fifo' },
    rng: new Rng(seed),
    answerSeed: seed,
    stats: { buffersPopped: 0, buffersUsed: 0, interrupts: 0, interruptsSuppressed: 0 },
  });
  return Array.from({ length: count }, () => {
    const bytes = queue.bytes(0).fill(UNTOUCHED);
    expect(queue.post(0, lengthBytes, segments)).toBe(true);
    rig.driver.publish();
    expect(service.poll()).toBe(true);
    expect(queue.complete()).toBe(0);
    expect(bytes.subarray(queue.usedLength).every((byte) => byte === UNTOUCHED)).toBe(true);
    return bytes.slice(0, queue.usedLength);
  });
}

/** Chi-square of how often each byte comes: 255 on average for random ones, hardly ever above 350 or below 170. */
function chiSquare(bytes: Uint8Array): number {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('5.4.6 the entropy device', () => {
  test.each([1, 2, 3, 5, 16, 17, 512])(
    '5.4.6.2 N0782 puts at least one byte into each buffer, and nothing behind what it counts: %i bytes',
    (lengthBytes) => {
      for (const segments of [1, Math.min(3, lengthBytes)]) {
        const lengths = answers(100, lengthBytes, segments).map((answer) => answer.length);
        expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...lengths)).toBe(lengthBytes);
      }
    },
  );

  test.each([1, 4, 64])(
    '5.4.6.2 N0782 and what it puts there looks random from the first byte on: buffers of %i bytes',
    (lengthBytes) => {
      const parts = answers(16384 / Math.min(lengthBytes, 16), lengthBytes);
      const bytes = Uint8Array.from(Buffer.concat(parts));
      expect(chiSquare(bytes)).toBeGreaterThan(170);
      expect(chiSquare(bytes)).toBeLessThan(350);
      const firsts = Uint8Array.from(parts, ([first]) => first ?? 0);
      expect(chiSquare(firsts), 'the first byte of each').toBeLessThan(350);
    },
  );

  test('5.4.6.2 N0782 no two answers of a run are alike, nor are two runs', () => {
    const all = [1, 2].flatMap((seed) => answers(500, 16, 1, seed));
    expect(new Set(all.map((answer) => Buffer.from(answer).toString('hex'))).size).toBe(1000);
  });
});
