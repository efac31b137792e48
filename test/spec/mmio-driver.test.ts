import { beforeAll, describe, expect, test } from 'vitest';
import { bringUpBlk } from '../../src/guest/bring-up.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { resetDevice } from '../../src/transport/negotiate.js';
import { InterruptCause } from '../../src/transport/status.js';
import type { Access } from '../support/transport/driver-rig.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { ringAt } from '../support/transport/register-rig.js';
import { WorkRig } from '../support/transport/run-work.js';

/** The table of 4.2.2, by direction. */
const READABLE = new Set([
  Mmio.magicValue,
  Mmio.version,
  Mmio.deviceId,
  Mmio.vendorId,
  Mmio.deviceFeatures,
  Mmio.queueSizeMax,
  Mmio.queueReady,
  Mmio.interruptStatus,
  Mmio.status,
  Mmio.shmLenLow,
  Mmio.shmLenHigh,
  Mmio.shmBaseLow,
  Mmio.shmBaseHigh,
  Mmio.configGeneration,
] as number[]);
const OF_A_QUEUE: readonly number[] = [
  Mmio.queueSize,
  Mmio.queueDescLow,
  Mmio.queueDescHigh,
  Mmio.queueDriverLow,
  Mmio.queueDriverHigh,
  Mmio.queueDeviceLow,
  Mmio.queueDeviceHigh,
];
const WRITABLE = new Set([
  Mmio.deviceFeaturesSel,
  Mmio.driverFeatures,
  Mmio.driverFeaturesSel,
  Mmio.queueSel,
  Mmio.queueReady,
  Mmio.queueNotify,
  Mmio.interruptAck,
  Mmio.status,
  Mmio.shmSel,
  ...OF_A_QUEUE,
]);

/** Widths of the fields of a block device's configuration that this driver knows (5.2.4); 64 bits as two halves. */
const FIELD_WIDTHS = new Map([...[0, 4, 8, 12, 20, 36, 48].map((offset) => [offset, 4] as const), [34, 2]]);

/** Every access of a driver that works for a while, resets the device, and does all of it again. */
let accesses: readonly Access[];

beforeAll(() => {
  const rig = new WorkRig({ blk: { segMax: 4, sizeMaxBytes: 4096 }, workload: { operations: 50 } }).run();
  const { machine } = rig;
  resetDevice(machine.driver);
  machine.bringUp();
  resetDevice(machine.driver);
  ({ accesses } = machine.log);
  expect(accesses.length).toBeGreaterThan(50);
  expect(machine.violations).toEqual([]);
});

function beforeEach(offset: number, kind: Access['kind']): (readonly Access[])[] {
  const at = accesses.flatMap((access, i) => (access.offset === offset && access.kind === kind ? [i] : []));
  expect(at.length, 'the register is used at all').toBeGreaterThan(0);
  return at.map((i) => accesses.slice(0, i));
}

