import { describe, expect, test } from 'vitest';
import { OwnedDevice, OwnedDriver } from '../../../src/checkers/owned-ends.js';
import { Owner, OwnershipMap } from '../../../src/checkers/ownership.js';
import { OwnershipPort } from '../../../src/checkers/ownership-port.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeAnyRig } from '../../support/ring/rig.js';

const notOwner = (owner: string) =>
  expect.objectContaining({
    code: 'NOT_OWNER',
    detail: expect.objectContaining({ actual: `owned by ${owner}` }) as unknown,
  }) as unknown;

/** What an access throws; null: nothing. */
function refusal(access: () => unknown): unknown {
  try {
    access();
    return null;
  } catch (error) {
    return error;
  }
}

describe('whose a byte is', () => {
  const map = new OwnershipMap(SharedMemory.ofSize(256));
  map.set(new ScatterList().addReadable(13, 21).addWritable(100, 0).addWritable(203, 1), Owner.device);

  test.each([
    [13, 21, null],
    [16, 16, null],
    [203, 1, null],
    [14, 20, null],
    [12, 21, 12],
    [13, 22, 34],
    [16, 19, 34],
    [100, 1, 100],
    [202, 2, 202],
    [203, 2, 204],
  ])('for a device that touches [%d, + %d): the first that is not its own is %j', (at, length, first) => {
    const where = first === null ? null : expect.stringMatching(new RegExp(`at 0x${first.toString(16)}:`));
    expect(map.check('device', at, length)?.message ?? null).toEqual(where);
  });

  test.each([
    [0, 13, null],
    [34, 169, null],
    [0, 14, 13],
    [33, 8, 33],
    [200, 8, 203],
  ])('for a driver that touches [%d, + %d): %j', (at, length, first) => {
    const where = first === null ? null : expect.stringMatching(new RegExp(`at 0x${first.toString(16)}:`));
    expect(map.check('driver', at, length)?.message ?? null).toEqual(where);
  });
});

describe.each(['split', 'packed'] as const)('over a %s ring', (layout) => {
  function owned() {
    const rig = makeAnyRig(layout);
    const map = new OwnershipMap(SharedMemory.ofSize(rig.memory.sizeBytes));
    const ports = {
      driver: new OwnershipPort(rig.memory, map, 'driver'),
      device: new OwnershipPort(rig.memory, map, 'device'),
    };
    const driver = new OwnedDriver(rig.driver, map);
    const device = new OwnedDevice(rig.device, map);
    const list = new ScatterList().addReadable(rig.payload, 8).addWritable(rig.payload + 16, 8);
    return { ...rig, driver, device, ports, list, map };
  }

  test('each side may touch a buffer while it is its own, and not a byte else', () => {
    const { driver, device, ports, list, payload } = owned();
    expect(refusal(() => ports.driver.store32(payload, 1))).toBeNull();
    expect(refusal(() => ports.device.load32(payload))).toEqual(notOwner('the driver'));
    driver.addBuf(list, 3);
    expect(refusal(() => ports.driver.store8(payload + 7, 1))).toEqual(notOwner('the device'));
    expect(refusal(() => ports.driver.store8(payload + 8, 1))).toBeNull();
    const chain = new Chain();
    device.pop(chain);
    expect(refusal(() => ports.device.copyOut(payload, new Uint8Array(8), 0, 8))).toBeNull();
    expect(refusal(() => ports.device.bytes(payload, 9))).toEqual(notOwner('the driver'));
    device.push(chain, 8);
    expect(refusal(() => ports.device.store32(payload + 16, 1))).toEqual(notOwner('nobody'));
    expect(refusal(() => ports.driver.load32(payload + 16))).toEqual(notOwner('nobody'));
    expect(driver.getBuf()).toBe(3);
    expect(refusal(() => ports.driver.load32(payload + 16))).toBeNull();
    expect(refusal(() => ports.device.store32(payload + 16, 1))).toEqual(notOwner('the driver'));
  });

  test('a reset gives all back to the driver', () => {
    const { driver, ports, list, payload } = owned();
    driver.addBuf(list, 3);
    expect(driver.detachUnused()).toBe(3);
    expect(refusal(() => ports.device.load32(payload))).toEqual(notOwner('the driver'));
    expect(refusal(() => ports.driver.load32(payload))).toBeNull();
  });

  test('a device that is given what is not its own is stopped at once', () => {
    const { driver, device, map, list, payload } = owned();
    driver.addBuf(list, 3);
    map.set(new ScatterList().addReadable(payload + 23, 1), Owner.driver);
    expect(refusal(() => device.pop(new Chain()))).toEqual(notOwner('the driver'));
  });

  test('every kind of access is looked at', () => {
    const { ports, payload: at } = owned();
    const bytes = new Uint8Array(4);
    const { device } = ports;
    const accesses = [
      () => device.load8(at),
      () => device.load16(at),
      () => device.load32(at),
      () => device.store8(at, 0),
      () => device.store16(at, 0),
      () => device.store32(at, 0),
      () => device.load16Relaxed(at),
      () => device.store16Relaxed(at, 0),
      () => device.load16Acquire(at),
      () => device.store16Release(at, 0),
      () => device.load32Acquire(at),
      () => device.store32Release(at, 0),
      () => device.copyIn(at, bytes, 0, 4),
      () => device.copyOut(at, bytes, 0, 4),
      () => device.copyWithin(at, at + 8, 4),
      () => device.bytes(at, 4),
      () => device.target(at, 4),
      () => device.words(at, 4),
      () => device.add32(at, 1),
      () => device.or32(at, 1),
      () => device.and32(at, 1),
      () => device.wait32(at, 1, 0),
      () => device.notify32(at),
    ];
    expect(accesses.map((access) => refusal(access) === null)).toEqual(accesses.map(() => false));
  });
});
