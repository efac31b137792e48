import { describe, expect, it } from 'vitest';
import { DmaDirection } from '../../../src/dma/direction.js';
import { QueueBroken } from '../../../src/errors.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { pattern } from '../../support/dma/dma-rig.js';
import {
  deviceReads,
  deviceReturns,
  popChain,
  type QueueRig,
  queueRig,
  type QueueRigOptions,
} from '../../support/dma/queue-rig.js';

const { toDevice, fromDevice } = DmaDirection;

const KINDS = [
  { layout: 'split', indirect: false },
  { layout: 'split', indirect: true },
  { layout: 'packed', indirect: false },
  { layout: 'packed', indirect: true },
] as const;

/** A buffer of 100 bytes to read, 300 and 50 to write, each with its own pattern. */
function threeRanges(rig: QueueRig, first = 1) {
  const read = rig.place(pattern(100, first));
  const write = rig.place(pattern(300, first + 1));
  const last = rig.place(pattern(50, first + 2));
  const list = new ScatterList().addReadable(read, 100).addWritable(write, 300).addWritable(last, 50);
  return { read, write, last, list };
}

describe.each(KINDS)('DmaDriver over a ring: %o', (kind) => {
  const makeRig = (options: Omit<QueueRigOptions, 'layout'> = {}) => queueRig({ ...kind, ...options });
  /** Mappings of one buffer besides its ranges. */
  const tables = kind.indirect ? 1 : 0;

  /** One range: never in a table. */
  const one = (rig: QueueRig) => new ScatterList().addWritable(rig.place(pattern(16)), 16);

  function expectNothingMapped(rig: QueueRig): void {
    rig.checked.checkEnded();
    expect(rig.pool.usedSlots).toBe(0);
    expect(rig.stats.unmaps).toBe(rig.stats.maps);
    expect(rig.host.privateAccesses).toBe(0);
    rig.exposure.checkAll();
  }

  it('maps each range by itself when it is added, and ends the mappings when it comes back', () => {
    const rig = makeRig();
    const { read, write, last, list } = threeRanges(rig);
    expect(rig.driver.addBuf(list, 7)).toBe(true);
    const ranges = [
      { call: 'map', address: read, sizeBytes: 100, direction: toDevice },
      { call: 'map', address: write, sizeBytes: 300, direction: fromDevice },
      { call: 'map', address: last, sizeBytes: 50, direction: fromDevice },
    ];
    expect(rig.calls.slice(0, 3)).toEqual(ranges);
    expect(rig.checked.liveCount).toBe(3 + tables);
    const chain = popChain(rig);
    const { buffers } = chain;
    expect([0, 1, 2].map((i) => rig.pool.contains(buffers.address(i)))).toEqual([true, true, true]);
    expect(deviceReads(rig, chain)).toEqual([...pattern(100)]);
    deviceReturns(rig, chain, pattern(350, 99));
    expect(rig.read(write, 300), 'not there before it is asked for').toEqual([...pattern(300, 2)]);
    expect(rig.driver.getBuf()).toBe(7);
    expect(rig.driver.usedLength).toBe(350);
    expect([...rig.read(write, 300), ...rig.read(last, 50)]).toEqual([...pattern(350, 99)]);
    expect(rig.read(read, 100)).toEqual([...pattern(100)]);
    expectNothingMapped(rig);
    expect(rig.calls.filter(({ call }) => call === 'unmap')).toHaveLength(3 + tables);
  });

  it('shows the device what the buffer held when it was added, and nothing that came later', () => {
    const rig = makeRig();
    const { read, list } = threeRanges(rig);
    rig.driver.stageBuf(list, 1);
    rig.ram.bytes(read, 100).fill(0xee);
    rig.driver.publish();
    expect(deviceReads(rig, popChain(rig))).toEqual([...pattern(100)]);
  });

  it('a short device write leaves the rest of the buffer as it was', () => {
    const rig = makeRig();
    rig.ram.bytes(rig.pool.shape.startAddress, rig.pool.sizeBytes).fill(0xee);
    rig.exposure.show(rig.pool.shape.startAddress, rig.pool.sizeBytes);
    const { write, last, list } = threeRanges(rig);
    rig.driver.addBuf(list, 1);
    deviceReturns(rig, popChain(rig), pattern(10, 99));
    expect(rig.driver.getBuf()).toBe(1);
    const rest = [...pattern(300, 2)].slice(10);
    expect(rig.read(write, 300)).toEqual([...pattern(10, 99), ...rest]);
    expect(rig.read(last, 50)).toEqual([...pattern(50, 3)]);
  });

  it('each buffer gets its own bytes back, in whatever order the device returns them', () => {
    const rig = makeRig({ size: 16 });
    const buffers = [0, 1, 2, 3].map((token) => {
      const buffer = threeRanges(rig, token * 10);
      expect(rig.driver.addBuf(buffer.list, token)).toBe(true);
      return buffer;
    });
    const chains = buffers.map(() => popChain(rig));
    const order = [2, 0, 3, 1];
    for (const i of order) deviceReturns(rig, chains[i] as (typeof chains)[0], pattern(300, 100 + i));
    for (const i of order) {
      expect(rig.driver.getBuf()).toBe(i);
      expect(rig.read(buffers[i]?.write ?? 0, 300)).toEqual([...pattern(300, 100 + i)]);
      expect(rig.read(buffers[i]?.last ?? 0, 50)).toEqual([...pattern(50, i * 10 + 2)]);
    }
    expectNothingMapped(rig);
  });

  it('with IN_ORDER a batch ends all mappings of its buffers', () => {
    const rig = makeRig({ size: 16, inOrder: true });
    const buffers = [0, 1, 2].map((token) => threeRanges(rig, token));
    for (const [token, { list }] of buffers.entries()) rig.driver.addBuf(list, token);
    for (const chain of buffers.map(() => popChain(rig))) {
      const { buffers: ranges } = chain;
      for (const i of [1, 2]) rig.host.target(ranges.address(i), ranges.length(i)).fill(5);
      rig.device.stageUsed(chain, 350);
    }
    rig.device.publishUsed();
    expect([rig.driver.getBuf(), rig.driver.getBuf(), rig.driver.getBuf()]).toEqual([0, 1, 2]);
    for (const { write } of buffers) expect(new Set(rig.read(write, 300))).toEqual(new Set([5]));
    expectNothingMapped(rig);
  });

  it('the pool is exhausted within a list: what was mapped of it is undone, and it fits later', () => {
    const rig = makeRig({ slotCount: 3 + tables });
    expect(rig.driver.addBuf(one(rig), 1)).toBe(true);
    expect(rig.driver.addBuf(one(rig), 2)).toBe(true);
    const { read, write, last, list } = threeRanges(rig);
    const free = rig.driver.freeCount;
    expect(rig.driver.addBuf(list, 3)).toBe(false);
    expect(rig.driver.refusal).toBe('not mapped');
    expect([rig.checked.liveCount, rig.pool.usedSlots]).toEqual([2, 2]);
    expect([rig.driver.freeCount, rig.driver.outstandingCount]).toEqual([free, 2]);
    expect(rig.read(write, 300)).toEqual([...pattern(300, 2)]);
    for (const token of [1, 2]) {
      deviceReturns(rig, popChain(rig), pattern(16));
      expect(rig.driver.getBuf()).toBe(token);
    }
    expect(rig.driver.addBuf(list, 3)).toBe(true);
    expect(rig.driver.refusal).toBe('none');
    const chain = popChain(rig);
    expect(deviceReads(rig, chain)).toEqual(rig.read(read, 100));
    deviceReturns(rig, chain, pattern(350, 9));
    expect(rig.driver.getBuf()).toBe(3);
    expect(rig.read(last, 50)).toEqual([...pattern(350, 9)].slice(300));
    expectNothingMapped(rig);
  });

  it('a full ring maps nothing, and says that it is full', () => {
    const rig = makeRig({ size: 4 });
    for (let token = 0; token < 4; token++) expect(rig.driver.addBuf(one(rig), token)).toBe(true);
    const { maps, bytesBouncedIn } = rig.stats;
    expect(rig.driver.addBuf(threeRanges(rig).list, 9)).toBe(false);
    expect(rig.driver.refusal).toBe('ring full');
    expect([rig.stats.maps, rig.stats.bytesBouncedIn, rig.checked.liveCount]).toEqual([
      maps,
      bytesBouncedIn,
      4,
    ]);
    deviceReturns(rig, popChain(rig), pattern(16));
    expect(rig.driver.getBuf()).toBe(0);
    expect(rig.driver.addBuf(one(rig), 4)).toBe(true);
    expect(rig.driver.refusal).toBe('none');
  });

  it('premapped buffers are neither mapped nor unmapped', () => {
    const rig = makeRig();
    const address = rig.place(pattern(64));
    const bus = rig.checked.map(address, 64, fromDevice);
    expect(rig.driver.stagePremapped(new ScatterList().addWritable(bus, 64), 5)).toBe(true);
    rig.driver.publish();
    const chain = popChain(rig);
    expect(chain.buffers.address(0)).toBe(bus);
    deviceReturns(rig, chain, pattern(64, 9));
    expect(rig.driver.getBuf()).toBe(5);
    expect([rig.calls.length, rig.checked.liveCount]).toEqual([0, 1]);
    expect(rig.read(address, 64), 'the caller has not asked for it yet').toEqual([...pattern(64)]);
    rig.checked.unmap(bus, 64, fromDevice);
    expect(rig.read(address, 64)).toEqual([...pattern(64, 9)]);
    expect(rig.driver.addBuf(one(rig), 6), 'its record is used again').toBe(true);
    deviceReturns(rig, popChain(rig), pattern(16));
    expect(rig.driver.getBuf()).toBe(6);
    expectNothingMapped(rig);
  });

  it('a premapped buffer that does not fit stays the caller`s', () => {
    const rig = makeRig({ size: 2 });
    for (const token of [0, 1]) rig.driver.addBuf(one(rig), token);
    const bus = rig.checked.map(rig.place(pattern(64)), 64, fromDevice);
    expect(rig.driver.stagePremapped(new ScatterList().addWritable(bus, 64), 5)).toBe(false);
    expect([rig.driver.refusal, rig.checked.liveCount]).toEqual(['ring full', 3]);
  });

  it('what the device never returned is unmapped when it is taken back', () => {
    const rig = makeRig({ size: 16 });
    const buffers = [0, 1, 2].map((token) => threeRanges(rig, token));
    for (const [token, { list }] of buffers.entries()) rig.driver.addBuf(list, token);
    popChain(rig);
    expect(rig.checked.liveCount).toBe(3 * (3 + tables));
    const tokens = [rig.driver.detachUnused(), rig.driver.detachUnused(), rig.driver.detachUnused()];
    expect(new Set(tokens)).toEqual(new Set([0, 1, 2]));
    expect(rig.driver.detachUnused()).toBeUndefined();
    expect(rig.driver.outstandingCount).toBe(0);
    expectNothingMapped(rig);
  });

  it('a broken queue maps nothing more, and its buffers can still be taken back', () => {
    const rig = makeRig({ size: 8 });
    rig.driver.addBuf(threeRanges(rig).list, 1);
    deviceReturns(rig, popChain(rig), pattern(350));
    // The device says that it has written more than it was given.
    const length = findWord(rig, 350);
    rig.ram.store32(length, 351);
    expect(() => rig.driver.getBuf()).toThrow(/expected/);
    expect(rig.driver.broken).toBe(true);
    const used = rig.pool.usedSlots;
    expect(() => rig.driver.addBuf(one(rig), 2)).toThrow(QueueBroken);
    expect([rig.pool.usedSlots, rig.checked.liveCount]).toEqual([used, 3 + tables]);
    expect(rig.driver.detachUnused()).toBe(1);
    expectNothingMapped(rig);
  });

  it('a list that no queue of this size may have is our mistake, and leaves nothing mapped', () => {
    const rig = makeRig({ size: 2 });
    expect(rig.driver.hasRoomFor(3)).toBe(kind.indirect);
    const { list } = threeRanges(rig);
    if (kind.indirect) expect(() => rig.driver.addBuf(list, 1)).toThrow(/does not fit a queue/);
    else expect(rig.driver.addBuf(list, 1)).toBe(false);
    expect(() => rig.driver.addBuf(new ScatterList(), 1)).toThrow(/does not fit a queue/);
    expect(() => rig.driver.addBuf(one(rig), undefined as unknown as number)).toThrow(/undefined/);
    expectNothingMapped(rig);
  });

  it('is the queue in everything else', () => {
    const rig = makeRig();
    expect([rig.driver.size, rig.driver.freeCount, rig.driver.hasRoomFor(8)]).toEqual([8, 8, true]);
    expect([rig.driver.poll(), rig.driver.getBuf(), rig.driver.broken]).toEqual([false, undefined, false]);
    rig.driver.stageBuf(one(rig), 1);
    expect([rig.driver.freeCount, rig.driver.outstandingCount, rig.device.poll()]).toEqual([7, 1, false]);
    expect([rig.driver.kick(), rig.kicks.count, rig.device.poll()]).toEqual([true, 1, true]);
    expect([rig.driver.kickPrepare(), rig.kicks.count]).toEqual([false, 1]);
    expect([rig.driver.enableCallbacks(), rig.device.interruptPrepare()]).toEqual([true, false]);
    deviceReturns(rig, popChain(rig), pattern(16));
    expect(rig.device.interrupt()).toBe(true);
    expect([rig.driver.poll(), rig.driver.enableCallbacks()]).toEqual([true, false]);
    expect(rig.driver.enableCallbacksDelayed()).toBe(false);
    rig.driver.disableCallbacks();
    expect(rig.driver.getBuf()).toBe(1);
    rig.driver.addBuf(one(rig), 2);
    deviceReturns(rig, popChain(rig), pattern(16));
    expect(rig.device.interrupt(), 'none was wanted').toBe(false);
  });
});

