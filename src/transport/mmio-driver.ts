import type { Notifier } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { ExitChannel } from './exits.js';
import { FEATURE_BITS, FeatureSet } from './features.js';
import { Mmio, MMIO_MAGIC, MMIO_VERSION } from './mmio-registers.js';
import { kickerOf } from './notification.js';
import { expectRegister } from './probe-error.js';
import { InterruptCause } from './status.js';
import type { DriverTransport, InterruptLine } from './transport.js';
import { waitUntil } from './wait-until.js';
import type { DeviceWindow } from './window.js';

/** All others are ignored, and not acknowledged either (4.2.2.2, N0383, N0384). */
const KNOWN_CAUSES = InterruptCause.usedBuffer | InterruptCause.configChange;

/**
 * virtio-mmio version 2 from the driver's side (virtio 1.4, 4.2.3). Every register access is an exit, except the
 * three that a hypervisor would not let exit either: QueueNotify is the queue's doorbell, InterruptStatus and
 * InterruptACK are one atomic access to the shared word.
 */
export class MmioDriver implements DriverTransport {
  private readonly window: DeviceWindow;
  private readonly exits: ExitChannel;

  constructor(window: DeviceWindow, exits: ExitChannel) {
    this.window = window;
    this.exits = exits;
  }

  probe(): number {
    this.expect(Mmio.magicValue, MMIO_MAGIC, 'MMIO_MAGIC', 'there is no virtio-mmio device');
    this.expect(
      Mmio.version,
      MMIO_VERSION,
      'MMIO_VERSION',
      'the device speaks another version of virtio-mmio',
    );
    return this.read(Mmio.deviceId);
  }

  readStatus(): number {
    return this.read(Mmio.status);
  }

  writeStatus(status: number): void {
    this.write(Mmio.status, status);
  }

  readDeviceFeatures(): FeatureSet {
    let features = FeatureSet.empty;
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.write(Mmio.deviceFeaturesSel, select);
      features = features.withWord(select, this.read(Mmio.deviceFeatures));
    }
    return features;
  }

  writeDriverFeatures(features: FeatureSet): void {
    for (let select = 0; select < FEATURE_BITS / 32; select++) {
      this.write(Mmio.driverFeaturesSel, select);
      this.write(Mmio.driverFeatures, features.word(select));
    }
  }

  queueSizeMax(queue: number): number {
    this.write(Mmio.queueSel, queue);
    return this.read(Mmio.queueSizeMax);
  }

  enableQueue(queue: number, size: number, addresses: RingAddresses): void {
    this.write(Mmio.queueSel, queue);
    this.expect(Mmio.queueReady, 0, 'MMIO_QUEUE_IN_USE', `queue ${queue} is in use already`);
    this.write(Mmio.queueSize, size);
    this.writeAddress(Mmio.queueDescLow, addresses.desc);
    this.writeAddress(Mmio.queueDriverLow, addresses.driver);
    this.writeAddress(Mmio.queueDeviceLow, addresses.device);
    this.write(Mmio.queueReady, 1);
  }

  resetQueue(queue: number, giveUp: () => Error | null): void {
    this.write(Mmio.queueSel, queue);
    this.write(Mmio.queueReset, 1);
    // Not over before it reads 0 (4.2.2.2, N0385).
    waitUntil(() => this.read(Mmio.queueReset) === 0, giveUp);
  }

  kicker(queue: number, features: FeatureSet): Notifier {
    return kickerOf(this.window, queue, features);
  }

  interrupts(vcpu: number): InterruptLine {
    const window = this.window;
    // From the first change on, so that none is missed before this line is looked at; one too many does no harm.
    let heard = 0;
    return {
      bell: window.interruptBell(vcpu),
      pending: () => {
        const causes = window.interruptStatus & KNOWN_CAUSES;
        return window.configChanges === heard ? causes : causes | InterruptCause.configChange;
      },
      acknowledge: (causes) => {
        if ((causes & InterruptCause.configChange) !== 0) heard = window.configChanges;
        window.ackInterrupt(causes);
      },
    };
  }

  configGeneration(): number {
    return this.read(Mmio.configGeneration);
  }

  readConfig(offset: number, widthBytes: 1 | 2 | 4): number {
    return this.exits.read(Mmio.config + offset, widthBytes);
  }

  writeConfig(offset: number, widthBytes: 1 | 2 | 4, value: number): void {
    this.exits.write(Mmio.config + offset, widthBytes, value);
  }

  private read(offset: number): number {
    return this.exits.read(offset, 4);
  }

  private write(offset: number, value: number): void {
    this.exits.write(offset, 4, value);
  }

  private writeAddress(lowOffset: number, address: number): void {
    this.write(lowOffset, address >>> 0);
    this.write(lowOffset + 4, Math.floor(address / 0x1_0000_0000));
  }

  private expect(offset: number, expected: number, code: string, message: string): void {
    expectRegister(this.read(offset), expected, code, message);
  }
}
