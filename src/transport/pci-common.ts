import { busViolation, PCI_BUS } from './bus.js';
import type { DeviceCore } from './device-core.js';
import { Feature } from './features.js';
import type { PciVectors } from './pci-vectors.js';
import { commonWidth, NO_VECTOR, PciCommon } from './pci-registers.js';
import type { QueueField } from './queue-registers.js';

const QUEUE_FIELDS: ReadonlyMap<number, QueueField> = new Map([
  [PciCommon.queueSize, 'size'],
  [PciCommon.queueDescLow, 'descLow'],
  [PciCommon.queueDescHigh, 'descHigh'],
  [PciCommon.queueDriverLow, 'driverLow'],
  [PciCommon.queueDriverHigh, 'driverHigh'],
  [PciCommon.queueDeviceLow, 'deviceLow'],
  [PciCommon.queueDeviceHigh, 'deviceHigh'],
]);

/**
 * Written by the device alone (virtio 1.4, 4.1.4.3.2, N0296), or part of a feature that is not offered; queue_reset is
 * as long as RING_RESET is not negotiated.
 */
const READ_ONLY: ReadonlySet<number> = new Set([
  PciCommon.deviceFeature,
  PciCommon.numQueues,
  PciCommon.configGeneration,
  PciCommon.queueNotifyOff,
  PciCommon.queueNotifConfigData,
  PciCommon.queueReset,
  PciCommon.adminQueueIndex,
  PciCommon.adminQueueNum,
]);

/** The common configuration structure (4.1.4.3). */
export class PciCommonConfig {
  private readonly core: DeviceCore;
  private readonly vectors: PciVectors;
  /** The configuration that the driver has read of last, and the generation that it was shown with. */
  private seenVersion = 0;
  private generation = 0;

  constructor(core: DeviceCore, vectors: PciVectors) {
    this.core = core;
    this.vectors = vectors;
  }

  /**
   * The driver is about to read of the device's configuration. The generation moves here, on the first read after a
   * change, and not with the change: 256 changes between two reads would bring 8 bits back to where they were, and
   * a mixture would look whole (4.1.4.3.1, N0285).
   */
  beforeConfigRead(): void {
    if (this.core.configVersion === this.seenVersion) return;
    this.seenVersion = this.core.configVersion;
    this.generation = (this.generation + 1) & 0xff;
  }

  read(offset: number, widthBytes: number): number {
    if (!this.isNatural(offset, widthBytes)) return 0;
    const { features, queues } = this.core;
    const field = QUEUE_FIELDS.get(offset);
    if (field !== undefined) return queues.read(field);
    switch (offset) {
      case PciCommon.deviceFeatureSelect:
        return features.deviceSelect;
      case PciCommon.deviceFeature:
        return features.offeredWord;
      case PciCommon.driverFeatureSelect:
        return features.driverSelect;
      case PciCommon.driverFeature:
        return features.acceptedWord;
      case PciCommon.configMsixVector:
        return this.vectors.config;
      case PciCommon.numQueues:
        return queues.count;
      case PciCommon.deviceStatus:
        return this.core.readStatus();
      case PciCommon.configGeneration:
        return this.generation;
      case PciCommon.queueSelect:
        return queues.selected;
      case PciCommon.queueMsixVector:
        return queues.selectedExists ? this.vectors.queue(queues.selected) : NO_VECTOR;
      case PciCommon.queueEnable:
        return queues.selectedReady;
      case PciCommon.queueNotifyOff:
        // The slot of a queue in the notification structure is its number.
        return queues.selectedExists ? queues.selected : 0;
      case PciCommon.queueReset:
        // Without RING_RESET nothing sets it.
        return queues.selectedResetting;
      default:
        // Fields of NOTIF_CONFIG_DATA and ADMIN_VQ: there, and of no meaning without their features.
        return 0;
    }
  }

  write(offset: number, widthBytes: number, value: number): void {
    if (!this.isNatural(offset, widthBytes)) return;
    const core = this.core;
    if (offset === PciCommon.queueReset && core.negotiated(Feature.ringReset)) {
      core.resetQueue(value);
      return;
    }
    if (READ_ONLY.has(offset)) {
      this.violated('READ_ONLY', 'a field that is not the driver’s was written', 'no write', at(offset));
      return;
    }
    const field = QUEUE_FIELDS.get(offset);
    if (field !== undefined) {
      this.writeQueue(field, value);
      return;
    }
    switch (offset) {
      case PciCommon.deviceFeatureSelect:
        core.features.deviceSelect = value;
        break;
      case PciCommon.driverFeatureSelect:
        core.features.driverSelect = value;
        break;
      case PciCommon.driverFeature:
        core.writeDriverFeatures(value);
        break;
      case PciCommon.configMsixVector:
        this.checkVector(value);
        this.vectors.mapConfig(value);
        break;
      case PciCommon.deviceStatus:
        core.writeStatus(value);
        break;
      case PciCommon.queueSelect:
        core.queues.select(value);
        break;
      case PciCommon.queueMsixVector:
        this.mapQueue(value);
        break;
      default:
        this.enableQueue(value);
    }
  }

  /** A queue's size reads back at once, so it has to be one that a queue can have (N0294, N0297, N0298). */
  private writeQueue(field: QueueField, value: number): void {
    const { queues } = this.core;
    const wrong = field === 'size' && queues.selectedExists ? queues.checkSize(value) : null;
    this.core.violatedBy(wrong ?? queues.write(field, value));
  }

  /** A queue can be stopped by a reset only (N0301). */
  private enableQueue(value: number): void {
    if (value === 1) this.core.enableQueue();
    else this.violated('QUEUE_ENABLE', 'queue_enable was written with something else', '1', `${value}`);
  }

  private mapQueue(vector: number): void {
    const { queues } = this.core;
    if (!queues.selectedExists) {
      this.core.violated(queues.noSuchQueue());
      return;
    }
    this.checkVector(vector);
    this.vectors.mapQueue(queues.selected, vector);
  }

  private checkVector(vector: number): void {
    if (this.vectors.isVector(vector)) return;
    const expected = `below ${this.vectors.count}, or NO_VECTOR`;
    this.violated('VECTOR', 'there is no such vector', expected, `${vector}`, '4.1.5.1.2.2');
  }

  private isNatural(offset: number, widthBytes: number): boolean {
    const width = commonWidth(offset);
    if (width === widthBytes) return true;
    const expected = width === 0 ? 'the start of a field' : `${width} bytes`;
    const access = `${widthBytes} bytes at ${at(offset)}`;
    this.violated('ACCESS', 'a field was accessed with another width', expected, access, '4.1.3.1');
    return false;
  }

  private violated(code: string, message: string, expected: string, actual: string, section?: string): void {
    this.core.violated(busViolation(PCI_BUS, code, message, expected, actual, section));
  }
}

function at(offset: number): string {
  return `common configuration + ${offset}`;
}
