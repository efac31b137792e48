import { describe, expect, test } from 'vitest';
import { discover, type PciStructures } from '../../../src/transport/pci-discovery.js';

interface Cap {
  readonly type: number;
  readonly bar?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly capLength?: number;
  readonly multiplier?: number;
}

const GOOD: readonly Cap[] = [
  { type: 1, length: 64 },
  { type: 2, offset: 0x100, length: 64, multiplier: 4 },
  { type: 3, offset: 0x200, length: 1 },
  { type: 4, offset: 0x300, length: 64 },
];
const CAP_STEP = 24;

/** A configuration space with these capabilities, one behind the other; `bend` does what it likes to it. */
function discoverIn(caps: readonly Cap[], bend: (space: DataView) => void = () => undefined): PciStructures {
  const space = new DataView(new ArrayBuffer(256));
  space.setUint16(0x06, 0x10, true);
  space.setUint8(0x34, caps.length === 0 ? 0 : 0x40);
  caps.forEach((cap, i) => {
    const at = 0x40 + CAP_STEP * i;
    space.setUint8(at, 0x09);
    space.setUint8(at + 1, i === caps.length - 1 ? 0 : at + CAP_STEP);
    space.setUint8(at + 2, cap.capLength ?? 20);
    space.setUint8(at + 3, cap.type);
    space.setUint8(at + 4, cap.bar ?? 0);
    space.setUint32(at + 8, cap.offset ?? 0, true);
    space.setUint32(at + 12, cap.length ?? 0, true);
    space.setUint32(at + 16, cap.multiplier ?? 0, true);
  });
  bend(space);
  return discover((offset, widthBytes) => {
    if (widthBytes === 1) return space.getUint8(offset);
    return widthBytes === 2 ? space.getUint16(offset, true) : space.getUint32(offset, true);
  });
}

function code(expected: string): Error {
  return expect.objectContaining({ code: expected }) as Error;
}

describe('the way along the capabilities', () => {
  test('ends at the structures, wherever the device has put them', () => {
    expect(discoverIn(GOOD)).toEqual({
      common: { offset: 0, lengthBytes: 64 },
      notify: { offset: 0x100, lengthBytes: 64, multiplier: 4 },
      isr: { offset: 0x200, lengthBytes: 1 },
      device: { offset: 0x300, lengthBytes: 64 },
      msix: null,
    });
  });

  test('does not need a device structure', () => {
    expect(discoverIn(GOOD.slice(0, 3)).device).toBeNull();
  });

  test('passes by capabilities of other kinds, and counts the vectors of MSI-X', () => {
    const found = discoverIn([...GOOD, { type: 0 }, { type: 0 }], (space) => {
      space.setUint8(0x40 + CAP_STEP * 4, 0x01);
      space.setUint8(0x40 + CAP_STEP * 5, 0x11);
      space.setUint16(0x40 + CAP_STEP * 5 + 2, 0xc7ff, true);
    });
    expect(found.msix).toEqual({ capability: 0x40 + CAP_STEP * 5, vectorCount: 0x800 });
  });

  test('masks the reserved bits of a pointer', () => {
    const bend = (space: DataView): void => space.setUint8(0x34, 0x43);
    expect(discoverIn(GOOD, bend)).toEqual(discoverIn(GOOD));
  });

  test('takes a structure of later than the first, when the first cannot be reached', () => {
    const elsewhere = { type: 1, bar: 4, offset: 0x500, length: 64 };
    expect(discoverIn([elsewhere, ...GOOD])).toEqual(discoverIn(GOOD));
  });

  test.each([
    ['common', 0],
    ['notification', 1],
    ['ISR', 2],
  ])('finds fault with a device without a %s structure', (name, missing) => {
    const caps = GOOD.filter((_, i) => i !== missing);
    expect(() => discoverIn(caps)).toThrow(code('PCI_STRUCTURE'));
    expect(() => discoverIn(caps)).toThrow(name);
  });

  test.each([
    ['common configuration', 0, 55],
    ['notification', 1, 1],
    ['ISR status', 2, 0],
    ['device configuration', 3, 0],
  ])('finds fault with a %s structure that is too short', (name, index, length) => {
    const caps = GOOD.map((cap, i) => (i === index ? { ...cap, length } : cap));
    expect(() => discoverIn(caps)).toThrow(code('PCI_STRUCTURE'));
    expect(() => discoverIn(caps)).toThrow(name);
  });

  test('finds fault with a device that has no list, or one that never ends', () => {
    expect(() => discoverIn(GOOD, (space) => space.setUint16(0x06, 0, true))).toThrow(code('PCI_NO_CAPS'));
    const bend = (space: DataView): void => space.setUint8(0x40 + 3 * CAP_STEP + 1, 0x40);
    expect(() => discoverIn(GOOD, bend)).toThrow(code('PCI_CAPS_LOOP'));
  });
});

describe('4.1.4.1 a capability', () => {
  test.each([
    ['N0270 of a reserved type', { type: 0 }],
    ['N0270 of another reserved type', { type: 6 }],
    ['N0270 of a type far off', { type: 0xff }],
    ['N0273 in a reserved BAR', { type: 1, bar: 6, offset: 0x700, length: 64 }],
    ['N0273 in the other reserved BAR', { type: 2, bar: 7, offset: 0x700, length: 64 }],
    ['that is too short to point anywhere', { type: 1, capLength: 12, offset: 0x700, length: 64 }],
  ])('%s is ignored', (_, odd) => {
    expect(discoverIn([odd, ...GOOD])).toEqual(discoverIn(GOOD));
  });

  test('N0271 is the first of its type', () => {
    const second = { type: 3, offset: 0x700, length: 4 };
    expect(discoverIn([...GOOD, second])).toEqual(discoverIn(GOOD));
    expect(discoverIn([second, ...GOOD]).isr).toEqual({ offset: 0x700, lengthBytes: 4 });
  });

  test('N0272 may be longer than this driver knows', () => {
    const longer = GOOD.map((cap) => ({ ...cap, capLength: 24 }));
    expect(discoverIn(longer)).toEqual(discoverIn(GOOD));
  });

  test('N0274 N0275 may point to more than this driver knows', () => {
    const larger = GOOD.map((cap) => ({ ...cap, length: 0xffff_ffff }));
    expect(discoverIn(larger).common).toEqual({ offset: 0, lengthBytes: 0xffff_ffff });
    const older = GOOD.map((cap) => (cap.type === 1 ? { ...cap, length: 56 } : cap));
    expect(discoverIn(older).common.lengthBytes, 'without the fields of newer features').toBe(56);
  });
});
