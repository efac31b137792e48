import { describe, expect, it } from 'vitest';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { PackedDevice } from '../../../src/virtqueue/packed-device.js';
import { PackedDriver } from '../../../src/virtqueue/packed-driver.js';
import { initPackedRing } from '../../../src/virtqueue/packed-init.js';
import { isPackedQueueSize, packedLayout, packedParts } from '../../../src/virtqueue/packed-layout.js';
import { PackedWire } from '../../support/ring/packed-wire.js';
import { CountingNotifier, makePackedRig } from '../../support/ring/rig.js';

describe('sizes of a packed queue', () => {
  it('are all from 1 to 32768, powers of 2 or not', () => {
    for (const size of [1, 2, 3, 5, 6, 7, 100, 255, 1000, 32767, 32768]) {
      expect(isPackedQueueSize(size), `${size}`).toBe(true);
    }
    for (const size of [0, -1, 32769, 65535, 65536, 1.5, Number.NaN, Infinity]) {
      expect(isPackedQueueSize(size), `${size}`).toBe(false);
      expect(() => packedLayout(size, { desc: 0, driver: 0, device: 0 }), `${size}`).toThrow(/not the size/);
    }
  });
});

describe('the layout', () => {
  it.each([1, 3, 1000, 32768])(
    'of size %i is where its parts are, which are as long as 2.8.10.1 says',
    (size) => {
      const at = { desc: 16, driver: 1 << 20, device: 1 << 21 };
      expect(packedLayout(size, at)).toEqual({
        size,
        ring: 16,
        driverEvent: at.driver,
        deviceEvent: at.device,
      });
      const parts = packedParts(size);
      expect([parts.desc.sizeBytes, parts.driver.sizeBytes, parts.device.sizeBytes]).toEqual([
        16 * size,
        4,
        4,
      ]);
    },
  );

  it('must agree with the options about the size', () => {
    const { memory, options, kicks } = makePackedRig({ size: 8 });
    const layout = packedLayout(7, { desc: 0, driver: 1024, device: 2048 });
    expect(() => new PackedDriver(memory, layout, options, kicks)).toThrow(/disagree/);
    expect(() => new PackedDevice(memory, layout, options, new CountingNotifier())).toThrow(/disagree/);
  });
});

describe('initPackedRing', () => {
  const size = 5;
  const at = { ring: 64, driverEvent: 1028, deviceEvent: 2052 };

  function init(startIndex: number): { wire: PackedWire; all: Uint8Array } {
    const memory = SharedMemory.ofSize(4096);
    const all = memory.bytes(0, 4096).fill(0xaa);
    const layout = packedLayout(size, { desc: at.ring, driver: at.driverEvent, device: at.deviceEvent });
    initPackedRing(memory, layout, startIndex);
    return { wire: new PackedWire(memory.buffer, size, at), all };
  }

  it('makes all parts zero for a start at 0, whatever was there, and touches nothing else (2.8.13)', () => {
    const { all } = init(0);
    const parts = [
      [at.ring, 16 * size],
      [at.driverEvent, 4],
      [at.deviceEvent, 4],
    ] as const;
    const isInside = (i: number) => parts.some(([start, length]) => i >= start && i < start + length);
    const outside = [...all].filter((_, i) => !isInside(i));
    const inside = [...all].filter((_, i) => isInside(i));
    expect([outside.length, inside.length]).toEqual([4096 - 88, 88]);
    expect(outside.every((byte) => byte === 0xaa)).toBe(true);
    expect(inside.every((byte) => byte === 0)).toBe(true);
  });

  it.each([0, 1, 4, 5, 7, 10, 16, 0xffff])(
    'leaves no slot available or used for either end that starts at %i, in this lap or the next',
    (startIndex) => {
      const { wire } = init(startIndex);
      for (let position = startIndex; position < startIndex + size; position++) {
        expect([wire.isAvailable(position), wire.isUsed(position)], `slot of ${position}`).toEqual([
          false,
          false,
        ]);
      }
      expect(wire.driverEvent).toEqual({ slot: 0, wrap: 0, flags: 0 });
      expect(wire.deviceEvent).toEqual({ slot: 0, wrap: 0, flags: 0 });
    },
  );
});
