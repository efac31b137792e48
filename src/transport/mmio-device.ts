import { ProtocolViolation } from '../errors.js';
import type { DeviceModel } from './device-model.js';
import type { RegisterFile } from './exits.js';
import { closeFeatures, FEATURE_BITS, Feature, FeatureSet } from './features.js';
import { Mmio, MMIO_BYTES, MMIO_MAGIC, MMIO_VENDOR, MMIO_VERSION } from './mmio-registers.js';
import { QueueRegisters } from './queue-registers.js';
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
  readonly #memoryBytes: number;
  readonly #onViolation: (violation: ProtocolViolation) => void;
  readonly #queues: readonly QueueRegisters[];
  #config: Uint8Array;
  #generation = 0;
  #deviceFeaturesSel = 0;
  #driverFeaturesSel = 0;
  #queueSel = 0;
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
    this.#memoryBytes = memoryBytes;
    this.#onViolation = onViolation;
    this.#queues = Array.from({ length: model.queueCount }, () => new QueueRegisters());
    this.#config = model.config;
  }

  read(offset: number, widthBytes: number): number {
    if (offset >= Mmio.config && offset < MMIO_BYTES) return this.#readConfig(offset - Mmio.config, widthBytes);
    if (!this.#isRegisterAccess(offset, widthBytes)) return 0;
    const queue = this.#queues[this.#queueSel];
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
        return queue === undefined ? 0 : this.#model.queueSizeMax;
      case Mmio.queueReady:
        return queue !== undefined && this.#isQueueBusy(queue) ? 1 : 0;
      case Mmio.interruptStatus:
        return this.#window.interruptStatus;
      case Mmio.status:
        return this.#readStatus();
      case Mmio.configGeneration:
        return this.#generation;
      case Mmio.queueReset:
        return 0;
      case Mmio.shmLenLow:
      case Mmio.shmLenHigh:
      case Mmio.shmBaseLow:
      case Mmio.shmBaseHigh:
        return NO_REGION;
      default:
        return this.#wrong('MMIO_READ', 'a register that cannot be read was read', 'a readable register', offset);
    }
  }

  write(offset: number, widthBytes: number, value: number): void {
    if (offset >= Mmio.config && offset < MMIO_BYTES) {
      this.#wrong('MMIO_CONFIG_WRITE', 'a read-only configuration field was written', 'no write', offset);
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
        this.#queueSel = value;
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
      default:
        this.#writeQueue(offset, value);
    }
  }

  /** Replaces the configuration: one step for a reader, since only this thread answers reads (2.5). */
  updateConfig(config: Uint8Array): void {
    this.#config = config;
    this.#generation = (this.#generation + 1) >>> 0;
    if ((this.#window.status & Status.driverOk) !== 0) this.#window.raiseConfigInterrupt(this.#queues.length);
  }

  /** To be called once a turn: finishes a reset, and stops every queue of a device that needs one. */
  poll(): void {
    if (this.#resetting) this.#tryFinishReset();
    else if ((this.#window.status & Status.needsReset) !== 0) this.#stopQueues();
  }

  /** Gives up on the driver: DEVICE_NEEDS_RESET, and a configuration interrupt when it is live (2.1.2, N0006, N0007). */
  fail(): void {
    failDevice(this.#window, this.#queues.length);
    this.#stopQueues();
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
      this.#wrong('STATUS_CLEARED', 'the driver cleared a status bit without a reset', `at least ${old}`, status, '2.1.1');
      return;
    }
    let added = status & ~old;
    if ((added & Status.featuresOk) !== 0 && !this.#agreesTo(this.#driverFeatures)) added &= ~Status.featuresOk;
    this.#window.addStatus(added);
    if ((added & Status.featuresOk) !== 0) this.#publishFeatures();
    if ((added & Status.driverOk) !== 0) this.#goLive();
    if ((added & Status.failed) !== 0) this.#stopQueues();
  }

  #agreesTo(features: FeatureSet): boolean {
    const { features: offered, dependencies } = this.#model;
    const complete = closeFeatures(features, dependencies).equals(features);
    return complete && features.isSubsetOf(offered) && features.has(Feature.version1);
  }

  #publishFeatures(): void {
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.#window.setNegotiatedWord(select, this.#driverFeatures.word(select));
    }
  }

  #goLive(): void {
    if ((this.#window.status & Status.featuresOk) === 0) {
      this.#wrong('STATUS_ORDER', 'DRIVER_OK was set before FEATURES_OK', Status.featuresOk, this.#window.status, '3.1.1');
      return;
    }
    this.#queues.forEach((queue, index) => {
      if (queue.ready) this.#window.startQueue(index, queue.setup);
    });
  }

  #beginReset(): void {
    this.#stopQueues();
    this.#resetting = true;
    this.#tryFinishReset();
  }

  #tryFinishReset(): void {
    if (!this.#queues.every((_, index) => this.#window.isQueueSettled(index))) return;
    this.#resetting = false;
    for (const queue of this.#queues) queue.reset();
    this.#driverFeatures = FeatureSet.empty;
    this.#deviceFeaturesSel = 0;
    this.#driverFeaturesSel = 0;
    this.#queueSel = 0;
    this.#window.clearInterrupts();
    this.#window.setStatus(0);
  }

  #stopQueues(): void {
    this.#queues.forEach((_, index) => {
      if ((this.#window.queueLive(index) & 1) === 1) this.#window.stopQueue(index);
    });
  }

  #writeDriverFeatures(value: number): void {
    if ((this.#window.status & Status.featuresOk) !== 0) {
      this.#wrong('FEATURES_FROZEN', 'features were written after FEATURES_OK', 'no write', value, '3.1.1');
      return;
    }
    this.#driverFeatures = this.#driverFeatures.withWord(this.#driverFeaturesSel, value);
  }

  /** A driver that reaches QueueNotify by an exit rings the same bell as one that does not. */
  #writeNotify(value: number): void {
    if (value < this.#queues.length) this.#window.kickBell(value).ring();
    else this.#wrong('MMIO_NOTIFY', 'a queue that does not exist was notified', `below ${this.#queues.length}`, value);
  }

  #writeQueue(offset: number, value: number): void {
    const queue = this.#queues[this.#queueSel];
    if (queue === undefined) {
      this.#wrong('MMIO_QUEUE_SEL', 'a queue that does not exist was set up', `below ${this.#queues.length}`, this.#queueSel);
    } else if (offset === Mmio.queueReady) {
      this.#writeReady(queue, value);
    } else if (this.#isQueueBusy(queue)) {
      this.#wrong('MMIO_QUEUE_BUSY', 'a queue was changed while QueueReady is 1', 'QueueReady = 0', offset);
    } else if (offset === Mmio.queueSize) {
      queue.size = value;
    } else if (offset >= Mmio.queueDescLow && offset <= Mmio.queueDeviceHigh && (offset & 8) === 0) {
      queue.writeAddress(offset, value);
    } else {
      this.#wrong('MMIO_WRITE', 'a register that cannot be written was written', 'a writable register', offset);
    }
  }

  #writeReady(queue: QueueRegisters, value: number): void {
    const index = this.#queues.indexOf(queue);
    if (value === 0) {
      queue.ready = false;
      if ((this.#window.queueLive(index) & 1) === 1) this.#window.stopQueue(index);
      return;
    }
    const wrong = queue.check(this.#model.queueSizeMax, this.#memoryBytes);
    if (wrong !== null) {
      this.#violated(wrong);
      return;
    }
    queue.ready = true;
    if ((this.#window.status & Status.driverOk) !== 0) this.#window.startQueue(index, queue.setup);
  }

  /** QueueReady reads 1 until a queue that was disabled has really stopped (4.2.3.2, N0382). */
  #isQueueBusy(queue: QueueRegisters): boolean {
    return queue.ready || !this.#window.isQueueSettled(this.#queues.indexOf(queue));
  }

  #readConfig(offset: number, widthBytes: number): number {
    if (![1, 2, 4].includes(widthBytes) || offset % widthBytes !== 0) {
      return this.#wrong('MMIO_CONFIG_ACCESS', 'a misaligned access to the configuration', 'natural width', offset, '4.2.2.2');
    }
    let value = 0;
    for (let i = widthBytes - 1; i >= 0; i--) value = value * 256 + (this.#config[offset + i] ?? 0);
    return value;
  }

  #isRegisterAccess(offset: number, widthBytes: number): boolean {
    if (offset < Mmio.config && offset % 4 === 0 && widthBytes === 4) return true;
    this.#wrong('MMIO_ACCESS', `a register access of ${widthBytes} bytes`, '4 aligned bytes', offset, '4.2.2.2');
    return false;
  }

  #wrong(code: string, message: string, expected: string | number, actual: string | number, section = '4.2.2'): number {
    const shown = typeof actual === 'number' && code.startsWith('MMIO') ? `0x${actual.toString(16)}` : actual;
    this.#violated(new ProtocolViolation(code, message, { section, expected, actual: shown }));
    return 0;
  }

  #violated(violation: ProtocolViolation): void {
    this.#onViolation(violation);
    this.fail();
  }
}

/** What any host thread does that can serve its driver no longer (2.1.2). */
export function failDevice(window: DeviceWindow, vcpuCount: number): void {
  const wasLive = (window.status & Status.driverOk) !== 0;
  window.addStatus(Status.needsReset);
  if (wasLive) window.raiseConfigInterrupt(vcpuCount);
}
