import { describe, expect, it } from 'vitest';
import { Chain } from '../../src/virtqueue/chain.js';
import { ScatterList } from '../../src/virtqueue/scatter-list.js';
import { splitLayout, splitParts } from '../../src/virtqueue/split-layout.js';
import { fieldAt } from '../support/ring/recording-port.js';
import { makeRecordedRig } from '../support/ring/recorded-rig.js';
import { makeRig, type Rig } from '../support/ring/rig.js';
import { buffer, pop, post, ranges, roundTrip, serve } from '../support/ring/traffic.js';
import { NEXT, WRITE } from '../support/ring/wire.js';

describe('2.7.1 alignment', () => {
  it('N0031 each part must start at a multiple of its alignment: 16, 2 and 4 bytes', () => {
    const good = { desc: 16, driver: 2, device: 4 };
    expect(splitLayout(4, good)).toMatchObject({ desc: 16, availIdx: 4, usedIdx: 6 });
    for (const bad of [{ desc: 8 }, { desc: 24 }, { driver: 3 }, { device: 2 }, { device: 6 }]) {
      expect(() => splitLayout(4, { ...good, ...bad }), JSON.stringify(bad)).toThrow(/not aligned/);
    }
  });

  it('N0031 the parts tell their alignment to whoever allocates them', () => {
    const { desc, driver, device } = splitParts(8);
    expect([desc.align, driver.align, device.align]).toEqual([16, 2, 4]);
    expect([desc.sizeBytes, driver.sizeBytes, device.sizeBytes]).toEqual([128, 22, 70]);
  });
});

