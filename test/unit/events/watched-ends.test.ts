import { describe, expect, it } from 'vitest';
import { createEventRing, EventReader, EventWriter } from '../../../src/events/event-ring.js';
import { describeEvent } from '../../../src/events/ring-event.js';
import { WatchedBell } from '../../../src/events/watched-bell.js';
import { WatchedDevice } from '../../../src/events/watched-device.js';
import { WatchedDriver } from '../../../src/events/watched-driver.js';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeAnyRig } from '../../support/ring/rig.js';

function watched(layout: 'split' | 'packed', eventIdx = false) {
  const rig = makeAnyRig(layout, { size: 8, eventIdx });
  const buffers = [createEventRing('stream', 256), createEventRing('stream', 256)] as const;
  const life = { queue: 3, life: 12, layout, options: rig.options };
  const driver = new WatchedDriver(rig.driver, new EventWriter(buffers[0]), life);
  const device = new WatchedDevice(rig.device, new EventWriter(buffers[1]), life);
  const readers = buffers.map((buffer) => new EventReader(buffer));
  const take = (at: 0 | 1): string[] => {
    const texts: string[] = [];
    readers[at]?.drain((event) => texts.push(describeEvent(event)));
    return texts;
  };
  const begun = [take(0), take(1)];
  const list = (bytes: number): ScatterList =>
    new ScatterList().addReadable(rig.payload, bytes).addWritable(rig.payload + 64, 2 * bytes);
  return { ...rig, driver, device, begun, list, driverEvents: () => take(0), deviceEvents: () => take(1) };
}

describe.each(['split', 'packed'] as const)('a watched %s ring', (layout) => {
  it('records the life, and each step of two buffers under the same ordinals on both sides', () => {
    const { driver, device, list, begun, driverEvents, deviceEvents } = watched(layout);
    const began = `lifeBegan life 12 size 8 layout ${layout === 'split' ? 0 : 1} startIndex 0 features 0`;
    expect(begun).toEqual([[began], [began]]);
    driver.disableCallbacks();
    driver.disableCallbacks();
    driver.stageBuf(list(4), 5);
    driver.stageBuf(list(8), 2);
    expect(driver.kick()).toBe(true);
    expect(driver.kick()).toBe(false);
    expect(driverEvents()).toEqual([
      'callbacksDisabled count 0',
      'posted token 5 ordinal 0 descriptors 2 readableBytes 4 writableBytes 8',
      'posted token 2 ordinal 1 descriptors 2 readableBytes 8 writableBytes 16',
      'shown count 2',
      'kicked from 0 count 2',
    ]);
    const chains = [new Chain(), new Chain()] as const;
    expect(device.pop(chains[0])).toBe(true);
    const heads = [chains[0].head];
    expect(device.pop(chains[1])).toBe(true);
    heads.push(chains[1].head);
    expect(device.pop(new Chain())).toBe(false);
    device.stageUsed(chains[1], 16);
    device.push(chains[0], 3);
    expect(device.interrupt()).toBe(false);
    expect(device.enableKicks()).toBe(true);
    expect(deviceEvents()).toEqual([
      `popped ordinal 0 head ${heads[0]} readableBytes 4 writableBytes 8`,
      `popped ordinal 1 head ${heads[1]} readableBytes 8 writableBytes 16`,
      'used ordinal 1 writtenBytes 16',
      'used ordinal 0 writtenBytes 3',
      'usedShown count 2',
      'interruptSuppressed from 0 count 2',
      'kicksEnabled count 2 maySleep 1',
    ]);
    expect([driver.getBuf(), driver.usedLength, driver.getBuf(), driver.getBuf()]).toEqual([
      2,
      16,
      5,
      undefined,
    ]);
    expect(driver.enableCallbacksDelayed()).toBe(true);
    expect(driverEvents()).toEqual([
      'reaped token 2 ordinal 1 usedBytes 16 descriptors 2',
      'reaped token 5 ordinal 0 usedBytes 3 descriptors 2',
      'callbacksEnabled count 2 maySleep 1 isLate 1',
    ]);
  });

  it('records a kick that was not wanted, and what is taken back after a reset', () => {
    const { driver, device, list, driverEvents, deviceEvents } = watched(layout, true);
    driver.addBuf(list(4), 1);
    expect(driver.kickPrepare()).toBe(true);
    device.disableKicks();
    driver.addBuf(list(4), 0);
    expect(driver.kickPrepare()).toBe(false);
    expect(driver.detachUnused()).toBeTypeOf('number');
    expect(driver.detachUnused()).toBeTypeOf('number');
    expect(driver.detachUnused()).toBeUndefined();
    const events = driverEvents();
    expect(events).toContain('kicked from 0 count 1');
    expect(events).toContain('kickSuppressed from 1 count 2');
    expect(events.slice(-2).toSorted()).toEqual([
      'detached token 0 ordinal 1 descriptors 2',
      'detached token 1 ordinal 0 descriptors 2',
    ]);
    expect(deviceEvents()).toEqual(['kicksDisabled count 0']);
  });

  it('tells an unknown buffer from one that the device holds', () => {
    const { driver, device, list, deviceEvents } = watched(layout);
    driver.addBuf(list(4), 1);
    const [chain, other] = [new Chain(), new Chain()];
    device.pop(chain);
    other.head = chain.head;
    device.stageUsed(other, 0);
    expect(deviceEvents().at(-1)).toBe('used ordinal unknown writtenBytes 0');
  });
});

describe('a watched bell', () => {
  it('records that its thread sleeps, and that it is awake again', () => {
    const buffer = createEventRing('recorder', 16);
    const bell = new WatchedBell(new Doorbell(SharedMemory.ofSize(64), 0), new EventWriter(buffer), 1);
    expect(bell.wait(bell.sequence() + 1, Infinity)).toBe('not-equal');
    expect(bell.wait(bell.sequence(), 1)).toBe('timed-out');
    expect(new EventReader(buffer).latest(9).map(describeEvent)).toEqual(['slept', 'woke', 'slept', 'woke']);
  });
});
