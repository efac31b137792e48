import { describe, expect, test } from 'vitest';
import { BAR_BYTES, PciBar } from '../../../src/transport/pci-layout.js';
import { CapField, CapId, CapType, MsixField, PciCommon } from '../../../src/transport/pci-registers.js';
import { Status } from '../../../src/transport/status.js';
import { PciRig } from '../../support/transport/pci-rig.js';

/** Offset, length and type of the virtio capabilities, by the list. */
function structures(rig: PciRig): number[][] {
  return rig.capabilities
    .filter((at) => rig.readSpace(at, 1) === CapId.vendor)
    .map((at) => [
      rig.readSpace(at + CapField.type, 1),
      rig.readSpace(at + CapField.structureOffset, 4),
      rig.readSpace(at + CapField.structureLength, 4),
    ]);
}

describe('the header', () => {
  test.each([
    ['vendor', 0x00, 2, 0x1af4],
    ['device', 0x02, 2, 0x1040 + 42],
    ['command: memory and bus master', 0x04, 2, 0x0006],
    ['status: there are capabilities', 0x06, 2, 0x0010],
    ['revision', 0x08, 1, 1],
    ['header type', 0x0e, 1, 0],
    ['BAR 0: memory, 32 bits', 0x10, 4, 0],
    ['subsystem vendor', 0x2c, 2, 0x1af4],
    ['subsystem', 0x2e, 2, 0x1040 + 42],
    ['first capability', 0x34, 1, 0x40],
    ['interrupt pin: INTA', 0x3d, 1, 1],
  ])('%s is at 0x%s', (_, offset, widthBytes, value) => {
    expect(new PciRig().readSpace(offset, widthBytes)).toBe(value);
  });

  test.each([
    [1, 0x0200],
    [2, 0x0180],
    [3, 0x0780],
    [4, 0xff00],
  ])('device type %i is of its class', (deviceId, classCode) => {
    const rig = new PciRig({ model: { deviceId } });
    expect(rig.readSpace(0x0a, 2)).toBe(classCode);
    expect(rig.readSpace(0x09, 1)).toBe(0);
  });

  test('is read with any width, and joined from bytes', () => {
    const rig = new PciRig();
    expect(rig.readSpace(0, 4)).toBe(0x106a_1af4);
    expect([0, 1, 2, 3].map((offset) => rig.readSpace(offset, 1))).toEqual([0xf4, 0x1a, 0x6a, 0x10]);
  });

  test('keeps what cannot be written, without a word', () => {
    const rig = new PciRig();
    for (const offset of [0, 4, 8, 0x14, 0x2c, 0x34]) {
      const before = rig.readSpace(offset, 4);
      rig.writeSpace(offset, 4, 0xffff_ffff);
      expect(rig.readSpace(offset, 4)).toBe(before);
    }
    expect(rig.codes).toEqual([]);
  });

  test('tells the size of BAR 0 when all ones are written', () => {
    const rig = new PciRig();
    rig.writeSpace(0x10, 4, 0xffff_ffff);
    expect((~rig.readSpace(0x10, 4) >>> 0) + 1).toBe(BAR_BYTES);
    rig.writeSpace(0x10, 4, 0xfe00_0000);
    expect(rig.readSpace(0x10, 4)).toBe(0xfe00_0000);
  });

  test.each([
    [1, 2],
    [2, 4],
    [0, 3],
    [0, 8],
  ])('is not answered at %i with %i bytes', (offset, widthBytes) => {
    const rig = new PciRig();
    expect(rig.readSpace(offset, widthBytes)).toBe(0);
    rig.writeSpace(offset, widthBytes, 0);
    expect(rig.codes).toEqual(['PCI_SPACE_ACCESS', 'PCI_SPACE_ACCESS']);
    expect(rig.window.status).toBe(Status.needsReset);
  });
});

describe('the list of capabilities', () => {
  test('points to all structures, and ends', () => {
    expect(structures(new PciRig())).toEqual([
      [CapType.common, 0x000, 64],
      [CapType.notify, 0x080, 12],
      [CapType.isr, 0x040, 1],
      [CapType.device, 0x400, 0x400],
      [CapType.access, 0, 0],
    ]);
  });

  test('has no device structure for a device without a configuration', () => {
    const rig = new PciRig({ model: { config: new Uint8Array(0) } });
    expect(structures(rig).map(([type]) => type)).toEqual([1, 2, 3, 5]);
    expect(rig.config(0)).toBe(0);
    expect(rig.codes).toEqual(['PCI_READ']);
  });

  test('has MSI-X for every number of vectors but 0', () => {
    for (const vectorCount of [0, 1, 2, 17]) {
      const rig = new PciRig({ model: { vectorCount } });
      const msix = rig.capabilities.find((at) => rig.readSpace(at, 1) === CapId.msix);
      expect(msix === undefined).toBe(vectorCount === 0);
      if (msix === undefined) continue;
      expect(rig.readSpace(msix + MsixField.control, 2)).toBe(vectorCount - 1);
      expect(rig.readSpace(msix + MsixField.table, 4)).toBe(PciBar.vectorTable);
      rig.writeSpace(msix + MsixField.control, 2, 0xffff);
      expect(rig.readSpace(msix + MsixField.control, 2), 'only the enable bit').toBe(
        0x8000 + vectorCount - 1,
      );
    }
  });

  test('overlaps nothing: every capability ends before the next begins', () => {
    const rig = new PciRig();
    const starts = rig.capabilities;
    for (const [i, at] of starts.slice(0, -1).entries()) {
      expect(at % 4).toBe(0);
      expect(at + rig.readSpace(at + CapField.length, 1)).toBeLessThanOrEqual(starts[i + 1] as number);
    }
  });
});