describe('4.2.2 MMIO registers, driver', () => {
  test('4.2.2.2 N0372 it reads what can be read, writes what can be written, and knows no other place', () => {
    const wrong = accesses.filter(({ kind, offset }) => {
      if (offset >= Mmio.config) return kind === 'write' || !FIELD_WIDTHS.has(offset - Mmio.config);
      return kind === 'read' ? !READABLE.has(offset) : !WRITABLE.has(offset);
    });
    expect(wrong).toEqual([]);
  });

  test('4.2.2.2 N0373 registers are read and written 32 bits wide and aligned', () => {
    const registers = accesses.filter(({ offset }) => offset < Mmio.config);
    expect(registers.filter(({ offset, widthBytes }) => widthBytes !== 4 || offset % 4 !== 0)).toEqual([]);
  });

  test('4.2.2.2 N0374 configuration fields are read with their own width', () => {
    const fields = accesses.filter(({ offset }) => offset >= Mmio.config);
    expect(fields.length).toBeGreaterThan(5);
    for (const { offset, widthBytes } of fields) {
      expect(widthBytes, `offset ${offset - Mmio.config}`).toBe(FIELD_WIDTHS.get(offset - Mmio.config));
    }
  });

  test.each([
    ['N0375 MagicValue', { [Mmio.magicValue]: 0x12345678 }, 1],
    ['N0376 Version', { [Mmio.magicValue]: 0x74726976, [Mmio.version]: 1 }, 2],
  ])('4.2.2.2 %s: another one is no device, and left alone', (_, values: Record<number, number>, reads) => {
    const rig = new DriverRig();
    const read = rig.device.read.bind(rig.device);
    rig.device.read = (offset, width) => values[offset] ?? read(offset, width);
    expect(() => bringUpBlk(rig.driver, rig.memory, [], () => [])).toThrow(/expected \d+, got \d+/);
    expect(rig.log.accesses.map(({ kind }) => kind)).toEqual(Array.from({ length: reads }, () => 'read'));
  });

  test('4.2.2.2 N0377 DeviceID 0 is an empty slot: no error of the transport, and nothing is touched', () => {
    const rig = new DriverRig({ model: { deviceId: 0 } });
    expect(rig.driver.probe()).toBe(0);
    expect(rig.log.accesses.every(({ kind }) => kind === 'read')).toBe(true);
    expect(rig.status).toBe(0);
  });

  test.each([
    ['N0378', Mmio.deviceFeatures, 'read', Mmio.deviceFeaturesSel],
    ['N0379', Mmio.driverFeatures, 'write', Mmio.driverFeaturesSel],
  ] as const)('4.2.2.2 %s the word of features is selected first', (_, offset, kind, selector) => {
    for (const before of beforeEach(offset, kind)) {
      expect(before.at(-1)).toMatchObject({ kind: 'write', offset: selector });
    }
    const selected = accesses.filter((access) => access.offset === selector).map(({ value }) => value);
    expect(selected.slice(0, 4)).toEqual([0, 1, 2, 3]);
  });

  test('4.2.2.2 N0380 QueueSize is at most the QueueSizeMax that was read for the queue', () => {
    for (const before of beforeEach(Mmio.queueSize, 'write')) {
      const size = accesses[before.length]?.value ?? Infinity;
      const max = before.findLast(
        ({ kind, offset }) => kind === 'read' && offset === Mmio.queueSizeMax,
      )?.value;
      expect(size).toBeLessThanOrEqual(max ?? -1);
    }
    const rig = new BlkMachine(jobPlan());
    const tooLarge = [{ addresses: ringAt(0), size: 4096, startIndex: 0 }];
    expect(() => bringUpBlk(rig.driver, rig.ram, [], () => tooLarge)).toThrow(/can have 1024 entries, 4096/);
    expect(rig.log.written(Mmio.queueSize)).toEqual([]);
  });

  test('4.2.2.2 N0381 a queue is left alone while its QueueReady is not zero', () => {
    let ready = false;
    let checked = 0;
    for (const { kind, offset, value } of accesses) {
      if (kind === 'write' && offset === Mmio.queueReady) ready = value !== 0;
      if (kind === 'write' && offset === Mmio.status && value === 0) ready = false;
      if (!OF_A_QUEUE.includes(offset)) continue;
      checked += 1;
      expect(ready).toBe(false);
    }
    expect(checked).toBe(2 * OF_A_QUEUE.length);
  });

  test('4.2.2.2 N0383 N0384 bits of InterruptStatus that mean nothing are neither seen nor acknowledged', () => {
    const rig = new DriverRig();
    const line = rig.driver.interrupts(0);
    rig.memory.store32(Mmio.interruptStatus, 0xffff_fff0 | InterruptCause.usedBuffer);
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    line.acknowledge(line.pending());
    expect(rig.window.interruptStatus).toBe(0xffff_fff0);
    expect(line.pending()).toBe(0);
  });
});

describe('4.2.3 MMIO initialization', () => {
  test('4.2.3.1.1 N0388 N0389 it begins with MagicValue, Version and DeviceID', () => {
    expect(accesses.slice(0, 3).map(({ kind, offset }) => [kind, offset])).toEqual([
      ['read', Mmio.magicValue],
      ['read', Mmio.version],
      ['read', Mmio.deviceId],
    ]);
  });

  test('4.2.3.1.1 N0390 the registers of shared memory are not used', () => {
    const used = accesses.filter(({ offset }) => offset >= Mmio.shmSel && offset <= Mmio.shmBaseHigh);
    expect(used).toEqual([]);
  });

  test('4.2.3.1.1 N0391 what follows is the general procedure, from the reset on', () => {
    const [first] = accesses.slice(3);
    expect(first).toMatchObject({ kind: 'write', offset: Mmio.status, value: 0 });
  });

  test('4.2.3.2 a queue is found not to be in use before it is set up', () => {
    for (const before of beforeEach(Mmio.queueSize, 'write')) {
      expect(before.at(-1)).toMatchObject({ kind: 'read', offset: Mmio.queueReady, value: 0 });
      expect(before.at(-2)).toMatchObject({ kind: 'write', offset: Mmio.queueSel, value: 0 });
    }
  });
});
