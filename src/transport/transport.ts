import type { Doorbell } from '../memory/doorbell.js';
import type { Notifier } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { FeatureSet } from './features.js';

/**
 * The driver's view of a device, whatever bus it sits on. What differs between virtio-mmio and virtio-pci stays
 * behind this.
 */
export interface DriverTransport {
  /** Checks that there is a device of a version this driver speaks, and returns its ID (0: an empty slot). */
  probe(): number;
  readStatus(): number;
  writeStatus(status: number): void;
  readDeviceFeatures(): FeatureSet;
  writeDriverFeatures(features: FeatureSet): void;
  /** The largest size the device supports for queue `queue`; 0 when it has no such queue. */
  queueSizeMax(queue: number): number;
  /** Hands over a queue whose memory is initialised, and enables it. */
  enableQueue(queue: number, size: number, addresses: RingAddresses): void;
  /**
   * Resets one queue of a live device (2.6.1), which needs RING_RESET, and waits until the device says that it is done:
   * only then are its buffers and its ring the driver's again, and it can be enabled once more, as another one if it
   * likes. Throws what `giveUp` returns, when it returns something.
   *
   * Like all set-up of queues it goes through a selector: not two vCPUs at once.
   */
  resetQueue(queue: number, giveUp: () => Error | null): void;
  /** How the driver kicks queue `queue`; what a kick carries follows from the negotiated features. */
  kicker(queue: number, features: FeatureSet): Notifier;
  /** The interrupts of vCPU `vcpu`. */
  interrupts(vcpu: number): InterruptLine;
  configGeneration(): number;
  /** Reads a field of the configuration space with the field's own width (2.5). */
  readConfig(offset: number, widthBytes: 1 | 2 | 4): number;
  writeConfig(offset: number, widthBytes: 1 | 2 | 4, value: number): void;
}

/** What a vCPU sees of the device's interrupts. */
export interface InterruptLine {
  readonly bell: Doorbell;
  /** Causes that are pending, as in InterruptStatus. */
  pending(): number;
  /** Acknowledges causes. Look at everything a cause covers once more afterwards (4.2.3.4). */
  acknowledge(causes: number): void;
}

/**
 * Reads fields that must belong together: again, until no change of configuration fell in between (2.5, N0020).
 */
export function readConfigConsistently<T>(transport: DriverTransport, read: () => T): T {
  for (;;) {
    const before = transport.configGeneration();
    const value = read();
    if (transport.configGeneration() === before) return value;
  }
}

/** A 64-bit field, as two halves (2.5); exact to 2^53. */
export function readConfig64(transport: DriverTransport, offset: number): number {
  return transport.readConfig(offset, 4) + transport.readConfig(offset + 4, 4) * 0x1_0000_0000;
}