describe('pci_cfg_data', () => {
  function pointed(rig: PciRig, offset: number, lengthBytes: number, bar = 0): number {
    const at = rig.capability(CapType.access);
    rig.writeSpace(at + CapField.bar, 1, bar);
    rig.writeSpace(at + CapField.structureOffset, 4, offset);
    rig.writeSpace(at + CapField.structureLength, 4, lengthBytes);
    return at + CapField.accessData;
  }

  test('is not answered while the capability points to nothing', () => {
    for (const [offset, lengthBytes, bar] of [
      [0, 0, 0],
      [0, 3, 0],
      [2, 4, 0],
      [BAR_BYTES, 4, 0],
      [0xffff_fffc, 4, 0],
      [0, 4, 1],
    ] as const) {
      const rig = new PciRig();
      const data = pointed(rig, offset, lengthBytes, bar);
      expect(rig.codes).toEqual([]);
      rig.readSpace(data, 4);
      rig.writeSpace(data, 4, 1);
      expect(rig.codes).toEqual(['PCI_CFG_ACCESS', 'PCI_CFG_ACCESS']);
    }
  });

  test('is not touched by accesses beside it', () => {
    const rig = new PciRig();
    const data = pointed(rig, PciCommon.numQueues, 4);
    rig.readSpace(data - 4, 4);
    rig.readSpace(data + 4, 4);
    expect(rig.codes).toEqual([]);
  });
});

describe('BAR 0', () => {
  test.each([
    ['between the structures', 0x044, 4],
    ['ISR status with another width', 0x040, 4],
    ['a notification address', 0x080, 2],
    ['a table entry in part', 0x100, 2],
    ['behind the table', 0x140, 4],
    ['behind the end', BAR_BYTES, 4],
  ])('cannot be read: %s', (_, offset, widthBytes) => {
    const rig = new PciRig();
    expect(rig.device.read(offset, widthBytes)).toBe(0);
    expect(rig.codes).toEqual(['PCI_READ']);
  });

  test.each([
    ['ISR status', 0x040, 1, 'PCI_WRITE'],
    ['the table of vectors', 0x100, 4, 'PCI_WRITE'],
    ['behind the end', BAR_BYTES, 4, 'PCI_WRITE'],
    ['the configuration', 0x400, 1, 'PCI_CONFIG_WRITE'],
  ])('cannot be written: %s', (_, offset, widthBytes, code) => {
    const rig = new PciRig();
    rig.device.write(offset, widthBytes, 1);
    expect(rig.codes).toEqual([code]);
  });

  test('shows whom a vector interrupts, and that none is pending', () => {
    const rig = new PciRig();
    const data = [0, 1, 2, 3].map((vector) => rig.device.read(PciBar.vectorTable + 16 * vector + 8, 4));
    expect(data).toEqual([0b001, 0b010, 0b100, 0b111]);
    expect(rig.device.read(PciBar.vectorTable + 12, 4), 'control: not masked').toBe(0);
    expect(rig.device.read(PciBar.pendingBits, 4)).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test('takes a notification for what it is, at the address of its queue alone', () => {
    const rig = PciRig.live();
    const before = [0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence());
    rig.device.write(PciBar.notify + 8, 2, 2);
    expect(rig.codes).toEqual([]);
    const after = [0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence());
    expect(after.map((sequence, queue) => sequence - (before[queue] as number))).toEqual([0, 0, 1]);
    rig.device.write(PciBar.notify + 8, 4, 2);
    rig.device.write(PciBar.notify + 4, 2, 2);
    rig.device.write(PciBar.notify + 12, 2, 3);
    expect(rig.codes).toEqual(['PCI_NOTIFY', 'PCI_NOTIFY', 'PCI_NOTIFY']);
  });

  test.each([
    [1, 2],
    [2, 4],
    [0, 8],
  ])('has no configuration at %i of %i bytes', (offset, widthBytes) => {
    const rig = new PciRig();
    expect(rig.config(offset, widthBytes)).toBe(0);
    expect(rig.codes).toEqual(['PCI_CONFIG_ACCESS']);
  });
});
