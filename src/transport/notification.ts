import { ProtocolViolation } from '../errors.js';
import type { Notifier } from '../virtqueue/queue.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import { Feature, type FeatureSet } from './features.js';
import type { DeviceWindow } from './window.js';

/**
 * What an available buffer notification carries (virtio 1.4, 2.9): the queue's index, and with NOTIFICATION_DATA the
 * position of the next entry that is not available yet. That is the free-running index of a split ring, slot and wrap
 * counter of a packed one; both fill the upper half.
 */
export function notificationWord(queue: number, position: number): number {
  return (queue | (position << 16)) >>> 0;
}

/** The index of the queue in what was written; without NOTIFICATION_DATA that is all there is. */
export function notifiedQueue(word: number, hasData: boolean): number {
  return hasData ? word & 0xffff : word;
}

/** How wide the write of a notification is where the bus knows widths (4.1.5.2.1, N0351, N0352). */
export function notificationBytes(features: FeatureSet): 2 | 4 {
  return features.has(Feature.notificationData) ? 4 : 2;
}

/** The driver's kicks: what it writes, then the bell, and no exit, as with an ioeventfd. */
export function kickerOf(window: DeviceWindow, queue: number, features: FeatureSet): Notifier {
  const bell = window.kickBell(queue);
  const hasData = features.has(Feature.notificationData);
  return {
    notify: (position) => {
      window.setNotification(queue, hasData ? notificationWord(queue, position) : queue);
      bell.ring();
    },
  };
}

/** The ring that a notification is checked against. */
export interface NotifiedRing {
  readonly queue: number;
  readonly size: number;
  readonly layout: RingLayout;
  readonly hasData: boolean;
}

/** What is wrong with a notification that rang this queue's bell; null when nothing is. */
export function checkNotification(word: number, ring: NotifiedRing): ProtocolViolation | null {
  const queue = notifiedQueue(word, ring.hasData);
  if (queue !== ring.queue) {
    const message = 'a notification names another queue than it rings';
    return wrong('NOTIFICATION_QUEUE', message, ring.queue, queue);
  }
  // Of a split ring every index is possible; how far it is from the last one depends on who was faster.
  const slot = (word >>> 16) & 0x7fff;
  if (ring.layout === 'split' || slot < ring.size) return null;
  const message = 'a notification names a slot that the ring does not have';
  return wrong('NOTIFICATION_SLOT', message, `below ${ring.size}`, slot);
}

function wrong(
  code: string,
  message: string,
  expected: string | number,
  actual: string | number,
): ProtocolViolation {
  return new ProtocolViolation(code, message, { section: '2.9', expected, actual });
}
