import { ProtocolViolation } from '../errors.js';
import { type Bus, busViolation } from './bus.js';
import type { DeviceModel } from './device-model.js';
import { failDevice } from './fail-device.js';
import { FeatureRegisters } from './feature-registers.js';
import { closeFeatures, FEATURE_BITS, Feature, type FeatureSet } from './features.js';
import { notifiedQueue } from './notification.js';
import { QueueBank } from './queue-bank.js';
import { ringLayout } from './ring-features.js';
import { Status } from './status.js';
import type { DeviceWindow } from './window.js';

export type OnViolation = (violation: ProtocolViolation) => void;

export interface DeviceCoreOptions {
  readonly bus: Bus;
  readonly window: DeviceWindow;
  readonly model: DeviceModel;
  readonly memoryBytes: number;
  /** What a queue's size register holds before the driver has written it. */
  readonly sizeAtReset: number;
  readonly onViolation: OnViolation;
  /** A reset is about to end: whatever the transport has of the driver's goes too. */
  readonly onReset: () => void;
  /** The same, of one queue that is reset. */
  readonly onQueueReset: (queue: number) => void;
}

/** What a driver may set in the status field (virtio 1.4, 2.1); DEVICE_NEEDS_RESET is the device's to set. */
const DRIVER_BITS: number =
  Status.acknowledge | Status.driver | Status.featuresOk | Status.driverOk | Status.failed;

/**
 * What a device is on every transport: its status machine, the negotiation, its queues, its configuration, reset. A
 * transport is a map of registers in front of it. One host thread answers every access, so nothing here needs a lock;
 * what other threads must know is published in the {@link DeviceWindow}.
 *
 * An access that the driver must not make is answered harmlessly, reported through `onViolation`, and puts the
 * device into DEVICE_NEEDS_RESET.
 */
export class DeviceCore {
  readonly features: FeatureRegisters;
  readonly queues: QueueBank;
  private readonly options: DeviceCoreOptions;
  private readonly window: DeviceWindow;
  private config: Uint8Array;
  private version = 0;
  /** SUSPEND was set and some queue still has something in service: Status does not show it yet (3.4.2, N0255). */
  private suspending = false;
  /** The configuration changed during a suspension, which is told when it ends (3.4.2, N0252). */
  private mustAnnounce = false;
  /** A reset was asked for and some queue has not stopped yet: Status still reads what it was (2.4.1, N0018). */
  private resetting = false;

  constructor(options: DeviceCoreOptions) {
    const { window, model, memoryBytes, sizeAtReset } = options;
    this.options = options;
    this.window = window;
    this.features = new FeatureRegisters(model.features);
    const { queueCount: count, queueSizeMax: sizeMax } = model;
    this.queues = new QueueBank(window, options.bus, { count, sizeMax, sizeAtReset, memoryBytes });
    this.config = model.config;
  }

  readStatus(): number {
    this.tryFinish();
    return this.window.status;
  }

  writeStatus(status: number): void {
    const old = this.window.status;
    if (status === 0) {
      this.beginReset();
      return;
    }
    if ((old & ~status & ~Status.needsReset) !== 0) {
      const message = 'a status bit was cleared without a reset';
      this.violated(neutral('STATUS_CLEARED', message, old, status, '2.1.1'));
      return;
    }
    let added = status & ~old;
    if ((added & Status.suspend) !== 0) {
      // Without the feature, or without DRIVER_OK before, it means nothing (N0248).
      if (this.negotiated(Feature.suspend) && this.mayRun) this.beginSuspend();
      added &= ~Status.suspend;
    }
    if ((added & ~DRIVER_BITS) !== 0) {
      const message = 'a status bit was set that is not for this driver to set';
      this.violated(neutral('STATUS_BIT', message, `bits of 0x${DRIVER_BITS.toString(16)}`, status, '2.1'));
      return;
    }
    if ((added & Status.featuresOk) !== 0 && !this.agreesTo(this.features.accepted))
      added &= ~Status.featuresOk;
    if ((added & Status.driverOk) !== 0 && ((old | added) & Status.featuresOk) === 0) {
      const message = 'DRIVER_OK was set without FEATURES_OK';
      this.violated(neutral('STATUS_ORDER', message, Status.featuresOk, old, '3.1.1'));
      return;
    }
    if ((added & Status.featuresOk) !== 0) this.publishFeatures();
    this.window.addStatus(added);
    if ((added & Status.driverOk) !== 0) this.goLive();
    if ((added & Status.failed) !== 0) this.queues.stopAll();
  }

