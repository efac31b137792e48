import type { Notifier } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { ExitChannel } from './exits.js';
import { FEATURE_BITS, FeatureSet } from './features.js';
import { kickerOf, notificationBytes } from './notification.js';
import { discover, type PciStructures } from './pci-discovery.js';
import { PciInterruptLine } from './pci-interrupts.js';
import { PCI_CONFIG_AT } from './pci-layout.js';
import {
  commonWidth,
  MsixControl,
  MsixField,
  PCI_DEVICE_BASE,
  PCI_DEVICE_LAST,
  PCI_VENDOR_NONE,
  PCI_VENDOR_VIRTIO,
  PciCommon,
  PciHeader,
} from './pci-registers.js';
import { expectRegister, ProbeError } from './probe-error.js';
import { Status } from './status.js';
import type { DriverTransport, InterruptLine } from './transport.js';
import { waitUntil } from './wait-until.js';
import type { DeviceWindow } from './window.js';

/**
 * virtio-pci from the driver's side (virtio 1.4, 4.1). Every access to the configuration space and to BAR 0 is an
 * exit, except the notification: a queue's address in the notification structure is its doorbell (an ioeventfd).
 *
 * A vCPU that does not set the device up never calls {@link probe}: it finds the structures when it first needs one.
 */
export class PciDriver implements DriverTransport {
  private readonly window: DeviceWindow;
  private readonly exits: ExitChannel;
  /** How wide the features that were written last make a notification. */
  private notificationBytes = 2;
  private found: PciStructures | null = null;

  constructor(window: DeviceWindow, exits: ExitChannel) {
    this.window = window;
    this.exits = exits;
  }

  probe(): number {
    const vendor = this.readSpace(PciHeader.vendorId, 2);
    if (vendor === PCI_VENDOR_NONE) return 0;
    expectRegister(vendor, PCI_VENDOR_VIRTIO, 'PCI_VENDOR', 'this is no virtio device');
    // Whatever the revision and the subsystem are (4.1.2.2, N0265, N0266).
    const deviceId = this.readSpace(PciHeader.deviceId, 2);
    if (deviceId < PCI_DEVICE_BASE || deviceId > PCI_DEVICE_LAST) {
      const expected = `0x${PCI_DEVICE_BASE.toString(16)} to 0x${PCI_DEVICE_LAST.toString(16)}`;
      const message = `the device's PCI ID is not one of virtio 1: expected ${expected}, got ${deviceId}`;
      throw new ProbeError('PCI_DEVICE', message, { expected, actual: deviceId });
    }
    const { msix } = this.structures();
    if (msix !== null) this.exits.write(space(msix.capability + MsixField.control), 2, MsixControl.enable);
    return deviceId - PCI_DEVICE_BASE;
  }

  readStatus(): number {
    return this.read(PciCommon.deviceStatus);
  }

  writeStatus(status: number): void {
    // A reset has unmapped the vectors, and a device that is not live announces nothing: this is the time (4.1.5.1).
    // A suspension leaves them as they are.
    const { driverOk, failed, suspend } = Status;
    if ((status & (driverOk | failed | suspend)) === driverOk)
      this.mapVector(PciCommon.configMsixVector, Infinity);
    this.write(PciCommon.deviceStatus, status);
  }

