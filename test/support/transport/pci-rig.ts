import type { ProtocolViolation } from '../../../src/errors.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { DeviceModel } from '../../../src/transport/device-model.js';
import { ExitChannel, ExitServer, type RegisterFile } from '../../../src/transport/exits.js';
import type { FeatureSet } from '../../../src/transport/features.js';
import { HostQueue } from '../../../src/transport/host-queue.js';
import { discover } from '../../../src/transport/pci-discovery.js';
import { PciDevice } from '../../../src/transport/pci-device.js';
import { PciDriver } from '../../../src/transport/pci-driver.js';
import { PCI_CONFIG_AT, PciBar } from '../../../src/transport/pci-layout.js';
import {
  CapField,
  CapId,
  commonWidth,
  MsixControl,
  MsixField,
  PciCommon,
  PciHeader,
} from '../../../src/transport/pci-registers.js';
import { Status } from '../../../src/transport/status.js';
import { DeviceWindow, type QueueSetup, WINDOW_BYTES } from '../../../src/transport/window.js';
import { CooperativeMemory } from './cooperative-memory.js';
import { RegisterLog } from './driver-rig.js';
import { AT, MODEL, RAM_BYTES, type RegisterRigOptions, ringAt } from './register-rig.js';

export type CommonField = keyof typeof PciCommon;

/** A register file in front of another that may answer reads differently. */
class Filter implements RegisterFile {
  answer: (offset: number, value: number) => number = (_, value) => value;
  private readonly behind: RegisterFile;

  constructor(behind: RegisterFile) {
    this.behind = behind;
  }

  read(offset: number, widthBytes: number): number {
    return this.answer(offset, this.behind.read(offset, widthBytes));
  }

  write(offset: number, widthBytes: number, value: number): void {
    this.behind.write(offset, widthBytes, value);
  }
}

/** A device on PCI, the I/O threads of its queues as far as they start and stop, and a driver in front of it. */
export class PciRig {
  readonly memory: SharedMemory = SharedMemory.ofSize(WINDOW_BYTES);
  readonly window: DeviceWindow = new DeviceWindow(this.memory);
  readonly model: DeviceModel;
  readonly device: PciDevice;
  readonly filter: Filter;
  /** What the driver does; accesses of the rig itself are not in it. */
  readonly log: RegisterLog;
  readonly driver: PciDriver;
  readonly queues: readonly HostQueue[];
  readonly violations: ProtocolViolation[] = [];
  /** Turns that queues take to stop: how often their threads look away first. */
  slowness = 0;

  constructor({ model = {}, memoryBytes = RAM_BYTES }: RegisterRigOptions = {}) {
    this.model = { ...MODEL, ...model };
    const { queueCount } = this.model;
    this.device = new PciDevice(this.window, this.model, memoryBytes, (violation) => {
      this.violations.push(violation);
    });
    this.queues = Array.from({ length: queueCount }, (_, i) => new HostQueue(this.window, i, queueCount));
    this.filter = new Filter(this.device);
    this.log = new RegisterLog(this.filter);
    const guestMemory = new CooperativeMemory(this.memory.buffer);
    const guestWindow = new DeviceWindow(guestMemory);
    const server = new ExitServer(this.window, this.log, queueCount);
    this.driver = new PciDriver(guestWindow, new ExitChannel(guestWindow, 0, () => false));
    guestMemory.whenAsleep(() => {
      const served = server.serve();
      this.device.poll();
      if (this.slowness === 0) return this.settle() || served;
      this.slowness -= 1;
      return true;
    });
  }

  get codes(): string[] {
    return this.violations.map((violation) => violation.code);
  }

  get status(): number {
    return this.get('deviceStatus');
  }

  /** A field of the common configuration, with its own width. */
  get(field: CommonField): number {
    return this.device.read(PciBar.common + PciCommon[field], commonWidth(PciCommon[field]));
  }

  set(field: CommonField, value: number): void {
    this.device.write(PciBar.common + PciCommon[field], commonWidth(PciCommon[field]), value);
  }

  config(offset: number, widthBytes = 4): number {
    return this.device.read(PciBar.device + offset, widthBytes);
  }