  writeDriverFeatures(word: number): void {
    if ((this.window.status & Status.featuresOk) !== 0) {
      const message = 'features were written after FEATURES_OK';
      this.violated(neutral('FEATURES_FROZEN', message, 'no write', word, '3.1.1'));
      return;
    }
    this.features.accept(word);
  }

  /** Not before FEATURES_OK: what the driver's rings look like follows from its features (3.1.1). */
  enableQueue(): void {
    const { status } = this.window;
    if ((status & Status.featuresOk) === 0) {
      const { bus } = this.options;
      const message = 'a queue was enabled before FEATURES_OK';
      this.violated(busViolation(bus, 'QUEUE_EARLY', message, Status.featuresOk, status, '3.1.1'));
      return;
    }
    this.violatedBy(this.queues.enable(this.mayRun));
  }

  /** What the driver writes to reset the selected queue: 1 does it, 0 asks for nothing. */
  resetQueue(value: number): void {
    const { bus } = this.options;
    if (!this.negotiated(Feature.ringReset)) {
      this.violated(
        busViolation(bus, 'RING_RESET', 'a queue was reset without RING_RESET', 'no write', value),
      );
    } else if (value > 1) {
      const message = 'the reset of a queue was asked for with something else';
      this.violated(busViolation(bus, 'QUEUE_RESET', message, 1, value));
    } else if (value === 1) {
      const wrong = this.queues.resetSelected();
      if (wrong === null) this.options.onQueueReset(this.queues.selected);
      this.violatedBy(wrong);
    }
  }

  /** Whether driver and device have agreed on a feature. */
  negotiated(feature: number): boolean {
    return (this.window.status & Status.featuresOk) !== 0 && this.features.accepted.has(feature);
  }

  /** A driver that kicks by an exit rings the same bell, with the same word, as one that does not. */
  notifyQueue(word: number): void {
    const { bus } = this.options;
    const { count } = this.queues;
    const queue = notifiedQueue(word, this.negotiated(Feature.notificationData));
    if (queue < count) {
      this.window.setNotification(queue, word);
      this.window.kickBell(queue).ring();
    } else this.violated(busViolation(bus, 'NOTIFY', 'no such queue to notify', `below ${count}`, queue));
  }

  /** Changes with every {@link updateConfig}. */
  get configVersion(): number {
    return this.version;
  }

  readConfig(offset: number, widthBytes: number): number {
    if (![1, 2, 4].includes(widthBytes) || offset % widthBytes !== 0) {
      const access = `${widthBytes} bytes at ${offset}`;
      const message = 'a misaligned configuration access';
      this.violated(busViolation(this.options.bus, 'CONFIG_ACCESS', message, 'natural width', access));
      return 0;
    }
    let value = 0;
    for (let i = widthBytes - 1; i >= 0; i--) value = value * 256 + (this.config[offset + i] ?? 0);
    return value;
  }

  /**
   * No field of a device that vring has may be written; those that may belong to features it does not offer. While it
   * is suspended, such a write is not even wrong: it is ignored (3.4.2, N0249).
   */
  refuseConfigWrite(offset: number): void {
    if (this.isSuspended) return;
    const field = `byte ${offset}`;
    const message = 'a read-only field was written';
    this.violated(busViolation(this.options.bus, 'CONFIG_WRITE', message, 'no write', field, '2.5'));
  }

