import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import { Feature } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { NOTIFY_MULTIPLIER, PciBar } from '../../src/transport/pci-layout.js';
import { Status } from '../../src/transport/status.js';
import { positionAt } from '../../src/virtqueue/ring-position.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { MODEL, RegisterRig } from '../support/transport/register-rig.js';
import { Requests } from '../support/transport/requests.js';

const FEATURES = MODEL.features.with(Feature.notificationData);
const TRANSPORTS = ['mmio', 'pci'] as const;
const CASES = TRANSPORTS.flatMap((transport) =>
  (['split', 'packed'] as const).map((layout) => ({ transport, layout })),
);

/** A block device near the wrap of every index, and its driver. */
function disk({ transport, layout }: (typeof CASES)[number], hasData: boolean): Requests {
  const features = hasData ? (['NOTIFICATION_DATA'] as const) : [];
  return new Requests({ transport, queue: { layout, size: 8, startIndex: 65530, features } });
}

/** A notification written to queue `slot`'s address. */
function writeTo(rig: PciRig, slot: number, widthBytes: number, value: number): void {
  rig.device.write(PciBar.notify + slot * NOTIFY_MULTIPLIER, widthBytes, value);
}

describe.each(CASES)('2.9 driver notifications, $transport, $layout', (where) => {
  test('4.1.5.2.1 N0352 N0354 with NOTIFICATION_DATA: 32 bits, the queue and the next entry not available', () => {
    const requests = disk(where, true);
    for (let posted = 1; posted <= 40; posted++) {
      requests.blk.read(0, posted, 512, 1);
      // A request is a chain of three: one entry of a split ring, three slots of a packed one.
      const next = 65530 + posted * (where.layout === 'split' ? 1 : 3);
      requests.queue.publish();
      requests.kickAndWork();
      const upper = where.layout === 'split' ? next & 0xffff : positionAt(8, next).offWrap;
      expect(requests.machine.window.notification(0)).toBe(upper * 0x1_0000);
      expect(requests.blk.complete()).toBe(0);
    }
    expect(requests.machine.violations).toEqual([]);
  });

  test('4.1.5.2.1 N0351 N0353 without it: 16 bits, the index of the queue', () => {
    const requests = disk(where, false);
    for (let sector = 0; sector < 20; sector++) {
      expect(requests.do((blk) => blk.read(0, sector, 512, 1))).toBe(BlkStatus.ok);
      expect(requests.machine.window.notification(0)).toBe(0);
    }
  });

  test('2.9 no kick is an exit, with data or without', () => {
    for (const hasData of [true, false]) {
      const requests = disk(where, hasData);
      const from = requests.machine.log.accesses.length;
      requests.do((blk) => blk.read(0, 0, 512, 1));
      expect(requests.machine.log.accesses.length).toBe(from);
    }
  });

  test('2.9 a kick that names another queue is a violation of the driver’s', () => {
    for (const word of [1, 0x8001_0001, 0xffff]) {
      const { machine } = disk(where, true);
      machine.window.setNotification(0, word);
      machine.window.kickBell(0).ring();
      machine.hostRunsDry();
      expect(machine.violations.map(({ code }) => code)).toEqual(['NOTIFICATION_QUEUE']);
      expect(machine.window.status & Status.needsReset).toBe(Status.needsReset);
    }
  });
});

test('2.9 a kick that names a slot which a packed ring does not have is one, too', () => {
  const { machine } = disk({ transport: 'mmio', layout: 'packed' }, true);
  machine.window.setNotification(0, 8 * 0x1_0000);
  machine.window.kickBell(0).ring();
  machine.hostRunsDry();
  expect(machine.violations.map(({ code }) => code)).toEqual(['NOTIFICATION_SLOT']);
});

describe('every queue is kicked by its own index', () => {
  test.each([true, false])('4.1.5.2.1 N0353 N0354 with data: %s', (hasData) => {
    const features = hasData ? FEATURES : MODEL.features;
    const rig = PciRig.live({ model: { features } });
    for (const queue of [0, 1, 2]) {
      rig.driver.kicker(queue, features).notify(7);
      expect(rig.window.notification(queue)).toBe(hasData ? 7 * 0x1_0000 + queue : queue);
      expect(() => rig.queues[queue]?.checkNotification()).not.toThrow();
    }
  });
});

describe('a kick that is an exit', () => {
  test('4.2.2 of QueueNotify rings the queue of its lower half, and leaves its word like any other', () => {
    const rig = RegisterRig.live({ model: { features: FEATURES } });
    const before = rig.window.kickBell(2).sequence();
    rig.write(Mmio.queueNotify, 0x8003_0002);
    expect(rig.window.kickBell(2).sequence()).toBe(before + 1);
    expect(rig.window.notification(2)).toBe(0x8003_0002);
    rig.write(Mmio.queueNotify, 0x8003_0003);
    expect(rig.codes).toEqual(['MMIO_NOTIFY']);
  });

  test('4.2.2 of QueueNotify is an index and nothing else where there is no data', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueNotify, 0x0001_0001);
    expect(rig.codes).toEqual(['MMIO_NOTIFY']);
  });

  test('4.1.5.2.1 N0351 N0352 on PCI has the width that was agreed, and no other', () => {
    for (const [features, right, wrong] of [
      [FEATURES, 4, 2],
      [MODEL.features, 2, 4],
    ] as const) {
      const rig = PciRig.live({ model: { features } });
      const before = rig.window.kickBell(1).sequence();
      writeTo(rig, 1, right, 1);
      expect(rig.window.kickBell(1).sequence()).toBe(before + 1);
      expect(rig.codes).toEqual([]);
      writeTo(rig, 1, wrong, 1);
      expect(rig.codes).toEqual(['PCI_NOTIFY']);
    }
  });

  test('4.1.5.2.1 N0354 on PCI has to be at the address of the queue that it names', () => {
    const rig = PciRig.live({ model: { features: FEATURES } });
    writeTo(rig, 2, 4, 0x8004_0002);
    expect(rig.window.notification(2)).toBe(0x8004_0002);
    writeTo(rig, 2, 4, 0x8004_0001);
    expect(rig.codes).toEqual(['PCI_NOTIFY']);
  });
});