  readIsr(): number {
    return this.device.read(PciBar.isr, 1);
  }

  readSpace(offset: number, widthBytes: number): number {
    return this.device.read(PCI_CONFIG_AT + offset, widthBytes);
  }

  writeSpace(offset: number, widthBytes: number, value: number): void {
    this.device.write(PCI_CONFIG_AT + offset, widthBytes, value);
  }

  /** Capabilities in the order of the list, by where they start. */
  get capabilities(): number[] {
    const starts: number[] = [];
    for (
      let at = this.readSpace(PciHeader.capabilities, 1);
      at !== 0;
      at = this.readSpace(at + CapField.next, 1)
    ) {
      starts.push(at);
    }
    return starts;
  }

  /** Where the virtio capability of a type is. */
  capability(type: number): number {
    const found = this.capabilities.find(
      (at) => this.readSpace(at, 1) === CapId.vendor && this.readSpace(at + CapField.type, 1) === type,
    );
    return found ?? -1;
  }

  enableMsix(enabled = true): void {
    const { msix } = discover((offset, widthBytes) => this.readSpace(offset, widthBytes));
    const control = (msix?.capability ?? 0) + MsixField.control;
    this.writeSpace(control, 2, enabled ? MsixControl.enable : 0);
  }

  accept(features: FeatureSet): void {
    for (let select = 0; select < 4; select++) {
      this.set('driverFeatureSelect', select);
      this.set('driverFeature', features.word(select));
    }
  }

  /** Goes on with the initialisation until device_status holds `status`; all that is offered is accepted. */
  initialise(status: number, features: FeatureSet = this.model.features): this {
    if (this.status === 0) this.set('deviceStatus', Status.acknowledge);
    if (this.status === Status.acknowledge) this.set('deviceStatus', AT.driver);
    if (status !== AT.driver && this.status === AT.driver) {
      this.accept(features);
      this.set('deviceStatus', AT.featuresOk);
    }
    if (status === AT.live) this.set('deviceStatus', AT.live);
    return this;
  }

  /** Writes a queue's registers, except queue_enable. */
  describeQueue(queue: number, changes: Partial<QueueSetup> = {}): void {
    const { size, desc, driver, device } = { ...ringAt(queue), ...changes };
    this.set('queueSelect', queue);
    this.set('queueSize', size);
    this.setAddress('queueDescLow', 'queueDescHigh', desc);
    this.setAddress('queueDriverLow', 'queueDriverHigh', driver);
    this.setAddress('queueDeviceLow', 'queueDeviceHigh', device);
  }

  enableQueue(queue: number, changes: Partial<QueueSetup> = {}): void {
    this.describeQueue(queue, changes);
    this.set('queueEnable', 1);
  }

  of(queue: number, field: CommonField): number {
    this.set('queueSelect', queue);
    return this.get(field);
  }

  isLive(queue: number): boolean {
    return (this.window.queueLive(queue) & 1) === 1;
  }

  /** A turn of every I/O thread; true when one of them had something to start or to stop. */
  settle(): boolean {
    const changed = this.queues.filter((queue) => queue.hasChanged());
    for (const queue of changed) queue.acknowledge();
    return changed.length > 0;
  }

  reset(): this {
    this.set('deviceStatus', 0);
    this.settle();
    this.device.poll();
    return this;
  }

  /** How often each vCPU was interrupted. */
  get rings(): number[] {
    return this.queues.map(({ index }) => this.window.interruptBell(index).sequence());
  }

  /** A device that is live, with all of its queues, MSI-X enabled, and nothing mapped. */
  static live(options: RegisterRigOptions = {}): PciRig {
    const rig = new PciRig(options);
    if (rig.model.vectorCount !== 0) rig.enableMsix();
    rig.initialise(AT.featuresOk);
    for (let queue = 0; queue < rig.model.queueCount; queue++) rig.enableQueue(queue);
    rig.initialise(AT.live);
    rig.settle();
    return rig;
  }

  private setAddress(low: CommonField, high: CommonField, address: number): void {
    this.set(low, address % 0x1_0000_0000);
    this.set(high, Math.floor(address / 0x1_0000_0000));
  }
}
