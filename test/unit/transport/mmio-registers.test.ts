import { describe, expect, test } from 'vitest';
import { Mmio, MMIO_BYTES, MMIO_VENDOR } from '../../../src/transport/mmio-registers.js';
import { Status } from '../../../src/transport/status.js';
import { AT, RegisterRig } from '../../support/transport/register-rig.js';

/** The registers of 4.2.2 that can be read, with what they read before anything was written. */
const READABLE: readonly (readonly [offset: number, value: number])[] = [
  [0x000, 0x74726976],
  [0x004, 2],
  [0x008, 42],
  [0x00c, MMIO_VENDOR],
  [0x010, 2 ** 3 + 2 ** 9 + 2 ** 11 + 2 ** 28 + 2 ** 29],
  [0x034, 256],
  [0x044, 0],
  [0x060, 0],
  [0x070, 0],
  [0x0b0, 0xffff_ffff],
  [0x0b4, 0xffff_ffff],
  [0x0b8, 0xffff_ffff],
  [0x0bc, 0xffff_ffff],
  [0x0fc, 0],
];
const ADDRESSES = [0x080, 0x084, 0x090, 0x094, 0x0a0, 0x0a4];
const WRITABLE = [0x014, 0x020, 0x024, 0x030, 0x038, 0x044, 0x050, 0x064, 0x070, 0x0ac, ...ADDRESSES];

/** QueueReset is among the registers that are not there: RING_RESET is not offered. */
const ALL = Array.from({ length: 0x100 / 4 }, (_, i) => 4 * i);
const readable = new Map(READABLE);

function named(offsets: readonly number[]): { name: string; offset: number }[] {
  return offsets.map((offset) => ({ name: `0x${offset.toString(16).padStart(3, '0')}`, offset }));
}

describe('registers of a fresh device', () => {
  test.each(named([...readable.keys()]))('$name can be read', ({ offset }) => {
    const rig = new RegisterRig();
    expect(rig.read(offset)).toBe(readable.get(offset));
    expect(rig.codes).toEqual([]);
  });

  test.each(named(ALL.filter((offset) => !readable.has(offset))))('$name cannot be read', ({ offset }) => {
    const rig = new RegisterRig();
    expect(rig.read(offset)).toBe(0);
    expect(rig.codes).toEqual(['MMIO_READ']);
    expect(rig.window.status).toBe(Status.needsReset);
  });

  test.each(named(WRITABLE))('$name can be written', ({ offset }) => {
    const rig = new RegisterRig();
    rig.write(offset, 0);
    expect(rig.codes).toEqual([]);
  });

  test.each(named(ALL.filter((offset) => !WRITABLE.includes(offset))))(
    '$name cannot be written',
    ({ offset }) => {
      const rig = new RegisterRig();
      rig.write(offset, 1);
      expect(rig.codes).toEqual(['MMIO_WRITE']);
      expect(rig.window.status).toBe(Status.needsReset);
    },
  );

  test('a forbidden write is called that, whatever queue is selected', () => {
    for (const prepare of [
      (rig: RegisterRig) => rig.write(Mmio.queueSel, 99),
      (rig: RegisterRig) => rig.enableQueue(0),
    ]) {
      const rig = new RegisterRig().initialise(AT.featuresOk);
      prepare(rig);
      rig.write(Mmio.magicValue, 1);
      expect(rig.codes).toEqual(['MMIO_WRITE']);
    }
  });
});

describe('a register access', () => {
  test.each([
    ['8 bits wide', Mmio.status, 1],
    ['16 bits wide', Mmio.status, 2],
    ['64 bits wide', Mmio.queueDescLow, 8],
    ['misaligned', Mmio.status + 1, 4],
    ['misaligned', Mmio.status + 2, 4],
    ['behind the page', MMIO_BYTES, 4],
    ['before the page', -4, 8],
  ])('that is %s does nothing (at %i, %i bytes)', (_, offset, widthBytes) => {
    for (const access of ['read', 'write'] as const) {
      const rig = new RegisterRig();
      if (access === 'read') expect(rig.read(offset, widthBytes)).toBe(0);
      else rig.write(offset, 3, widthBytes);
      expect(rig.codes).toEqual(['MMIO_ACCESS']);
      expect(rig.violations[0]?.detail.section).toBe('4.2.2.2');
      expect(rig.status, 'only what the device did itself').toBe(Status.needsReset);
    }
  });

  test('names offset and clause, so that a driver can be repaired', () => {
    const rig = new RegisterRig();
    rig.read(Mmio.queueSel);
    expect(rig.violations[0]?.message).toMatch(/0x030.*4\.2\.2\b/);
  });
});

describe('registers that say nothing of a device', () => {
  test('every shared memory region is absent', () => {
    const rig = new RegisterRig();
    for (const region of [0, 1, 255]) {
      rig.write(Mmio.shmSel, region);
      for (const offset of [Mmio.shmLenLow, Mmio.shmLenHigh, Mmio.shmBaseLow, Mmio.shmBaseHigh]) {
        expect(rig.read(offset)).toBe(0xffff_ffff);
      }
    }
    expect(rig.codes).toEqual([]);
  });

  test('selectors are of a queue or of feature words, never both', () => {
    const rig = new RegisterRig();
    rig.write(Mmio.queueSel, 3);
    expect(rig.offeredWord(1)).toBe(2 ** (32 - 32) + 2 ** (50 - 32));
    expect(rig.read(Mmio.queueSizeMax)).toBe(0);
    rig.write(Mmio.driverFeaturesSel, 1);
    rig.write(Mmio.queueSel, 2);
    expect(rig.read(Mmio.queueSizeMax)).toBe(256);
    expect(rig.codes).toEqual([]);
  });
});

describe('a kick through QueueNotify', () => {
  test('rings the bell of its queue, live or not', () => {
    const rig = RegisterRig.live();
    const before = [0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence());
    rig.write(Mmio.queueNotify, 2);
    const after = [0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence());
    expect(after.map((sequence, queue) => sequence - (before[queue] as number))).toEqual([0, 0, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('of a queue that does not exist is a violation', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueNotify, 3);
    expect(rig.codes).toEqual(['MMIO_NOTIFY']);
    expect(rig.status).toBe(AT.live | Status.needsReset);
  });
});
