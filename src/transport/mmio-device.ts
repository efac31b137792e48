import type { ProtocolViolation } from '../errors.js';
import type { DeviceModel } from './device-model.js';
import type { RegisterFile } from './exits.js';
import { closeFeatures, FEATURE_BITS, Feature, FeatureSet } from './features.js';
import { Mmio, MMIO_BYTES, MMIO_MAGIC, MMIO_VENDOR, MMIO_VERSION } from './mmio-registers.js';
import { mmioViolation, registerName } from './mmio-violation.js';
import { QueueBank } from './queue-bank.js';
import { ringLayout } from './ring-features.js';
import { Status } from './status.js';
import type { DeviceWindow } from './window.js';

/** A shared memory region that does not exist reads as all ones (virtio 1.4, 4.2.2). */
const NO_REGION = 0xffffffff;

/**
 * The register file of a virtio-mmio device (virtio 1.4, 4.2.2): one host thread answers every access, so the
 * registers need no locks; what other threads must know is published in the {@link DeviceWindow}.
 *
 * An access that the driver must not make is answered harmlessly, reported through `onViolation`, and puts the
 * device into DEVICE_NEEDS_RESET.
 */
export class MmioDevice implements RegisterFile {
  readonly #window: DeviceWindow;
  readonly #model: DeviceModel;
  readonly #onViolation: (violation: ProtocolViolation) => void;
  readonly #queues: QueueBank;
  #config: Uint8Array;
  #generation = 0;
  #deviceFeaturesSel = 0;
  #driverFeaturesSel = 0;
  #driverFeatures: FeatureSet = FeatureSet.empty;
  /** A reset was asked for and some queue has not stopped yet: Status still reads what it was (2.4.1, N0018). */
  #resetting = false;

  constructor(
    window: DeviceWindow,
    model: DeviceModel,
    memoryBytes: number,
    onViolation: (violation: ProtocolViolation) => void,
  ) {
    this.#window = window;
    this.#model = model;
    this.#onViolation = onViolation;
    this.#queues = new QueueBank(window, model.queueCount, model.queueSizeMax, memoryBytes);
    this.#config = model.config;
  }

  read(offset: number, widthBytes: number): number {
    if (offset >= Mmio.config && offset < MMIO_BYTES)
      return this.#readConfig(offset - Mmio.config, widthBytes);
    if (!this.#isRegisterAccess(offset, widthBytes)) return 0;
    switch (offset) {
      case Mmio.magicValue:
        return MMIO_MAGIC;
      case Mmio.version:
        return MMIO_VERSION;
      case Mmio.deviceId:
        return this.#model.deviceId;
      case Mmio.vendorId:
        return MMIO_VENDOR;
      case Mmio.deviceFeatures:
        return this.#model.features.word(this.#deviceFeaturesSel);
      case Mmio.queueSizeMax:
        return this.#queues.selectedSizeMax;
      case Mmio.queueReady:
        return this.#queues.selectedReady;
      case Mmio.interruptStatus:
        return this.#window.interruptStatus;
      case Mmio.status:
        return this.#readStatus();
      case Mmio.configGeneration:
        return this.#generation;
      case Mmio.shmLenLow:
      case Mmio.shmLenHigh:
      case Mmio.shmBaseLow:
      case Mmio.shmBaseHigh:
        return NO_REGION;
      default:
        this.#violated(
          mmioViolation('MMIO_READ', 'no such readable register', 'a readable one', registerName(offset)),
        );
        return 0;
    }
  }

