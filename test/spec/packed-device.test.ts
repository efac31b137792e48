import { describe, expect, it } from 'vitest';
import { Chain } from '../../src/virtqueue/chain.js';
import { offer } from '../support/ring/hostile-packed-driver.js';
import { AVAIL, INDIRECT, NEXT, USED, WRITE } from '../support/ring/packed-wire.js';
import { makeRecordedPackedRig } from '../support/ring/recorded-rig.js';
import { makePackedRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, postMany, ranges, serve } from '../support/ring/traffic.js';

describe('2.8.12 the order of processing', () => {
  it('N0078 the device takes descriptors as they stand in the ring, and looks at the next one only', () => {
    const rig = makePackedRig({ size: 5 });
    offer(rig, 1, [{ id: 1 }]);
    expect(rig.device.pop(new Chain()), 'slot 0 is not available').toBe(false);
    offer(rig, 0, [{ id: 3 }]);
    expect([pop(rig).head, pop(rig).head]).toEqual([3, 1]);
    expect(rig.device.poll()).toBe(false);
  });

  it('N0079 used descriptors are written one behind the other, in the order of completion', () => {
    const rig = makePackedRig({ startIndex: 6 });
    for (let token = 0; token < 3; token++) post(rig, token, buffer(rig, [1], [token + 1]));
    const chains = [pop(rig), pop(rig), pop(rig)];
    const ids = [2, 0, 1].map((i) => (chains[i] as Chain).head);
    for (const i of [2, 0, 1]) rig.device.push(chains[i] as Chain, i + 1);
    expect([6, 8, 10].map((position) => rig.wire.descriptor(position).id)).toEqual(ids);
    expect(drain(rig)).toEqual([2, 0, 1]);
  });

  it('N0080 the first of several is written last, so that the driver finds all of them or none (2.8.9)', () => {
    const rig = makePackedRig();
    postMany(rig, 3);
    for (let i = 0; i < 3; i++) rig.device.stageUsed(pop(rig), 16);
    expect([0, 1, 2].map((position) => rig.wire.isUsed(position))).toEqual([false, true, true]);
    expect(rig.driver.getBuf(), 'not one of them').toBeUndefined();
    rig.device.publishUsed();
    expect(rig.wire.isUsed(0)).toBe(true);
    expect(drain(rig)).toEqual([0, 1, 2]);
  });
});

describe('2.8.15 what a device may touch', () => {
  it.each([false, true])(
    'N0081 N0083 a device stores nothing but used descriptors and its event structure, EVENT_IDX %s',
    (eventIdx) => {
      const rig = makeRecordedPackedRig({ eventIdx, directCount: 0 });
      post(rig, 1, buffer(rig, [8], [8, 8]));
      post(rig, 2, buffer(rig, [8], []));
      const trace = rig.deviceTrace(() => {
        serve(rig, 4);
        rig.device.interrupt();
        rig.device.disableKicks();
        rig.device.enableKicks();
        serve(rig, 0);
      });
      const stored = trace
        .filter((step) => !/^(load|copyOut|fence)/.test(step))
        .map((step) => step.replace(/.* /, ''));
      const used = [0, 1].flatMap((slot) => [`length[${slot}]`, `id[${slot}]`, `flags[${slot}]`]);
      const wish = eventIdx ? ['device.off_wrap', 'device.flags'] : ['device.flags'];
      expect([...new Set(stored)].toSorted()).toEqual([...used, ...wish].toSorted());
    },
  );

  it('N0083 a used descriptor is left alone until the driver has made its slot available again', () => {
    const rig = makePackedRig({ size: 3 });
    postMany(rig, 3);
    serve(rig);
    const used = rig.wire.descriptor(0);
    serve(rig);
    serve(rig);
    rig.device.interrupt();
    rig.device.enableKicks();
    expect(rig.wire.descriptor(0)).toEqual(used);
    expect(drain(rig)).toEqual([0, 1, 2]);
  });

  it('N0082 a descriptor is taken only if AVAIL has changed to what this lap says, and USED has not', () => {
    for (const startIndex of [0, 4]) {
      const taken = [0, AVAIL, USED, AVAIL | USED].filter((pair) => {
        const rig = makePackedRig({ size: 4, startIndex });
        rig.wire.pokeDescriptor(startIndex, { address: rig.payload, length: 1, flags: pair });
        return rig.device.pop(new Chain());
      });
      expect(taken).toEqual([startIndex === 0 ? AVAIL : USED]);
    }
  });

  it('N0082 what laps before have left behind is not available again, used or skipped', () => {
    const rig = makePackedRig({ size: 4 });
    for (let lap = 0; lap < 5; lap++) {
      post(rig, lap, buffer(rig, [1, 1], [1, 1]));
      const chain = pop(rig);
      expect(rig.device.poll(), 'the head, in flight').toBe(false);
      rig.device.push(chain, 0);
      expect(rig.device.poll(), 'the head, used').toBe(false);
      expect(drain(rig)).toEqual([lap]);
      expect(rig.driver.poll()).toBe(false);
    }
  });
});

