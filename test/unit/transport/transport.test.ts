import { describe, expect, test } from 'vitest';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { readConfig64, readConfigConsistently } from '../../../src/transport/transport.js';
import { DriverRig } from '../../support/transport/driver-rig.js';

function filled(value: number): Uint8Array {
  return new Uint8Array(32).fill(value);
}

function readTwo(rig: DriverRig): [number, number] {
  return readConfigConsistently(rig.driver, () => [readConfig64(rig.driver, 0), rig.driver.readConfig(8, 4)]);
}

const ALL_ONES = [0x01010101 * 2 ** 32 + 0x01010101, 0x01010101];

describe('readConfigConsistently', () => {
  test('reads once when nothing changes', () => {
    const rig = new DriverRig();
    rig.device.updateConfig(filled(1));
    expect(readTwo(rig)).toEqual(ALL_ONES);
    expect(rig.log.accesses).toHaveLength(5);
  });

  test.each([0, 1, 2])('reads again when the device changes it behind access %i of its own', (behind) => {
    const rig = new DriverRig();
    rig.device.updateConfig(filled(7));
    // Access 0 is the generation, 1 to 3 are the fields.
    let count = 0;
    rig.log.onAccess = () => {
      if (count++ === behind + 1) rig.device.updateConfig(filled(1));
    };
    expect(readTwo(rig)).toEqual(ALL_ONES);
    expect(rig.log.accesses.length).toBe(10);
  });

  test('goes on until the device keeps still, and never returns a mixture', () => {
    const rig = new DriverRig();
    let changes = 0;
    rig.log.onAccess = ({ offset }) => {
      if (offset < Mmio.config || changes === 20) return;
      changes += 1;
      rig.device.updateConfig(filled(changes === 20 ? 1 : changes + 1));
    };
    expect(readTwo(rig)).toEqual(ALL_ONES);
    expect(changes).toBe(20);
  });
});

describe('readConfig64', () => {
  test('is exact above 2^32', () => {
    const rig = new DriverRig();
    rig.device.updateConfig(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0));
    expect(readConfig64(rig.driver, 0)).toBe(Number.MAX_SAFE_INTEGER);
  });
});
