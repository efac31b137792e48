import type { MemoryPort } from '../memory/port.js';
import { deviceQueue, driverQueue, type RingLayout } from './layouts.js';
import type { DeviceQueue, DriverQueue, Notifier, QueueOptions } from './queue.js';
import type { IndirectUse } from './split-driver.js';
import type { RingAddresses } from './split-layout.js';

/** What an end is made for: what both sides agreed on, and the format of the ring. */
export interface EndOptions extends QueueOptions {
  readonly layout: RingLayout;
}

/** Makes the driver's end of a ring that is in `port` at `at`; `indirect` is null where tables were not agreed on. */
export type DriverEnd = (
  port: MemoryPort,
  at: RingAddresses,
  options: EndOptions,
  notifier: Notifier,
  indirect: IndirectUse | null,
) => DriverQueue<number>;

/** Makes the device's end. */
export type DeviceEnd = (
  port: MemoryPort,
  at: RingAddresses,
  options: EndOptions,
  notifier: Notifier,
) => DeviceQueue;

/** Both ends of a ring, whoever wrote them. */
export interface QueueEnds {
  readonly driver: DriverEnd;
  readonly device: DeviceEnd;
}

/** Those of vring. */
export const VRING_ENDS: QueueEnds = {
  driver: (port, at, options, notifier, indirect) =>
    driverQueue<number>(options.layout, port, at, options, notifier, indirect),
  device: (port, at, options, notifier) => deviceQueue(options.layout, port, at, options, notifier),
};