describe('2.8.18 lists', () => {
  it('N0094 the elements of a list are found in the order in which the driver wrote them, across the end', () => {
    const rig = makePackedRig({ size: 5, startIndex: 3 });
    post(rig, 1, buffer(rig, [1, 2], [3, 4, 5]));
    expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([1, 2, 3, 4, 5]);
  });

  it('N0095 a device has no limit below the queue size: a list as long as the queue is taken', () => {
    for (const directCount of [null, 0]) {
      const rig = makePackedRig({ size: 7, directCount });
      post(rig, 1, buffer(rig, [1, 2, 3], [4, 5, 6, 7]));
      expect(ranges(pop(rig)).map(([, length]) => length)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it('2.8.6 the id of a list is that of its last descriptor', () => {
    const rig = makePackedRig();
    offer(rig, 0, [{ id: 0xffff }, { id: 1 }, { id: 6 }]);
    const chain = pop(rig);
    expect(chain.head).toBe(6);
    rig.device.push(chain, 0);
    expect(rig.wire.descriptor(0).id).toBe(6);
  });

  it('2.8.6 one used descriptor stands for a list, and the slots behind it are skipped as they are', () => {
    const rig = makePackedRig({ size: 5, startIndex: 4 });
    post(rig, 1, buffer(rig, [1], [2, 3]));
    post(rig, 2, buffer(rig, [], [4]));
    const skipped = [5, 6].map((position) => rig.wire.descriptor(position));
    serve(rig, 5);
    serve(rig, 4);
    expect([5, 6].map((position) => rig.wire.descriptor(position))).toEqual(skipped);
    expect([4, 7].map((position) => rig.wire.isUsed(position))).toEqual([true, true]);
    expect(drain(rig)).toEqual([1, 2]);
  });
});

describe('2.8.3 and 2.8.4 what a used descriptor says', () => {
  it.each([
    { written: 0, flags: AVAIL | USED },
    { written: 1, flags: AVAIL | USED | WRITE },
    { written: 16, flags: AVAIL | USED | WRITE },
  ])('WRITE if and only if anything was written: $written bytes', ({ written, flags }) => {
    const rig = makePackedRig();
    post(rig, 1, buffer(rig, [4], [8, 8]));
    serve(rig, written);
    expect(rig.wire.descriptor(0).flags).toBe(flags);
    expect(drain(rig)).toEqual([1]);
    expect(rig.driver.usedLength).toBe(written);
  });

  it('without WRITE the length is reserved, and the driver ignores it', () => {
    for (const inOrder of [false, true]) {
      const rig = makePackedRig({ inOrder });
      post(rig, 1);
      rig.wire.pokeDescriptor(0, { id: rig.wire.list(0).id, length: 0xdead_beef, flags: AVAIL | USED });
      expect(drain(rig)).toEqual([1]);
      expect(rig.driver.usedLength).toBe(0);
    }
  });

  it('NEXT and INDIRECT are not in it', () => {
    const rig = makePackedRig({ directCount: 2 });
    post(rig, 1, buffer(rig, [1], [1, 1]));
    post(rig, 2, buffer(rig, [1], [1, 1, 1]));
    const before = [0, 3].map((position) => rig.wire.flags(position) & (NEXT | INDIRECT));
    expect(before).toEqual([NEXT, INDIRECT]);
    serve(rig);
    serve(rig);
    expect([0, 3].map((position) => rig.wire.flags(position) & (NEXT | INDIRECT))).toEqual([0, 0]);
  });

  it('a device cannot claim more than it was given to write, nor less than nothing', () => {
    const rig = makePackedRig();
    post(rig, 1, buffer(rig, [100], [16]));
    const chain = pop(rig);
    for (const bytes of [17, -1]) expect(() => rig.device.push(chain, bytes), `${bytes}`).toThrow(/2\.8\.4/);
    expect(rig.wire.isUsed(0)).toBe(false);
    rig.device.push(chain, 16);
    expect(drain(rig)).toEqual([1]);
  });
});
