import { describe, expect, it } from 'vitest';
import { HeapMeter } from '../../../src/bench/ring/heap-meter.js';

const kept: unknown[] = [];

describe('the heap meter', () => {
  it('counts what is kept', () => {
    const meter = new HeapMeter();
    meter.start();
    kept.push(Array.from({ length: 100_000 }, (_, i) => i + 0.5));
    const { allocatedBytes } = meter.stop();
    expect(allocatedBytes).toBeGreaterThan(8 * 100_000);
    expect(allocatedBytes).toBeLessThan(100 * 100_000);
  });

  it('counts what was collected meanwhile, and how often', () => {
    const meter = new HeapMeter();
    meter.start();
    for (let i = 0; i < 3_000_000; i++) kept[i & 63] = { number: i + 0.5 };
    const { allocatedBytes, minorCollections } = meter.stop();
    expect(minorCollections).toBeGreaterThan(0);
    expect(allocatedBytes).toBeGreaterThan(16 * 3_000_000);
  });

  it('can be used again', () => {
    const meter = new HeapMeter();
    for (let round = 0; round < 2; round++) {
      meter.start();
      expect(meter.stop().allocatedBytes).toBeLessThan(1_000_000);
    }
  });
});
