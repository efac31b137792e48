import { busViolation, PCI_BUS, registerName } from './bus.js';
import type { DeviceCore } from './device-core.js';
import type { RegisterFile } from './exits.js';
import { Feature } from './features.js';
import { notifiedQueue } from './notification.js';
import type { PciCommonConfig } from './pci-common.js';
import { NOTIFY_MULTIPLIER, PciBar, PciBarBytes, VECTOR_ENTRY_BYTES } from './pci-layout.js';
import { PCI_COMMON_BYTES } from './pci-registers.js';
import type { PciVectors } from './pci-vectors.js';
import type { DeviceWindow } from './window.js';

/** The word of a vector's table entry that says which message it sends. */
const ENTRY_DATA = 8;

export interface PciBarParts {
  readonly window: DeviceWindow;
  readonly core: DeviceCore;
  readonly common: PciCommonConfig;
  readonly vectors: PciVectors;
  readonly hasConfig: boolean;
}

/** BAR 0: the structures of 4.1.4.3 to 4.1.4.6 side by side, and the tables of MSI-X. */
export class PciBarRegisters implements RegisterFile {
  private readonly parts: PciBarParts;

  constructor(parts: PciBarParts) {
    this.parts = parts;
  }

  read(offset: number, widthBytes: number): number {
    const { window, core, common, hasConfig } = this.parts;
    if (inside(offset, PciBar.common, PCI_COMMON_BYTES)) return common.read(offset, widthBytes);
    // A device may round a structure up, and this one does: what is behind the last field reads as zeros.
    if (hasConfig && inside(offset, PciBar.device, PciBarBytes.device)) {
      common.beforeConfigRead();
      return core.readConfig(offset - PciBar.device, widthBytes);
    }
    if (offset === PciBar.isr && widthBytes === 1) return window.takeInterrupts();
    if (this.isVectorWord(offset, widthBytes)) return this.readVector(offset - PciBar.vectorTable);
    if (inside(offset, PciBar.pendingBits, PciBarBytes.pendingBits) && isWord(offset, widthBytes)) return 0;
    this.violated('READ', 'there is nothing to be read', 'a structure', offset, widthBytes);
    return 0;
  }

  write(offset: number, widthBytes: number, value: number): void {
    const { core, common, hasConfig } = this.parts;
    if (inside(offset, PciBar.common, PCI_COMMON_BYTES)) common.write(offset, widthBytes, value);
    else if (hasConfig && inside(offset, PciBar.device, PciBarBytes.device)) {
      core.refuseConfigWrite(offset - PciBar.device);
    } else if (inside(offset, PciBar.notify, PciBarBytes.notify)) this.notify(offset, widthBytes, value);
    else this.violated('WRITE', 'there is nothing to be written', 'a structure', offset, widthBytes);
  }

  /** An available buffer notification, at the queue's address, of the width that was agreed (4.1.5.2.1). */
  private notify(offset: number, widthBytes: number, word: number): void {
    const { core } = this.parts;
    const hasData = core.negotiated(Feature.notificationData);
    const wanted = hasData ? 4 : 2;
    const queue = notifiedQueue(word, hasData);
    const slot = PciBar.notify + queue * NOTIFY_MULTIPLIER;
    if (widthBytes === wanted && (offset === slot || queue >= core.queues.count)) {
      core.notifyQueue(word);
      return;
    }
    const expected = `${wanted} bytes at ${registerName(slot)}`;
    this.violated('NOTIFY', 'a notification of another shape', expected, offset, widthBytes, '4.1.5.2.1');
  }

  private isVectorWord(offset: number, widthBytes: number): boolean {
    const bytes = this.parts.vectors.count * VECTOR_ENTRY_BYTES;
    return inside(offset, PciBar.vectorTable, bytes) && isWord(offset, widthBytes);
  }

  /** No addresses, no mask: the data of an entry are the vCPUs that the vector interrupts. */
  private readVector(offset: number): number {
    const vector = Math.floor(offset / VECTOR_ENTRY_BYTES);
    return offset % VECTOR_ENTRY_BYTES === ENTRY_DATA ? this.parts.vectors.vcpus(vector) : 0;
  }

  private violated(
    code: string,
    message: string,
    expected: string,
    offset: number,
    widthBytes: number,
    section = '4.1.4',
  ): void {
    const actual = `${widthBytes} bytes at ${registerName(offset)}`;
    this.parts.core.violated(busViolation(PCI_BUS, code, message, expected, actual, section));
  }
}

function inside(offset: number, start: number, bytes: number): boolean {
  return offset >= start && offset < start + bytes;
}

function isWord(offset: number, widthBytes: number): boolean {
  return widthBytes === 4 && offset % 4 === 0;
}