  /** Replaces the configuration: one step for a reader, since only this thread answers reads (2.5). */
  updateConfig(config: Uint8Array): void {
    this.config = config;
    this.version = (this.version + 1) >>> 0;
    if ((this.window.status & Status.driverOk) !== 0) this.window.raiseConfigInterrupt(this.queues.count);
    else if (this.isSuspended) this.mustAnnounce = true;
  }

  /** To be called once a turn: finishes a reset or a suspension, and stops every queue of a device that needs one. */
  poll(): void {
    this.tryFinish();
    if ((this.window.status & Status.needsReset) !== 0) this.queues.stopAll();
  }

  violatedBy(violation: ProtocolViolation | null): void {
    if (violation !== null) this.violated(violation);
  }

  violated(violation: ProtocolViolation): void {
    this.options.onViolation(violation);
    failDevice(this.window, this.queues.count);
    this.queues.stopAll();
  }

  /** Whether a queue that is ready runs: the driver is, and nothing has gone wrong since. */
  private get mayRun(): boolean {
    const { driverOk, needsReset, failed } = Status;
    if (this.resetting || this.suspending) return false;
    return (this.window.status & (driverOk | needsReset | failed)) === driverOk;
  }

  private get isSuspended(): boolean {
    return (this.window.status & Status.suspend) !== 0;
  }

  /**
   * DRIVER_OK was set, for the first time or to end a suspension. A driver that went on without a look at
   * DEVICE_NEEDS_RESET is told now, when it can be interrupted (N0007), and so is a change that had to wait (N0252).
   */
  private goLive(): void {
    const needsReset = (this.window.status & Status.needsReset) !== 0;
    this.window.clearStatus(Status.suspend);
    if (this.mayRun) this.queues.startAll();
    if (needsReset || this.mustAnnounce) this.window.raiseConfigInterrupt(this.queues.count);
    this.mustAnnounce = false;
  }

  private beginSuspend(): void {
    this.queues.pauseAll();
    this.suspending = true;
    this.tryFinish();
  }

  private agreesTo(features: FeatureSet): boolean {
    const { features: offered, dependencies } = this.options.model;
    const complete = closeFeatures(features, dependencies).equals(features);
    return complete && features.isSubsetOf(offered) && features.has(Feature.version1);
  }

  private publishFeatures(): void {
    const { accepted } = this.features;
    this.queues.setLayout(ringLayout(accepted));
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.window.setNegotiatedWord(select, accepted.word(select));
    }
  }

  private beginReset(): void {
    this.queues.stopAll();
    this.suspending = false;
    this.resetting = true;
    this.tryFinish();
  }

  /** A reset or a suspension ends when the I/O threads of all queues have done their part. */
  private tryFinish(): void {
    if (!(this.resetting || this.suspending) || !this.queues.areAllSettled) return;
    if (this.resetting) this.finishReset();
    else this.finishSuspend();
  }

  /** Something may have gone wrong instead, and then the device is not suspended but needs a reset (N0253). */
  private finishSuspend(): void {
    const { needsReset, failed, suspend, driverOk } = Status;
    this.suspending = false;
    if ((this.window.status & (needsReset | failed)) !== 0) return;
    this.window.addStatus(suspend);
    this.window.clearStatus(driverOk);
  }

  private finishReset(): void {
    this.resetting = false;
    this.mustAnnounce = false;
    this.queues.reset();
    this.features.reset();
    this.options.onReset();
    this.window.clearInterrupts();
    this.window.setStatus(0);
  }
}

/** A rule that is the same on every transport. */
function neutral(
  code: string,
  message: string,
  expected: string | number,
  actual: string | number,
  section: string,
): ProtocolViolation {
  return new ProtocolViolation(code, message, { section, expected, actual });
}