  readDeviceFeatures(): FeatureSet {
    let features = FeatureSet.empty;
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.write(PciCommon.deviceFeatureSelect, select);
      features = features.withWord(select, this.read(PciCommon.deviceFeature));
    }
    return features;
  }

  writeDriverFeatures(features: FeatureSet): void {
    this.notificationBytes = notificationBytes(features);
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.write(PciCommon.driverFeatureSelect, select);
      this.write(PciCommon.driverFeature, features.word(select));
    }
  }

  /** After a reset, and until the driver chooses a smaller one, queue_size is the largest (4.1.4.3). */
  queueSizeMax(queue: number): number {
    this.write(PciCommon.queueSelect, queue);
    return this.read(PciCommon.queueSize);
  }

  enableQueue(queue: number, size: number, addresses: RingAddresses): void {
    this.write(PciCommon.queueSelect, queue);
    const inUse = this.read(PciCommon.queueEnable);
    expectRegister(inUse, 0, 'PCI_QUEUE_IN_USE', `queue ${queue} is in use already`);
    this.checkDoorbell(queue);
    this.write(PciCommon.queueSize, size);
    this.writeAddress(PciCommon.queueDescLow, addresses.desc);
    this.writeAddress(PciCommon.queueDriverLow, addresses.driver);
    this.writeAddress(PciCommon.queueDeviceLow, addresses.device);
    this.mapVector(PciCommon.queueMsixVector, queue);
    this.write(PciCommon.queueEnable, 1);
  }

  resetQueue(queue: number, giveUp: () => Error | null): void {
    this.write(PciCommon.queueSelect, queue);
    this.write(PciCommon.queueReset, 1);
    // Not over before it reads 0 (4.1.4.3.2, N0302).
    waitUntil(() => this.read(PciCommon.queueReset) === 0, giveUp);
  }

  kicker(queue: number, features: FeatureSet): Notifier {
    return kickerOf(this.window, queue, features);
  }

  interrupts(vcpu: number): InterruptLine {
    return new PciInterruptLine(this.window, vcpu, () => {
      const { msix, isr } = this.structures();
      // With MSI-X there is no line, and ISR status is left alone (4.1.4.5.2, N0321).
      if (msix === null) this.exits.read(isr.offset, 1);
    });
  }

  configGeneration(): number {
    return this.read(PciCommon.configGeneration);
  }

  readConfig(offset: number, widthBytes: 1 | 2 | 4): number {
    return this.exits.read(this.deviceConfig() + offset, widthBytes);
  }

  writeConfig(offset: number, widthBytes: 1 | 2 | 4, value: number): void {
    this.exits.write(this.deviceConfig() + offset, widthBytes, value);
  }

  private structures(): PciStructures {
    this.found ??= discover((offset, widthBytes) => this.readSpace(offset, widthBytes));
    return this.found;
  }

  private deviceConfig(): number {
    const { device } = this.structures();
    if (device === null) throw new ProbeError('PCI_STRUCTURE', 'the device has no configuration of its own');
    return device.offset;
  }

  /** The queue's address must be within the structure, or a kick would hit something else (4.1.4.4). */
  private checkDoorbell(queue: number): void {
    const { notify } = this.structures();
    const at = this.read(PciCommon.queueNotifyOff) * notify.multiplier;
    if (at + this.notificationBytes <= notify.lengthBytes) return;
    const fields = { expected: notify.lengthBytes, actual: at };
    throw new ProbeError('PCI_NOTIFY', `queue ${queue} is notified outside of the structure for it`, fields);
  }

  /**
   * Maps an event to `wanted`, or to the last vector when there are not that many: a table of any size will do
   * (4.1.5.1.2.2, N0345), and that one interrupts every vCPU. A device that fails to says so when it is read back.
   */
  private mapVector(field: number, wanted: number): void {
    const { msix } = this.structures();
    if (msix === null) return;
    const vector = Math.min(wanted, msix.vectorCount - 1);
    this.write(field, vector);
    const message = `the device cannot map an event to vector ${vector}`;
    expectRegister(this.read(field), vector, 'PCI_VECTOR', message);
  }

  private readSpace(offset: number, widthBytes: number): number {
    return this.exits.read(space(offset), widthBytes);
  }

  private read(field: number): number {
    return this.exits.read(this.structures().common.offset + field, commonWidth(field));
  }

  private write(field: number, value: number): void {
    this.exits.write(this.structures().common.offset + field, commonWidth(field), value);
  }

  private writeAddress(lowField: number, address: number): void {
    this.write(lowField, address >>> 0);
    this.write(lowField + 4, Math.floor(address / 0x1_0000_0000));
  }
}

function space(offset: number): number {
  return PCI_CONFIG_AT + offset;
}
