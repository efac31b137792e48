import { describe, expect, test } from 'vitest';
import { Feature } from '../../src/transport/features.js';
import { negotiate, setDriverOk } from '../../src/transport/negotiate.js';
import { PciBar } from '../../src/transport/pci-layout.js';
import { NO_VECTOR, PciCommon } from '../../src/transport/pci-registers.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { AT, MODEL, ringAt } from '../support/transport/register-rig.js';

const FEATURES = MODEL.features.with(Feature.ringReset);
const OPTIONS = { model: { features: FEATURES } };
const QUEUES = [0, 1, 2];

function live(): PciRig {
  return PciRig.live(OPTIONS);
}

function reset(rig: PciRig, queue: number): void {
  rig.set('queueSelect', queue);
  rig.set('queueReset', 1);
}

describe('4.1.4.3.1 queue_reset, device', () => {
  test('4.1.4.3.1 N0288 it is 0 after a reset of the device, also one that came amid the reset of a queue', () => {
    const rig = live();
    expect(QUEUES.map((queue) => rig.of(queue, 'queueReset'))).toEqual([0, 0, 0]);
    reset(rig, 1);
    rig.reset();
    expect(rig.status).toBe(0);
    rig.initialise(AT.featuresOk);
    expect(QUEUES.map((queue) => rig.of(queue, 'queueReset'))).toEqual([0, 0, 0]);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.3.1 N0289 it is 0 after the queue was enabled, also while that is not acted on yet', () => {
    const rig = live();
    reset(rig, 1);
    rig.settle();
    rig.enableQueue(1);
    expect([rig.get('queueReset'), rig.get('queueEnable')]).toEqual([0, 1]);
    rig.settle();
    expect([rig.get('queueReset'), rig.get('queueEnable')]).toEqual([0, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.3.1 N0290 a 1 stops that queue and no other, and its fields hold what they hold after a reset', () => {
    const rig = live();
    rig.set('queueSelect', 1);
    rig.set('queueMsixVector', 2);
    reset(rig, 1);
    rig.settle();
    expect(QUEUES.map((queue) => rig.isLive(queue))).toEqual([true, false, true]);
    expect(rig.of(1, 'queueSize')).toBe(256);
    const addresses = ['queueDescLow', 'queueDriverLow', 'queueDeviceLow'] as const;
    expect(addresses.map((field) => rig.get(field))).toEqual([0, 0, 0]);
    expect(rig.get('queueMsixVector')).toBe(NO_VECTOR);
    expect(rig.of(2, 'queueSize')).toBe(16);
  });

  test('4.1.4.3.1 N0291 N0292 it is 1 until the queue has stopped, then it and queue_enable are 0', () => {
    const rig = live();
    reset(rig, 1);
    expect([rig.get('queueReset'), rig.get('queueEnable')]).toEqual([1, 1]);
    expect(QUEUES.map((queue) => rig.of(queue, 'queueReset'))).toEqual([0, 1, 0]);
    rig.queues[1]?.acknowledge();
    expect([rig.of(1, 'queueReset'), rig.get('queueEnable')]).toEqual([0, 0]);
    expect([0, 2].map((queue) => rig.of(queue, 'queueEnable'))).toEqual([1, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('a second 1 changes nothing, and neither does a 0', () => {
    const rig = live();
    reset(rig, 1);
    const word = rig.window.queueLive(1);
    rig.set('queueReset', 1);
    rig.set('queueReset', 0);
    expect([rig.get('queueReset'), rig.window.queueLive(1)]).toEqual([1, word]);
    expect(rig.codes).toEqual([]);
  });

  test.each([
    ['a queue that there is not', 3, 1, 'PCI_QUEUE_SEL'],
    ['another value', 1, 2, 'PCI_QUEUE_RESET'],
  ])('%s is a violation', (_, queue, value, code) => {
    const rig = live();
    rig.set('queueSelect', queue);
    expect(rig.get('queueReset')).toBe(0);
    rig.set('queueReset', value);
    expect(rig.codes).toEqual([code]);
  });

  test.each(['before FEATURES_OK', 'without RING_RESET'])('the field is read-only %s', (when) => {
    const rig = new PciRig(OPTIONS);
    if (when === 'before FEATURES_OK') rig.initialise(AT.driver).accept(FEATURES);
    else rig.initialise(AT.live, MODEL.features);
    rig.set('queueReset', 1);
    expect(rig.get('queueReset')).toBe(0);
    expect(rig.codes).toEqual(['PCI_READ_ONLY']);
  });
});

describe('4.1.4.3.2 queue_reset, driver', () => {
  function driving(): PciRig {
    const rig = new PciRig(OPTIONS);
    rig.driver.probe();
    negotiate(rig.driver, { supported: FEATURES, dependencies: MODEL.dependencies });
    for (const queue of QUEUES) rig.driver.enableQueue(queue, 16, ringAt(queue));
    setDriverOk(rig.driver);
    rig.settle();
    return rig;
  }

  test('4.1.4.3.2 N0302 2.6.1.1.2 N0027 the driver takes it for over when it reads 0', () => {
    const rig = driving();
    rig.slowness = 9;
    const from = rig.log.accesses.length;
    rig.driver.resetQueue(1, () => null);
    const [select, write, ...reads] = rig.log.accesses
      .slice(from)
      .map(({ kind, offset, value }) => [kind, offset - PciBar.common, value].join(' '));
    expect([select, write]).toEqual([`write ${PciCommon.queueSelect} 1`, `write ${PciCommon.queueReset} 1`]);
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.pop()).toBe(`read ${PciCommon.queueReset} 0`);
    expect(new Set(reads)).toEqual(new Set([`read ${PciCommon.queueReset} 1`]));
  });

  test('it gives up when it is told to', () => {
    const rig = driving();
    rig.slowness = Infinity;
    const error = new Error('enough');
    let looks = 0;
    expect(() => rig.driver.resetQueue(1, () => (++looks === 5 ? error : null))).toThrow(error);
  });

  test('4.1.4.3.2 N0303 N0304 then it enables the queue again, with other values and mapped anew', () => {
    const rig = driving();
    for (const size of [16, 2, 256]) {
      rig.driver.resetQueue(1, () => null);
      rig.driver.enableQueue(1, size, ringAt(2));
      expect(rig.of(1, 'queueMsixVector')).toBe(1);
      expect(rig.window.queueSetup(1)).toEqual({ ...ringAt(2), size });
    }
    expect(QUEUES.map((queue) => rig.isLive(queue))).toEqual([true, true, true]);
    expect(rig.codes).toEqual([]);
  });
});
