import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import {
  checkNotification,
  kickerOf,
  notificationBytes,
  notificationWord,
  notifiedQueue,
} from '../../../src/transport/notification.js';
import { positionAt } from '../../../src/virtqueue/ring-position.js';
import { seeded } from '../../support/ring/seeded.js';
import { RegisterRig } from '../../support/transport/register-rig.js';

const WITH_DATA = FeatureSet.of(Feature.version1, Feature.notificationData);

describe('the word of a notification', () => {
  test('has the queue in the lower half, and in the upper one what 2.9 calls next_off and next_wrap', () => {
    const property = fc.property(fc.nat(0xffff), fc.nat(0xffff), (queue, position) => {
      const word = notificationWord(queue, position);
      expect(word & 0xffff).toBe(queue);
      expect((word >>> 16) & 0x7fff).toBe(position & 0x7fff);
      expect(word >>> 31).toBe(position >>> 15);
      expect(word).toBeLessThan(2 ** 32);
      expect(notifiedQueue(word, true)).toBe(queue);
    });
    fc.assert(property, seeded(300));
  });

  test('of a packed ring has slot and wrap counter', () => {
    const word = notificationWord(3, positionAt(5, 5 + 2).offWrap);
    expect(word).toBe(3 + 2 * 0x1_0000);
    expect(notificationWord(3, positionAt(5, 4).offWrap)).toBe(3 + 4 * 0x1_0000 + 0x8000_0000);
  });

  test('is the index alone without NOTIFICATION_DATA', () => {
    const { window } = new RegisterRig();
    kickerOf(window, 2, FeatureSet.empty).notify(0x1234);
    expect(window.notification(2)).toBe(2);
    kickerOf(window, 2, WITH_DATA).notify(0x1234);
    expect(window.notification(2)).toBe(0x1234_0002);
    expect(window.notification(1), 'of no other queue').toBe(0);
    expect([notificationBytes(FeatureSet.empty), notificationBytes(WITH_DATA)]).toEqual([2, 4]);
  });
});

describe('a notification that the host hears', () => {
  test.each([
    ['of its own queue', 1, true, 'packed', null],
    ['of its own queue, without data', 1, false, 'packed', null],
    ['of the last slot', notificationWord(1, 0x8000 | 76), true, 'packed', null],
    [
      'of the first index that a split ring of that size does not have',
      1 + 77 * 0x1_0000,
      true,
      'split',
      null,
    ],
    ['of another queue', notificationWord(2, 0), true, 'split', 'NOTIFICATION_QUEUE'],
    ['of another queue, without data', 0, false, 'split', 'NOTIFICATION_QUEUE'],
    ['with data that was not agreed', notificationWord(1, 4), false, 'split', 'NOTIFICATION_QUEUE'],
    ['of a slot behind the ring', notificationWord(1, 77), true, 'packed', 'NOTIFICATION_SLOT'],
  ] as const)('%s', (_, word, hasData, layout, code) => {
    const violation = checkNotification(word, { queue: 1, size: 77, layout, hasData });
    expect(violation?.code ?? null).toBe(code);
  });
});
