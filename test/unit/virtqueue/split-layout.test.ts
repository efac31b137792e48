import { describe, expect, it } from 'vitest';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { SplitDevice } from '../../../src/virtqueue/split-device.js';
import { SplitDriver } from '../../../src/virtqueue/split-driver.js';
import { initSplitRing } from '../../../src/virtqueue/split-init.js';
import { isSplitQueueSize, splitLayout, splitParts } from '../../../src/virtqueue/split-layout.js';
import { CountingNotifier, makeRig } from '../../support/ring/rig.js';
import { WireRing } from '../../support/ring/wire.js';

describe('sizes of a split queue', () => {
  it('are the powers of 2 up to 32768', () => {
    for (let exponent = 0; exponent <= 15; exponent++) expect(isSplitQueueSize(2 ** exponent)).toBe(true);
    for (const size of [0, -1, -2, 3, 6, 100, 65535, 65536, 2 ** 20, 1.5, Number.NaN, Infinity]) {
      expect(isSplitQueueSize(size), `${size}`).toBe(false);
      expect(() => splitLayout(size, { desc: 0, driver: 0, device: 0 }), `${size}`).toThrow(/power of 2/);
    }
  });
});

describe('the layout', () => {
  it.each([1, 2, 256, 32768])('of size %i follows the tables of 2.7, and its parts are as long', (size) => {
    const at = { desc: 16, driver: 1 << 20, device: 1 << 21 };
    expect(splitLayout(size, at)).toEqual({
      size,
      desc: 16,
      availFlags: at.driver,
      availIdx: at.driver + 2,
      availRing: at.driver + 4,
      usedEvent: at.driver + 4 + 2 * size,
      usedFlags: at.device,
      usedIdx: at.device + 2,
      usedRing: at.device + 4,
      availEvent: at.device + 4 + 8 * size,
    });
    const parts = splitParts(size);
    expect(parts.desc.sizeBytes).toBe(16 * size);
    expect(parts.driver.sizeBytes, 'to the end of used_event').toBe(4 + 2 * size + 2);
    expect(parts.device.sizeBytes, 'to the end of avail_event').toBe(4 + 8 * size + 2);
  });

  it('must agree with the options about the size', () => {
    const { memory, options, kicks } = makeRig({ size: 8 });
    const layout = splitLayout(4, { desc: 0, driver: 1024, device: 2048 });
    expect(() => new SplitDriver(memory, layout, options, kicks)).toThrow(/disagree/);
    expect(() => new SplitDevice(memory, layout, options, new CountingNotifier())).toThrow(/disagree/);
  });
});

describe('initSplitRing', () => {
  it.each([0, 0xfff0])(
    'clears the parts, whatever was there, and nothing else; all indices are %i',
    (startIndex) => {
      const size = 4;
      const memory = SharedMemory.ofSize(4096);
      const all = memory.bytes(0, 4096).fill(0xaa);
      const at = { desc: 64, avail: 1026, used: 2052 };
      initSplitRing(
        memory,
        splitLayout(size, { desc: at.desc, driver: at.avail, device: at.used }),
        startIndex,
      );

      const wire = new WireRing(memory.buffer, size, at);
      expect([wire.availFlags, wire.usedFlags]).toEqual([0, 0]);
      const indices = [wire.availIdx, wire.usedIdx, wire.usedEvent, wire.availEvent];
      expect(indices).toEqual([startIndex, startIndex, startIndex, startIndex]);
      for (let i = 0; i < size; i++) {
        expect(wire.descriptor(i)).toEqual({ address: 0, length: 0, flags: 0, next: 0 });
        expect(wire.availEntry(i)).toBe(0);
        expect(wire.usedEntry(i)).toEqual({ id: 0, length: 0 });
      }
      const parts = splitParts(size);
      const inside = (i: number, start: number, length: number): boolean => i >= start && i < start + length;
      const outside = [...all].filter(
        (_, i) =>
          !inside(i, at.desc, parts.desc.sizeBytes) &&
          !inside(i, at.avail, parts.driver.sizeBytes) &&
          !inside(i, at.used, parts.device.sizeBytes),
      );
      expect(outside.length).toBe(4096 - 64 - 14 - 38);
      expect(outside.every((byte) => byte === 0xaa)).toBe(true);
    },
  );
});
