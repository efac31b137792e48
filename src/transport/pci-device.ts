import { PCI_BUS } from './bus.js';
import { DeviceCore, type OnViolation } from './device-core.js';
import type { DeviceModel } from './device-model.js';
import type { DeviceRegisters } from './exits.js';
import { PciBarRegisters } from './pci-bar.js';
import { PciCommonConfig } from './pci-common.js';
import { PciConfigSpace } from './pci-config-space.js';
import { PCI_CONFIG_AT, PCI_CONFIG_BYTES } from './pci-layout.js';
import { PciVectors } from './pci-vectors.js';
import type { DeviceWindow } from './window.js';

/**
 * A virtio device on PCI (virtio 1.4, 4.1): one function with its configuration space, and one memory BAR with the
 * structures that its capabilities point to, in front of a {@link DeviceCore}.
 */
export class PciDevice implements DeviceRegisters {
  private readonly core: DeviceCore;
  private readonly bar: PciBarRegisters;
  private readonly space: PciConfigSpace;

  constructor(window: DeviceWindow, model: DeviceModel, memoryBytes: number, onViolation: OnViolation) {
    const { queueCount, vectorCount = queueCount + 1 } = model;
    const vectors = new PciVectors(window, queueCount, vectorCount);
    const onReset = (): void => vectors.reset();
    const onQueueReset = (queue: number): void => vectors.unmapQueue(queue);
    const shared = { window, model, memoryBytes, onViolation, onReset, onQueueReset };
    // On reset queue_size is the largest size that the queue can have (4.1.4.3).
    this.core = new DeviceCore({ ...shared, bus: PCI_BUS, sizeAtReset: model.queueSizeMax });
    const common = new PciCommonConfig(this.core, vectors);
    const hasConfig = model.config.length > 0;
    this.bar = new PciBarRegisters({ window, core: this.core, common, vectors, hasConfig });
    this.space = new PciConfigSpace(window, model, this.core, vectors, this.bar);
  }

  read(offset: number, widthBytes: number): number {
    if (isConfigSpace(offset)) return this.space.read(offset - PCI_CONFIG_AT, widthBytes);
    return this.bar.read(offset, widthBytes);
  }

  write(offset: number, widthBytes: number, value: number): void {
    // A write carries as many bytes as it is wide.
    const carried = widthBytes < 4 ? value & (2 ** (8 * widthBytes) - 1) : value >>> 0;
    if (isConfigSpace(offset)) this.space.write(offset - PCI_CONFIG_AT, widthBytes, carried);
    else this.bar.write(offset, widthBytes, carried);
  }

  updateConfig(config: Uint8Array): void {
    this.core.updateConfig(config);
  }

  poll(): void {
    this.core.poll();
  }
}

function isConfigSpace(offset: number): boolean {
  return offset >= PCI_CONFIG_AT && offset < PCI_CONFIG_AT + PCI_CONFIG_BYTES;
}
