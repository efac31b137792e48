import { describe, expect, it } from 'vitest';
import { claim } from '../support/ring/hostile-packed-device.js';
import { makePackedRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, postMany, serve } from '../support/ring/traffic.js';

describe('2.8.8 IN_ORDER on a packed ring', () => {
  it('N1474 a device cannot return a buffer before an older one', () => {
    const rig = makePackedRig({ inOrder: true });
    post(rig, 1);
    post(rig, 2);
    const [first, second] = [pop(rig), pop(rig)];
    expect(() => rig.device.stageUsed(second, 0)).toThrow(/N1474/);
    expect(rig.wire.isUsed(0)).toBe(false);
    rig.device.push(first, 0);
    expect(drain(rig)).toEqual([1]);
  });

  it('N1474 buffers are used in the order in which they were made available, over any number of laps', () => {
    const rig = makePackedRig({ inOrder: true, size: 3 });
    const tokens: number[] = [];
    for (let token = 0; token < 20; token += 2) {
      post(rig, token, buffer(rig, [1], [1]));
      post(rig, token + 1);
      serve(rig, token % 3 === 0 ? 0 : 1);
      serve(rig);
      tokens.push(...drain(rig));
    }
    expect(tokens).toEqual(Array.from({ length: 20 }, (_, token) => token));
  });

  it('full buffers share one descriptor, in the slot of the first, with the id and length of the last', () => {
    const rig = makePackedRig({ inOrder: true, size: 7, startIndex: 5 });
    for (let token = 0; token < 3; token++) post(rig, token, buffer(rig, [1], [token + 1]));
    const others = () => [0, 1, 2, 3, 4, 6].map((slot) => rig.wire.descriptor(slot));
    const before = others();
    const { id } = rig.wire.list(9);
    for (const written of [1, 2, 0]) rig.device.stageUsed(pop(rig), written);
    rig.device.publishUsed();
    expect(rig.wire.descriptor(5)).toMatchObject({ id, flags: rig.wire.usedBits(5) });
    expect(others(), 'the slots that are skipped').toEqual(before);
    const lengths = [0, 1, 2].map((token) => {
      expect(rig.driver.getBuf()).toBe(token);
      return rig.driver.usedLength;
    });
    expect(lengths, 'a skipped buffer counts as written to the full').toEqual([1, 2, 0]);
    expect(rig.driver.getBuf()).toBeUndefined();
  });

  it('a buffer written in part ends a batch, because only the last of one has a length', () => {
    const rig = makePackedRig({ inOrder: true });
    postMany(rig, 3);
    const ids = [0, 1, 2].map((position) => rig.wire.list(position).id);
    for (const written of [16, 7, 16]) rig.device.stageUsed(pop(rig), written);
    rig.device.publishUsed();
    expect([0, 2].map((position) => rig.wire.descriptor(position))).toMatchObject([
      { id: ids[1], length: 7 },
      { id: ids[2], length: 16 },
    ]);
    expect(drain(rig)).toEqual([0, 1, 2]);
  });

  it('the next used descriptor is as many slots on as the whole batch has, across the end', () => {
    const rig = makePackedRig({ inOrder: true, size: 10, startIndex: 8 });
    for (const count of [2, 1, 3, 1])
      post(
        rig,
        count,
        buffer(
          rig,
          [],
          Array.from({ length: count }, () => 1),
        ),
      );
    for (const batch of [2, 2]) {
      for (let i = 0; i < batch; i++) {
        const chain = pop(rig);
        rig.device.stageUsed(chain, chain.writableBytes);
      }
      rig.device.publishUsed();
    }
    const used = Array.from({ length: 7 }, (_, i) => rig.wire.isUsed(8 + i));
    expect(used).toEqual([true, false, false, true, false, false, false]);
    expect(drain(rig)).toEqual([2, 1, 3, 1]);
    post(rig, 9);
    serve(rig);
    expect(rig.wire.isUsed(15)).toBe(true);
    expect(drain(rig)).toEqual([9]);
  });

  it('a batch as long as the ring leaves both ends one lap on', () => {
    for (const size of [1, 2, 3, 8]) {
      const rig = makePackedRig({ inOrder: true, size });
      for (let lap = 0; lap < 4; lap++) {
        postMany(rig, size);
        for (let i = 0; i < size; i++) rig.device.stageUsed(pop(rig), 16);
        rig.device.publishUsed();
        expect(rig.wire.isUsed(lap * size)).toBe(true);
        expect(drain(rig)).toHaveLength(size);
      }
    }
  });

  it('a device that never batches is understood too', () => {
    const rig = makePackedRig({ inOrder: true });
    postMany(rig, 3);
    const ids = [0, 1, 2].map((position) => rig.wire.list(position).id);
    for (const [position, id] of ids.entries()) claim(rig, position, id, position);
    const lengths = [0, 1, 2].map(() => rig.driver.getBuf() !== undefined && rig.driver.usedLength);
    expect(lengths).toEqual([0, 1, 2]);
  });

  it('the driver may take some of a batch, add buffers, and take the rest', () => {
    const rig = makePackedRig({ inOrder: true, size: 4 });
    postMany(rig, 4);
    for (let i = 0; i < 4; i++) rig.device.stageUsed(pop(rig), 16);
    rig.device.publishUsed();
    expect(rig.driver.getBuf()).toBe(0);
    post(rig, 4);
    serve(rig, 9);
    expect(drain(rig)).toEqual([1, 2, 3, 4]);
    expect(rig.driver.usedLength).toBe(9);
    expect(rig.driver.freeCount).toBe(4);
  });
});