describe('DmaDriver over a ring with indirect tables', () => {
  it.each(['split', 'packed'] as const)(
    'a table is mapped as one more buffer, for the device to read: %s',
    (layout) => {
      const rig = queueRig({ layout, indirect: true });
      rig.driver.addBuf(threeRanges(rig).list, 1);
      const table = rig.calls[3];
      expect(table).toMatchObject({ call: 'map', sizeBytes: 48, direction: toDevice });
      expect([rig.calls.length, rig.driver.freeCount]).toEqual([4, 7]);
      // The device has a copy of what was in it then.
      rig.ram.bytes(table?.address ?? 0, 48).fill(0xff);
      const chain = popChain(rig);
      expect(chain.buffers.count).toBe(3);
      expect(deviceReads(rig, chain)).toEqual([...pattern(100)]);
      deviceReturns(rig, chain, pattern(350));
      expect(rig.driver.getBuf()).toBe(1);
      expect(rig.pool.usedSlots).toBe(0);
    },
  );

  it('a split ring refuses a buffer whose table cannot be mapped, and takes it once there is room', () => {
    const rig = queueRig({ layout: 'split', indirect: true, slotCount: 4 });
    const blocker = rig.checked.map(64, 1, toDevice);
    const { list } = threeRanges(rig);
    expect(rig.driver.addBuf(list, 1)).toBe(false);
    expect([rig.driver.refusal, rig.pool.usedSlots, rig.driver.freeCount]).toEqual(['not mapped', 1, 8]);
    expect(rig.device.poll()).toBe(false);
    rig.checked.unmap(blocker, 1, toDevice);
    expect(rig.driver.addBuf(list, 1)).toBe(true);
    expect(rig.pool.usedSlots).toBe(4);
    deviceReturns(rig, popChain(rig), pattern(350));
    expect(rig.driver.getBuf()).toBe(1);
    rig.checked.checkEnded();
  });

  it('a packed ring takes such a buffer as a direct list', () => {
    const rig = queueRig({ layout: 'packed', indirect: true, slotCount: 4 });
    rig.checked.map(64, 1, toDevice);
    const { write, list } = threeRanges(rig);
    expect(rig.driver.addBuf(list, 1)).toBe(true);
    expect([rig.driver.freeCount, rig.checked.liveCount, rig.pool.usedSlots]).toEqual([5, 4, 4]);
    deviceReturns(rig, popChain(rig), pattern(350, 9));
    expect(rig.driver.getBuf()).toBe(1);
    expect(rig.read(write, 300)).toEqual([...pattern(350, 9)].slice(0, 300));
    expect([rig.driver.freeCount, rig.checked.liveCount, rig.pool.usedSlots]).toEqual([8, 1, 1]);
  });

  it('a packed ring that is too full for that refuses it, and nothing stays mapped', () => {
    const rig = queueRig({ layout: 'packed', indirect: true, slotCount: 4, size: 2 });
    rig.driver.addBuf(new ScatterList().addWritable(rig.place(pattern(16)), 16), 1);
    const list = new ScatterList().addReadable(128, 1).addReadable(192, 1);
    const blocker = rig.checked.map(64, 1, toDevice);
    expect(rig.driver.addBuf(list, 2)).toBe(false);
    expect([rig.driver.refusal, rig.checked.liveCount, rig.pool.usedSlots]).toEqual(['not mapped', 2, 2]);
    rig.checked.unmap(blocker, 1, toDevice);
    expect(rig.driver.addBuf(list, 2)).toBe(true);
    expect([popChain(rig).buffers.count, popChain(rig).buffers.count]).toEqual([1, 2]);
  });
});

/** The last word of memory with this value. */
function findWord(rig: QueueRig, value: number): number {
  return rig.ram.words(0, rig.ram.sizeBytes).lastIndexOf(value) * 4;
}
