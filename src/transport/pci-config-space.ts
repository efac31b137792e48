import { busViolation, PCI_BUS, registerName } from './bus.js';
import type { DeviceCore } from './device-core.js';
import type { DeviceModel } from './device-model.js';
import type { RegisterFile } from './exits.js';
import { type ConfigImage, configImage } from './pci-config-image.js';
import { BAR_BYTES, PCI_CONFIG_BYTES } from './pci-layout.js';
import { CapField, MsixControl, MsixField, PciHeader, PciStatus } from './pci-registers.js';
import type { PciVectors } from './pci-vectors.js';
import type { DeviceWindow } from './window.js';

const DATA_BYTES = 4;

/** What the PCI configuration access capability points to. */
interface Target {
  readonly offset: number;
  readonly widthBytes: number;
}

/** The 256 bytes of PCI configuration space in which a driver finds the device and its structures (4.1.2, 4.1.4). */
export class PciConfigSpace implements RegisterFile {
  private readonly window: DeviceWindow;
  private readonly core: DeviceCore;
  private readonly vectors: PciVectors;
  private readonly bar: RegisterFile;
  private readonly image: ConfigImage;

  constructor(
    window: DeviceWindow,
    model: DeviceModel,
    core: DeviceCore,
    vectors: PciVectors,
    bar: RegisterFile,
  ) {
    this.window = window;
    this.core = core;
    this.vectors = vectors;
    this.bar = bar;
    this.image = configImage(model, vectors.count);
  }

  read(offset: number, widthBytes: number): number {
    if (!this.isAligned(offset, widthBytes)) return 0;
    this.showInterrupt();
    if (this.touchesData(offset, widthBytes)) this.readThrough();
    return this.load(offset, widthBytes);
  }

  write(offset: number, widthBytes: number, value: number): void {
    if (!this.isAligned(offset, widthBytes)) return;
    const { bytes, writable, frozen, msix } = this.image;
    if (frozen.some((cap) => offset < cap.start + cap.bytes && offset + widthBytes > cap.start)) {
      const message = 'a capability structure was written';
      this.violated('CAP_WRITE', message, 'no write', registerName(offset), '4.1.4.1');
      return;
    }
    // As on any PCI function, what cannot be written stays as it is, and nobody is told.
    for (let i = 0; i < widthBytes; i++) {
      const mask = writable[offset + i] ?? 0;
      bytes[offset + i] = (this.byte(offset + i) & ~mask) | ((value >>> (8 * i)) & mask);
    }
    if (msix !== null) {
      this.vectors.setEnabled((this.load(msix + MsixField.control, 2) & MsixControl.enable) !== 0);
    }
    if (this.touchesData(offset, widthBytes)) this.writeThrough();
  }

  /** Without MSI-X the header says whether the line is up: the OR of all bits of ISR status (4.1.4.5.1, N0319). */
  private showInterrupt(): void {
    const isUp = !this.vectors.enabled && this.window.interruptStatus !== 0;
    this.image.bytes[PciHeader.status] = PciStatus.capabilities | (isUp ? PciStatus.interrupt : 0);
  }

  /** A read of `pci_cfg_data` reads the BAR where the capability points to (4.1.4.9.1, N0332). */
  private readThrough(): void {
    const target = this.target();
    if (target === null) return;
    const value = this.bar.read(target.offset, target.widthBytes);
    for (let i = 0; i < target.widthBytes; i++) {
      this.image.bytes[this.image.access + CapField.accessData + i] = value >>> (8 * i);
    }
  }

  /** A write of `pci_cfg_data` writes its first bytes there (N0331). */
  private writeThrough(): void {
    const target = this.target();
    if (target === null) return;
    const value = this.load(this.image.access + CapField.accessData, target.widthBytes);
    this.bar.write(target.offset, target.widthBytes, value);
  }

  /** What the capability points to; null, and a violation, when that is nothing (4.1.4.9.2, N0333, N0334). */
  private target(): Target | null {
    const { access } = this.image;
    const bar = this.load(access + CapField.bar, 1);
    const offset = this.load(access + CapField.structureOffset, 4);
    const widthBytes = this.load(access + CapField.structureLength, 4);
    const isWidth = [1, 2, 4].includes(widthBytes);
    if (bar === 0 && isWidth && offset % widthBytes === 0 && offset < BAR_BYTES) {
      return { offset, widthBytes };
    }
    const actual = `${widthBytes} bytes at ${registerName(offset)} of BAR ${bar}`;
    const message = 'pci_cfg_data was used, and what it stands for is not there';
    this.violated('CFG_ACCESS', message, '1, 2 or 4 aligned bytes of BAR 0', actual, '4.1.4.9.2');
    return null;
  }

  private touchesData(offset: number, widthBytes: number): boolean {
    const data = this.image.access + CapField.accessData;
    return offset + widthBytes > data && offset < data + DATA_BYTES;
  }

  private isAligned(offset: number, widthBytes: number): boolean {
    const isWidth = [1, 2, 4].includes(widthBytes);
    if (isWidth && offset % widthBytes === 0 && offset + widthBytes <= PCI_CONFIG_BYTES) return true;
    const actual = `${widthBytes} bytes at ${registerName(offset)}`;
    const message = 'a configuration space access of another shape';
    this.violated('SPACE_ACCESS', message, '1, 2 or 4 aligned bytes', actual, '4.1.3.1');
    return false;
  }

  private load(offset: number, widthBytes: number): number {
    let value = 0;
    for (let i = widthBytes - 1; i >= 0; i--) value = value * 256 + this.byte(offset + i);
    return value;
  }

  private byte(offset: number): number {
    return this.image.bytes[offset] ?? 0;
  }

  private violated(code: string, message: string, expected: string, actual: string, section: string): void {
    this.core.violated(busViolation(PCI_BUS, code, message, expected, actual, section));
  }
}
