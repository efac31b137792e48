import type { DeviceModel } from './device-model.js';
import { BAR_BYTES, NOTIFY_MULTIPLIER, PCI_CONFIG_BYTES, PciBar, PciBarBytes } from './pci-layout.js';
import {
  CapField,
  CapId,
  CapType,
  MsixField,
  PCI_COMMON_BYTES,
  PCI_DEVICE_BASE,
  PCI_VENDOR_VIRTIO,
  PciHeader,
  PciStatus,
} from './pci-registers.js';

/** A capability's place in the configuration space. */
export interface CapSpan {
  readonly start: number;
  readonly bytes: number;
}

/** The configuration space of a device as it is after power-on, and what a driver may write in it. */
export interface ConfigImage {
  readonly bytes: Uint8Array;
  /** For every byte the bits that a write changes. */
  readonly writable: Uint8Array;
  /** Capabilities in which a driver may write nothing (virtio 1.4, 4.1.4.1, N0276). */
  readonly frozen: readonly CapSpan[];
  /** Where the PCI configuration access capability is (4.1.4.9). */
  readonly access: number;
  /** Where the MSI-X capability is; null when the device has none. */
  readonly msix: number | null;
}

/** The first capability, right behind the header. */
const FIRST_CAP = 0x40;
const CAP_BYTES = 16;
/** With `notify_off_multiplier`, or with `pci_cfg_data`. */
const LONG_CAP_BYTES = 20;
const MSIX_BYTES = 12;
/** Class codes by device type: base class, sub-class, interface. The rest are "unassigned". */
const CLASS_CODES: ReadonlyMap<number, number> = new Map([
  [1, 0x020000],
  [2, 0x018000],
  [3, 0x078000],
]);
const CLASS_UNASSIGNED = 0xff0000;
/** Memory decoding and bus mastering are on, as firmware leaves them, and stay on. */
const COMMAND = 0x0006;
const REVISION = 1;

export function configImage(model: DeviceModel, vectorCount: number): ConfigImage {
  const space = new ImageBuilder();
  const deviceId = PCI_DEVICE_BASE + model.deviceId;
  space.put(PciHeader.vendorId, 2, PCI_VENDOR_VIRTIO);
  space.put(PciHeader.deviceId, 2, deviceId);
  space.put(PciHeader.command, 2, COMMAND);
  space.put(PciHeader.status, 2, PciStatus.capabilities);
  space.put(PciHeader.revisionId, 1, REVISION);
  space.put(PciHeader.classCode, 3, CLASS_CODES.get(model.deviceId) ?? CLASS_UNASSIGNED);
  space.put(PciHeader.subsystemVendorId, 2, PCI_VENDOR_VIRTIO);
  space.put(PciHeader.subsystemId, 2, deviceId);
  space.put(PciHeader.interruptPin, 1, 1);
  space.allow(PciHeader.cacheLineSize, 1);
  space.allow(PciHeader.interruptLine, 1);
  // Only the bits above the BAR's size can be written: that is how its size is asked for.
  space.allow(PciHeader.bar0, 4, -BAR_BYTES);

  space.addStructure(CapType.common, PciBar.common, PCI_COMMON_BYTES);
  // Every queue's address is within: (count - 1) * multiplier + 4 bytes (4.1.4.4.1, N0311, N0315).
  const notify = space.addStructure(CapType.notify, PciBar.notify, model.queueCount * NOTIFY_MULTIPLIER);
  space.put(notify + CapField.notifyMultiplier, 4, NOTIFY_MULTIPLIER);
  space.addStructure(CapType.isr, PciBar.isr, PciBarBytes.isr);
  if (model.config.length > 0) space.addStructure(CapType.device, PciBar.device, PciBarBytes.device);
  const access = space.addStructure(CapType.access, 0, 0);
  for (const field of [CapField.structureOffset, CapField.structureLength, CapField.accessData]) {
    space.allow(access + field, 4);
  }
  space.allow(access + CapField.bar, 1);
  return space.finish(access, vectorCount === 0 ? null : space.addMsix(vectorCount));
}

/** Writes capabilities one behind the other, and links them. */
class ImageBuilder {
  private readonly bytes = new Uint8Array(PCI_CONFIG_BYTES);
  private readonly writable = new Uint8Array(PCI_CONFIG_BYTES);
  private readonly frozen: CapSpan[] = [];
  private link: number = PciHeader.capabilities;
  private next = FIRST_CAP;

  put(offset: number, widthBytes: number, value: number): void {
    for (let i = 0; i < widthBytes; i++) this.bytes[offset + i] = value >>> (8 * i);
  }

  allow(offset: number, widthBytes: number, mask = -1): void {
    for (let i = 0; i < widthBytes; i++) this.writable[offset + i] = mask >>> (8 * i);
  }

  /** `struct virtio_pci_cap` for a structure in BAR 0; returns where it is. */
  addStructure(type: number, offset: number, lengthBytes: number): number {
    const isLong = type === CapType.notify || type === CapType.access;
    const bytes = isLong ? LONG_CAP_BYTES : CAP_BYTES;
    const start = this.add(CapId.vendor, bytes);
    this.put(start + CapField.length, 1, bytes);
    this.put(start + CapField.type, 1, type);
    this.put(start + CapField.structureOffset, 4, offset);
    this.put(start + CapField.structureLength, 4, lengthBytes);
    if (type !== CapType.access) this.frozen.push({ start, bytes });
    return start;
  }

  addMsix(vectorCount: number): number {
    const start = this.add(CapId.msix, MSIX_BYTES);
    this.put(start + MsixField.control, 2, vectorCount - 1);
    // The low three bits of both say which BAR; 0.
    this.put(start + MsixField.table, 4, PciBar.vectorTable);
    this.put(start + MsixField.pendingBits, 4, PciBar.pendingBits);
    this.allow(start + MsixField.control + 1, 1, 0x80);
    return start;
  }

  finish(access: number, msix: number | null): ConfigImage {
    return { bytes: this.bytes, writable: this.writable, frozen: this.frozen, access, msix };
  }

  private add(id: number, bytes: number): number {
    const start = this.next;
    this.put(this.link, 1, start);
    this.put(start + CapField.id, 1, id);
    this.link = start + CapField.next;
    this.next = start + bytes;
    return start;
  }
}
