import type { ProtocolViolation } from '../../../src/errors.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { DeviceModel } from '../../../src/transport/device-model.js';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import { HostQueue } from '../../../src/transport/host-queue.js';
import { MmioDevice } from '../../../src/transport/mmio-device.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { Status } from '../../../src/transport/status.js';
import { DeviceWindow, type QueueSetup, WINDOW_BYTES } from '../../../src/transport/window.js';

const { acknowledge, driver, featuresOk, driverOk } = Status;

/** What Status holds after each step of the initialisation. */
export const AT = {
  start: 0,
  driver: acknowledge | driver,
  featuresOk: acknowledge | driver | featuresOk,
  live: acknowledge | driver | featuresOk | driverOk,
} as const;

/** Guest memory that the device believes in; nothing here ever touches it. */
export const RAM_BYTES = 0x10_0000;

/** A device of no type: three queues, feature bits in all four words, one that needs another. */
export const MODEL: DeviceModel = {
  deviceId: 42,
  features: FeatureSet.of(3, 9, 11, Feature.indirectDesc, Feature.eventIdx, Feature.version1, 50, 70, 127),
  dependencies: [{ bit: 11, needs: [9] }],
  queueCount: 3,
  queueSizeMax: 256,
  config: Uint8Array.from({ length: 32 }, (_, i) => 0x81 + i),
};

export const VERSION_1_ONLY: FeatureSet = FeatureSet.of(Feature.version1);

export interface RegisterRigOptions {
  readonly model?: Partial<DeviceModel>;
  readonly memoryBytes?: number;
}

/** A device's registers, and the I/O threads of its queues as far as they start and stop. */
export class RegisterRig {
  readonly memory: SharedMemory = SharedMemory.ofSize(WINDOW_BYTES);
  readonly window: DeviceWindow = new DeviceWindow(this.memory);
  readonly model: DeviceModel;
  readonly device: MmioDevice;
  readonly queues: readonly HostQueue[];
  readonly violations: ProtocolViolation[] = [];

  constructor({ model = {}, memoryBytes = RAM_BYTES }: RegisterRigOptions = {}) {
    this.model = { ...MODEL, ...model };
    const { queueCount } = this.model;
    this.device = new MmioDevice(this.window, this.model, memoryBytes, (violation) => {
      this.violations.push(violation);
    });
    this.queues = Array.from({ length: queueCount }, (_, i) => new HostQueue(this.window, i, queueCount));
  }

  /** Codes of the violations so far. */
  get codes(): string[] {
    return this.violations.map((violation) => violation.code);
  }

  get status(): number {
    return this.read(Mmio.status);
  }

  read(offset: number, widthBytes = 4): number {
    return this.device.read(offset, widthBytes);
  }

  write(offset: number, value: number, widthBytes = 4): void {
    this.device.write(offset, widthBytes, value);
  }

  /** The 32 offered features from bit `32 * select` on. */
  offeredWord(select: number): number {
    this.write(Mmio.deviceFeaturesSel, select);
    return this.read(Mmio.deviceFeatures);
  }

  accept(features: FeatureSet): void {
    for (let select = 0; select < 4; select++) {
      this.write(Mmio.driverFeaturesSel, select);
      this.write(Mmio.driverFeatures, features.word(select));
    }
  }

  /** Goes on with the initialisation until Status holds `status`; all that is offered is accepted. */
  initialise(status: number, features: FeatureSet = this.model.features): this {
    if (this.status === 0) this.write(Mmio.status, acknowledge);
    if (this.status === acknowledge) this.write(Mmio.status, AT.driver);
    if (status !== AT.driver && this.status === AT.driver) {
      this.accept(features);
      this.write(Mmio.status, AT.featuresOk);
    }
    if (status === AT.live) this.write(Mmio.status, AT.live);
    return this;
  }

  /** Writes a queue's registers, except QueueReady. */
  describeQueue(queue: number, changes: Partial<QueueSetup> = {}): void {
    const { size, desc, driver: driverArea, device } = { ...ringAt(queue), ...changes };
    this.write(Mmio.queueSel, queue);
    this.write(Mmio.queueSize, size);
    this.writeAddress(Mmio.queueDescLow, desc);
    this.writeAddress(Mmio.queueDriverLow, driverArea);
    this.writeAddress(Mmio.queueDeviceLow, device);
  }

  enableQueue(queue: number, changes: Partial<QueueSetup> = {}): void {
    this.describeQueue(queue, changes);
    this.write(Mmio.queueReady, 1);
  }

  queueReady(queue: number): number {
    this.write(Mmio.queueSel, queue);
    return this.read(Mmio.queueReady);
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

  /** A device that is live, with all of its queues. */
  static live(options: RegisterRigOptions = {}): RegisterRig {
    const rig = new RegisterRig(options).initialise(AT.featuresOk);
    for (let queue = 0; queue < rig.model.queueCount; queue++) rig.enableQueue(queue);
    rig.initialise(AT.live);
    rig.settle();
    return rig;
  }

  private writeAddress(lowOffset: number, address: number): void {
    this.write(lowOffset, address % 0x1_0000_0000);
    this.write(lowOffset + 4, Math.floor(address / 0x1_0000_0000));
  }
}

/** A set-up that the device has nothing to say against. */
export function ringAt(queue: number): QueueSetup {
  const base = 0x1000 * (1 + 4 * queue);
  return { size: 16, desc: base, driver: base + 0x1000, device: base + 0x2000 };
}