describe('2.7.4 message framing', () => {
  /** One request, 8 bytes to read and 24 to write, cut up in different ways. */
  const framings: [number[], number[]][] = [
    [[8], [24]],
    [
      [1, 7],
      [23, 1],
    ],
    [
      [2, 2, 2, 2],
      [8, 8, 7, 1],
    ],
    [
      [8, 0],
      [0, 24],
    ],
  ];

  it.each(framings)('N0032 the same bytes are found in any arrangement: %j and %j', (readable, writable) => {
    for (const directCount of [null, 0, 2]) {
      const rig = makeRig({ directCount });
      rig.memory.copyIn(rig.payload, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 0, 8);
      post(rig, 1, buffer(rig, readable, writable));
      const chain = pop(rig);
      expect([chain.readableBytes, chain.writableBytes]).toEqual([8, 24]);
      expect(readBytes(rig, chain)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('N0033 N0042 a device has no limit below the queue size: a chain as long as the queue is taken', () => {
    for (const directCount of [null, 0, 2]) {
      const rig = makeRig({ directCount });
      post(rig, 1, buffer(rig, [1, 2, 3], [4, 5, 6, 7, 8]));
      expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('N0034 a readable range cannot be added behind a writable one', () => {
    const list = new ScatterList().addReadable(0, 8).addWritable(8, 8);
    expect(() => list.addReadable(16, 8)).toThrow(/cannot follow/);
    expect(list.count).toBe(2);
  });

  it('N0034 in memory, writable descriptors stand behind readable ones', () => {
    const rig = makeRig();
    post(rig, 1, buffer(rig, [1, 2], [3, 4]));
    const flags = rig.wire.chain(rig.wire.availEntry(0)).direct.map(({ descriptor }) => descriptor.flags);
    expect(flags).toEqual([NEXT, NEXT, NEXT | WRITE, WRITE]);
  });

  it('N0035 a buffer takes one descriptor for each range and none more', () => {
    const rig = makeRig();
    post(rig, 1, buffer(rig, [100], [1000, 1]));
    expect(rig.wire.chain(rig.wire.availEntry(0)).direct).toHaveLength(3);
    expect(rig.driver.freeCount).toBe(5);
  });

  function readBytes({ memory }: Rig, { buffers }: Chain): number[] {
    const bytes: number[] = [];
    for (let i = 0; i < buffers.readableCount; i++) {
      const part = new Uint8Array(buffers.length(i));
      memory.copyOut(buffers.address(i), part, 0, part.length);
      bytes.push(...part);
    }
    return bytes;
  }
});

describe('2.7.5 descriptor table', () => {
  it('N0036 N0037 a device stores nothing but the used ring, whatever it is asked to do', () => {
    for (const eventIdx of [false, true]) {
      const rig = makeRecordedRig({ eventIdx, directCount: 0 });
      post(rig, 1, buffer(rig, [8], [8, 8]));
      serve(rig, 4);
      rig.device.interrupt();
      rig.device.disableKicks();
      rig.device.enableKicks();
      const stored = rig.devicePort
        .take()
        .filter(({ operation }) => /^(store|copyIn|add|or|and)/.test(operation))
        .map(({ address }) => fieldAt(address, rig.wire.at, rig.options.size));
      const wish = eventIdx ? 'avail_event' : 'used.flags';
      expect([...new Set(stored)].toSorted()).toEqual([wish, 'used.idx', 'used.ring'].toSorted());
    }
  });

  it('N0063 a driver stores nothing in the used ring once the queue is set up', () => {
    for (const eventIdx of [false, true]) {
      const rig = makeRecordedRig({ eventIdx, directCount: 0 });
      roundTrip(rig, 1);
      rig.driver.kick();
      rig.driver.disableCallbacks();
      rig.driver.enableCallbacks();
      const { used } = rig.wire.at;
      const end = used + 6 + 8 * rig.options.size;
      const stored = rig.driverPort.take().filter(({ operation }) => operation.startsWith('store'));
      expect(stored.length).toBeGreaterThan(5);
      expect(stored.filter(({ address }) => address >= used && address < end)).toEqual([]);
    }
  });

  it('N0038 a chain of more than 2^32 bytes is refused, one of exactly 2^32 is not', () => {
    const { driver } = makeRig();
    const gibibyte = 2 ** 30;
    const list = new ScatterList();
    for (let i = 0; i < 4; i++) list.addWritable(0, gibibyte);
    expect(driver.addBuf(list, 1)).toBe(true);
    list.clear();
    list.addReadable(0, 1);
    for (let i = 0; i < 4; i++) list.addWritable(0, gibibyte);
    expect(() => driver.addBuf(list, 2)).toThrow(/N0038/);
    expect(driver.outstandingCount).toBe(1);
  });

  it('N0039 with IN_ORDER the links run through the table in sequence, and from its last entry to 0', () => {
    const rig = makeRig({ inOrder: true, size: 4 });
    const links: [number, number][] = [];
    for (let token = 0; token < 8; token++) {
      post(rig, token, buffer(rig, [1, 1], [1]));
      for (const { index, descriptor } of rig.wire.chain(rig.wire.availEntry(token)).direct) {
        if ((descriptor.flags & NEXT) !== 0) links.push([index, descriptor.next]);
      }
      serve(rig);
      expect(rig.driver.getBuf()).toBe(token);
    }
    expect(links).toHaveLength(16);
    expect(links.every(([from, to]) => to === (from === 3 ? 0 : from + 1))).toBe(true);
    expect(links.filter(([from]) => from === 3).length, 'links from the last entry').toBeGreaterThan(0);
  });

  it('N0039 without IN_ORDER entries are handed out in any order: the one freed last is used first', () => {
    const rig = makeRig({ size: 4 });
    for (let token = 0; token < 3; token++) post(rig, token);
    serve(rig);
    expect(rig.driver.getBuf()).toBe(0);
    post(rig, 3);
    expect([0, 1, 2, 3].map((position) => rig.wire.availEntry(position))).toEqual([0, 1, 2, 0]);
  });

  it('an address above 4 GiB is written whole', () => {
    const rig = makeRig();
    rig.driver.addBuf(new ScatterList().addReadable(0x1f_1234_5678_9abc, 16), 1);
    expect(rig.wire.descriptor(rig.wire.availEntry(0)).address).toBe(0x1f_1234_5678_9abc);
    expect(() => rig.device.pop(new Chain())).toThrow(/at 0x1f123456789abc/);
  });
});