  write(offset: number, widthBytes: number, value: number): void {
    if (offset >= Mmio.config && offset < MMIO_BYTES) {
      // No field of a device that vring has may be written; those that may belong to features it does not offer.
      const field = `byte ${offset - Mmio.config}`;
      this.#violated(
        mmioViolation('MMIO_CONFIG_WRITE', 'a read-only field was written', 'no write', field, '2.5'),
      );
      return;
    }
    if (!this.#isRegisterAccess(offset, widthBytes)) return;
    switch (offset) {
      case Mmio.deviceFeaturesSel:
        this.#deviceFeaturesSel = value;
        break;
      case Mmio.driverFeaturesSel:
        this.#driverFeaturesSel = value;
        break;
      case Mmio.driverFeatures:
        this.#writeDriverFeatures(value);
        break;
      case Mmio.queueSel:
        this.#queues.select(value);
        break;
      case Mmio.queueNotify:
        this.#writeNotify(value);
        break;
      case Mmio.interruptAck:
        this.#window.ackInterrupt(value);
        break;
      case Mmio.status:
        this.#writeStatus(value);
        break;
      case Mmio.shmSel:
        break;
      case Mmio.queueSize:
      case Mmio.queueReady:
      case Mmio.queueDescLow:
      case Mmio.queueDescHigh:
      case Mmio.queueDriverLow:
      case Mmio.queueDriverHigh:
      case Mmio.queueDeviceLow:
      case Mmio.queueDeviceHigh:
        this.#violatedBy(this.#queues.write(offset, value, this.#mayRun));
        break;
      default:
        this.#violated(
          mmioViolation('MMIO_WRITE', 'no such writable register', 'a writable one', registerName(offset)),
        );
    }
  }

  /** Replaces the configuration: one step for a reader, since only this thread answers reads (2.5). */
  updateConfig(config: Uint8Array): void {
    this.#config = config;
    this.#generation = (this.#generation + 1) >>> 0;
    if ((this.#window.status & Status.driverOk) !== 0) this.#window.raiseConfigInterrupt(this.#queues.count);
  }

  /** To be called once a turn: finishes a reset, and stops every queue of a device that needs one. */
  poll(): void {
    if (this.#resetting) this.#tryFinishReset();
    else if ((this.#window.status & Status.needsReset) !== 0) this.#queues.stopAll();
  }

  /** Whether a queue that is ready runs: the driver is, and nothing has gone wrong since. */
  get #mayRun(): boolean {
    const { driverOk, needsReset, failed } = Status;
    return !this.#resetting && (this.#window.status & (driverOk | needsReset | failed)) === driverOk;
  }

  #readStatus(): number {
    if (this.#resetting) this.#tryFinishReset();
    return this.#window.status;
  }

  #writeStatus(status: number): void {
    const old = this.#window.status;
    if (status === 0) {
      this.#beginReset();
      return;
    }
    if ((old & ~status & ~Status.needsReset) !== 0) {
      this.#violated(
        mmioViolation('STATUS_CLEARED', 'a status bit was cleared without a reset', old, status, '2.1.1'),
      );
      return;
    }
    let added = status & ~old;
    if ((added & Status.featuresOk) !== 0 && !this.#agreesTo(this.#driverFeatures))
      added &= ~Status.featuresOk;
    if ((added & Status.driverOk) !== 0 && ((old | added) & Status.featuresOk) === 0) {
      const message = 'DRIVER_OK was set without FEATURES_OK';
      this.#violated(mmioViolation('STATUS_ORDER', message, Status.featuresOk, old, '3.1.1'));
      return;
    }
    if ((added & Status.featuresOk) !== 0) this.#publishFeatures();
    this.#window.addStatus(added);
    if ((added & Status.driverOk) !== 0) this.#goLive();
    if ((added & Status.failed) !== 0) this.#queues.stopAll();
  }

  /** A driver that went on without a look at DEVICE_NEEDS_RESET is told now, when it can be interrupted (N0007). */
  #goLive(): void {
    if (this.#mayRun) this.#queues.startAll();
    else if ((this.#window.status & Status.needsReset) !== 0) {
      this.#window.raiseConfigInterrupt(this.#queues.count);
    }
  }

  #agreesTo(features: FeatureSet): boolean {
    const { features: offered, dependencies } = this.#model;
    const complete = closeFeatures(features, dependencies).equals(features);
    return complete && features.isSubsetOf(offered) && features.has(Feature.version1);
  }

  #publishFeatures(): void {
    this.#queues.setLayout(ringLayout(this.#driverFeatures));
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.#window.setNegotiatedWord(select, this.#driverFeatures.word(select));
    }
  }

  #beginReset(): void {
    this.#queues.stopAll();
    this.#resetting = true;
    this.#tryFinishReset();
  }

  #tryFinishReset(): void {
    if (!this.#queues.areAllSettled) return;
    this.#resetting = false;
    this.#queues.reset();
    this.#driverFeatures = FeatureSet.empty;
    this.#deviceFeaturesSel = 0;
    this.#driverFeaturesSel = 0;
    this.#window.clearInterrupts();
    this.#window.setStatus(0);
  }

  #writeDriverFeatures(value: number): void {
    if ((this.#window.status & Status.featuresOk) !== 0) {
      const message = 'features were written after FEATURES_OK';
      this.#violated(mmioViolation('FEATURES_FROZEN', message, 'no write', value, '3.1.1'));
      return;
    }
    this.#driverFeatures = this.#driverFeatures.withWord(this.#driverFeaturesSel, value);
  }

  /** A driver that reaches QueueNotify by an exit rings the same bell as one that does not. */
  #writeNotify(value: number): void {
    if (value < this.#queues.count) this.#window.kickBell(value).ring();
    else
      this.#violated(
        mmioViolation('MMIO_NOTIFY', 'no such queue to notify', `below ${this.#queues.count}`, value),
      );
  }

  #readConfig(offset: number, widthBytes: number): number {
    if (![1, 2, 4].includes(widthBytes) || offset % widthBytes !== 0) {
      const access = `${widthBytes} bytes at ${offset}`;
      this.#violated(
        mmioViolation('MMIO_CONFIG_ACCESS', 'a misaligned configuration access', 'natural width', access),
      );
      return 0;
    }
    let value = 0;
    for (let i = widthBytes - 1; i >= 0; i--) value = value * 256 + (this.#config[offset + i] ?? 0);
    return value;
  }

  #isRegisterAccess(offset: number, widthBytes: number): boolean {
    if (offset < Mmio.config && offset % 4 === 0 && widthBytes === 4) return true;
    const access = `${widthBytes} bytes at ${registerName(offset)}`;
    this.#violated(
      mmioViolation('MMIO_ACCESS', 'a register access of another shape', '4 aligned bytes', access),
    );
    return false;
  }

  #violatedBy(violation: ProtocolViolation | null): void {
    if (violation !== null) this.#violated(violation);
  }

  #violated(violation: ProtocolViolation): void {
    this.#onViolation(violation);
    failDevice(this.#window, this.#queues.count);
    this.#queues.stopAll();
  }
}

/**
 * What any host thread does that can serve its driver no longer: DEVICE_NEEDS_RESET, and a configuration interrupt
 * when the driver is live (2.1.2, N0006, N0007).
 */
export function failDevice(window: DeviceWindow, vcpuCount: number): void {
  const wasLive = (window.status & Status.driverOk) !== 0;
  window.addStatus(Status.needsReset);
  if (wasLive) window.raiseConfigInterrupt(vcpuCount);
}
