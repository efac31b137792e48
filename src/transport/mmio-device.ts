import { busViolation, MMIO_BUS, registerName } from './bus.js';
import { DeviceCore, type OnViolation } from './device-core.js';
import type { DeviceModel } from './device-model.js';
import type { DeviceRegisters } from './exits.js';
import { Feature } from './features.js';
import { Mmio, MMIO_BYTES, MMIO_MAGIC, MMIO_VENDOR, MMIO_VERSION } from './mmio-registers.js';
import type { QueueField } from './queue-registers.js';
import type { DeviceWindow } from './window.js';

/** A shared memory region that does not exist reads as all ones (virtio 1.4, 4.2.2). */
const NO_REGION = 0xffffffff;

const QUEUE_FIELDS: ReadonlyMap<number, QueueField> = new Map([
  [Mmio.queueSize, 'size'],
  [Mmio.queueDescLow, 'descLow'],
  [Mmio.queueDescHigh, 'descHigh'],
  [Mmio.queueDriverLow, 'driverLow'],
  [Mmio.queueDriverHigh, 'driverHigh'],
  [Mmio.queueDeviceLow, 'deviceLow'],
  [Mmio.queueDeviceHigh, 'deviceHigh'],
]);

/** The register map of virtio-mmio version 2 (virtio 1.4, 4.2.2) in front of a {@link DeviceCore}. */
export class MmioDevice implements DeviceRegisters {
  private readonly window: DeviceWindow;
  private readonly deviceId: number;
  private readonly core: DeviceCore;

  constructor(window: DeviceWindow, model: DeviceModel, memoryBytes: number, onViolation: OnViolation) {
    this.window = window;
    this.deviceId = model.deviceId;
    const onReset = (): void => undefined;
    const onQueueReset = onReset;
    const shared = { window, model, memoryBytes, onViolation, onReset, onQueueReset };
    // QueueSizeMax is a register of its own, and nothing is chosen before QueueSize is written.
    this.core = new DeviceCore({ ...shared, bus: MMIO_BUS, sizeAtReset: 0 });
  }

  read(offset: number, widthBytes: number): number {
    if (offset >= Mmio.config && offset < MMIO_BYTES)
      return this.core.readConfig(offset - Mmio.config, widthBytes);
    if (!this.isRegisterAccess(offset, widthBytes)) return 0;
    if (offset === Mmio.queueReset && this.core.negotiated(Feature.ringReset)) {
      return this.core.queues.selectedResetting;
    }
    switch (offset) {
      case Mmio.magicValue:
        return MMIO_MAGIC;
      case Mmio.version:
        return MMIO_VERSION;
      case Mmio.deviceId:
        return this.deviceId;
      case Mmio.vendorId:
        return MMIO_VENDOR;
      case Mmio.deviceFeatures:
        return this.core.features.offeredWord;
      case Mmio.queueSizeMax:
        return this.core.queues.selectedSizeMax;
      case Mmio.queueReady:
        return this.core.queues.selectedReady;
      case Mmio.interruptStatus:
        return this.window.interruptStatus;
      case Mmio.status:
        return this.core.readStatus();
      case Mmio.configGeneration:
        return this.core.configVersion;
      case Mmio.shmLenLow:
      case Mmio.shmLenHigh:
      case Mmio.shmBaseLow:
      case Mmio.shmBaseHigh:
        return NO_REGION;
      default:
        this.violated('READ', 'no such readable register', 'a readable one', registerName(offset));
        return 0;
    }
  }

  write(offset: number, widthBytes: number, value: number): void {
    const core = this.core;
    if (offset >= Mmio.config && offset < MMIO_BYTES) {
      core.refuseConfigWrite(offset - Mmio.config);
      return;
    }
    if (!this.isRegisterAccess(offset, widthBytes)) return;
    if (offset === Mmio.queueReset && core.negotiated(Feature.ringReset)) {
      core.resetQueue(value);
      return;
    }
    const field = QUEUE_FIELDS.get(offset);
    if (field !== undefined) {
      core.violatedBy(core.queues.write(field, value));
      return;
    }
    switch (offset) {
      case Mmio.deviceFeaturesSel:
        core.features.deviceSelect = value;
        break;
      case Mmio.driverFeaturesSel:
        core.features.driverSelect = value;
        break;
      case Mmio.driverFeatures:
        core.writeDriverFeatures(value);
        break;
      case Mmio.queueSel:
        core.queues.select(value);
        break;
      case Mmio.queueReady:
        if (value === 0) core.violatedBy(core.queues.disable());
        else core.enableQueue();
        break;
      case Mmio.queueNotify:
        core.notifyQueue(value);
        break;
      case Mmio.interruptAck:
        this.window.ackInterrupt(value);
        break;
      case Mmio.status:
        core.writeStatus(value);
        break;
      case Mmio.shmSel:
        break;
      default:
        this.violated('WRITE', 'no such writable register', 'a writable one', registerName(offset));
    }
  }

  updateConfig(config: Uint8Array): void {
    this.core.updateConfig(config);
  }

  poll(): void {
    this.core.poll();
  }

  private isRegisterAccess(offset: number, widthBytes: number): boolean {
    if (offset < Mmio.config && offset % 4 === 0 && widthBytes === 4) return true;
    const access = `${widthBytes} bytes at ${registerName(offset)}`;
    this.violated('ACCESS', 'a register access of another shape', '4 aligned bytes', access);
    return false;
  }

  private violated(code: string, message: string, expected: string, actual: string): void {
    this.core.violated(busViolation(MMIO_BUS, code, message, expected, actual));
  }
}
