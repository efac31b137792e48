import type { MemoryPort } from '../memory/port.js';
import { PackedDevice } from './packed-device.js';
import { PackedDriver } from './packed-driver.js';
import { initPackedRing } from './packed-init.js';
import { isPackedQueueSize, packedLayout, packedParts } from './packed-layout.js';
import type { DeviceQueue, DriverQueue, Notifier, QueueOptions } from './queue.js';
import { SplitDevice } from './split-device.js';
import { type IndirectUse, SplitDriver } from './split-driver.js';
import { initSplitRing } from './split-init.js';
import {
  isSplitQueueSize,
  type RingAddresses,
  type RingPart,
  splitLayout,
  splitParts,
} from './split-layout.js';

/** The two formats of a virtqueue (virtio 1.4, 2.7 and 2.8); RING_PACKED decides for all queues of a device. */
export type RingLayout = 'split' | 'packed';

/** The three parts of a ring, by the area of the registers that point to them. */
export interface RingParts {
  readonly desc: RingPart;
  readonly driver: RingPart;
  readonly device: RingPart;
}

export function isQueueSize(layout: RingLayout, size: number): boolean {
  return layout === 'split' ? isSplitQueueSize(size) : isPackedQueueSize(size);
}

export function ringParts(layout: RingLayout, size: number): RingParts {
  return layout === 'split' ? splitParts(size) : packedParts(size);
}

/** Makes a ring's memory what it must be before the queue is enabled. */
export function initRing(
  layout: RingLayout,
  port: MemoryPort,
  size: number,
  at: RingAddresses,
  startIndex: number,
): void {
  if (layout === 'split') initSplitRing(port, splitLayout(size, at), startIndex);
  else initPackedRing(port, packedLayout(size, at), startIndex);
}

/**
 * The driver's end. A split chain may begin direct and end in a table; a packed list is all direct or one indirect
 * (2.8.19). What both have in common: a buffer of up to `directCount + 1` ranges goes into the ring whole.
 */
export function driverQueue<Token>(
  layout: RingLayout,
  port: MemoryPort,
  at: RingAddresses,
  options: QueueOptions,
  notifier: Notifier,
  indirect: IndirectUse | null,
): DriverQueue<Token> {
  if (layout === 'split') {
    return new SplitDriver<Token>(port, splitLayout(options.size, at), options, notifier, indirect);
  }
  const layoutOfRing = packedLayout(options.size, at);
  const directMax = (indirect?.directCount ?? 0) + 1;
  return new PackedDriver<Token>(port, layoutOfRing, options, notifier, indirect?.tables ?? null, directMax);
}

/** The device's end. */
export function deviceQueue(
  layout: RingLayout,
  port: MemoryPort,
  at: RingAddresses,
  options: QueueOptions,
  notifier: Notifier,
): DeviceQueue {
  if (layout === 'split') return new SplitDevice(port, splitLayout(options.size, at), options, notifier);
  return new PackedDevice(port, packedLayout(options.size, at), options, notifier);
}
