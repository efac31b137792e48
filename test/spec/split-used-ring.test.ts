import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/rng.js';
import type { Chain } from '../../src/virtqueue/chain.js';
import { makeRecordedRig } from '../support/ring/recorded-rig.js';
import { makeRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, serve } from '../support/ring/traffic.js';

describe('2.7.6 available ring', () => {
  it('N0047 avail.idx only ever moves forward, by the number of buffers published', () => {
    const rig = makeRig({ startIndex: 0xfff0 });
    const rng = new Rng(5);
    let published = 0;
    let last = rig.wire.availIdx;
    for (let i = 0; i < 400; i++) {
      const wanted = rng.below(4);
      let staged = 0;
      while (staged < wanted && rig.driver.stageBuf(buffer(rig, [], [4]), i)) staged += 1;
      if (rng.chance(0.5)) rig.driver.publish();
      else rig.driver.kick();
      expect((rig.wire.availIdx - last) & 0xffff).toBe(staged);
      last = rig.wire.availIdx;
      published += staged;
      while (rng.chance(0.7) && rig.device.poll()) serve(rig);
      while (rng.chance(0.7) && rig.driver.getBuf() !== undefined);
    }
    expect(last).toBe((0xfff0 + published) & 0xffff);
    expect(published).toBeGreaterThan(100);
  });

  it('N0047 buffers that are taken back after a reset stay in avail.idx', () => {
    const rig = makeRig();
    post(rig, 1);
    post(rig, 2);
    expect(
      [rig.driver.detachUnused(), rig.driver.detachUnused()].toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual([1, 2]);
    expect(rig.driver.detachUnused()).toBeUndefined();
    expect(rig.wire.availIdx).toBe(2);
    expect(rig.driver.freeCount).toBe(8);
  });
});

describe('2.7.8 used ring', () => {
  it('N0059 an entry is complete before used.idx moves', () => {
    const rig = makeRig();
    post(rig, 1);
    rig.device.stageUsed(pop(rig), 11);
    expect(rig.wire.usedEntry(0)).toEqual({ id: rig.wire.availEntry(0), length: 11 });
    expect(rig.wire.usedIdx).toBe(0);
    expect(rig.driver.getBuf(), 'not published').toBeUndefined();
    rig.device.publishUsed();
    expect(rig.wire.usedIdx).toBe(1);
    expect(rig.driver.getBuf()).toBe(1);
  });

  it('N0060 a device cannot claim more than it was given to write, nor less than nothing', () => {
    for (const [readable, writable] of [
      [[100], [16]],
      [[100], []],
    ] as const) {
      const rig = makeRig();
      post(rig, 1, buffer(rig, readable, writable));
      const chain = pop(rig);
      expect(() => rig.device.push(chain, chain.writableBytes + 1)).toThrow(/N0060/);
      expect(() => rig.device.push(chain, -1)).toThrow(/N0060/);
      expect(rig.wire.usedIdx).toBe(0);
      rig.device.push(chain, chain.writableBytes);
      expect(drain(rig)).toEqual([1]);
    }
  });

  it('N0061 a device may claim less than it wrote', () => {
    const rig = makeRig();
    post(rig, 1, buffer(rig, [], [8, 8]));
    const chain = pop(rig);
    rig.memory.copyIn(chain.buffers.address(0), new Uint8Array(16).fill(7), 0, 16);
    rig.device.push(chain, 3);
    expect(drain(rig)).toEqual([1]);
    expect(rig.driver.usedLength).toBe(3);
  });

  it('N0062 a driver end tells the used length and does not look into the buffer', () => {
    const rig = makeRecordedRig();
    post(rig, 1, buffer(rig, [8], [8, 8]));
    serve(rig, 5);
    const trace = rig.driverTrace(() => expect(rig.driver.getBuf()).toBe(1));
    expect(trace.filter((step) => step.endsWith(' memory'))).toEqual([]);
    expect(rig.driver.usedLength).toBe(5);
  });

  it('2.7.8 an entry names the head, not the place in the available ring, in whatever order buffers are used', () => {
    const rig = makeRig();
    for (let token = 0; token < 3; token++) post(rig, token, buffer(rig, [1, 1], []));
    const chains = [pop(rig), pop(rig), pop(rig)];
    for (const i of [2, 0, 1]) rig.device.push(chains[i] as Chain, 0);
    expect([0, 1, 2].map((position) => rig.wire.usedEntry(position).id)).toEqual([4, 0, 2]);
    expect(drain(rig)).toEqual([2, 0, 1]);
    post(rig, 3, buffer(rig, [1], []));
    expect(rig.wire.availEntry(3), 'the head freed last').toBe(2);
  });

  it('2.7.8 used entries are written whether or not the driver takes them: there is always a slot', () => {
    const rig = makeRig({ size: 2 });
    for (let token = 0; token < 2; token++) post(rig, token);
    serve(rig);
    serve(rig);
    expect(rig.driver.addBuf(buffer(rig, [1], []), 2), "all descriptors are still the driver's").toBe(false);
    expect(drain(rig)).toEqual([0, 1]);
  });
});

describe('2.7.9 IN_ORDER', () => {
  it('N1474 a device cannot return a buffer before an older one', () => {
    const rig = makeRig({ inOrder: true });
    post(rig, 1);
    post(rig, 2);
    const [first, second] = [pop(rig), pop(rig)];
    expect(() => rig.device.stageUsed(second, 0)).toThrow(/N1474/);
    expect(rig.wire.usedIdx).toBe(0);
    rig.device.push(first, 0);
    expect(drain(rig)).toEqual([1]);
  });

  it('full buffers share one entry, at the place of the first, with the id and length of the last', () => {
    const rig = makeRig({ inOrder: true, startIndex: 0xfffe });
    for (let token = 0; token < 4; token++) post(rig, token, buffer(rig, [1], [token + 1]));
    const heads = [0, 1, 2, 3].map((i) => rig.wire.availEntry(0xfffe + i));
    for (const written of [1, 2, 3, 0]) rig.device.stageUsed(pop(rig), written);
    rig.device.publishUsed();
    expect(rig.wire.usedIdx).toBe(2);
    expect(rig.wire.usedEntry(0xfffe)).toEqual({ id: heads[3], length: 0 });
    const lengths = [0, 1, 2, 3].map((token) => {
      expect(rig.driver.getBuf()).toBe(token);
      return rig.driver.usedLength;
    });
    expect(lengths, 'a skipped buffer counts as written to the full').toEqual([1, 2, 3, 0]);
  });

  it('a buffer written in part ends a batch, because only the last of one has a length', () => {
    const rig = makeRig({ inOrder: true });
    for (let token = 0; token < 3; token++) post(rig, token);
    for (const written of [16, 7, 16]) rig.device.stageUsed(pop(rig), written);
    rig.device.publishUsed();
    expect([0, 2].map((position) => rig.wire.usedEntry(position))).toEqual([
      { id: rig.wire.availEntry(1), length: 7 },
      { id: rig.wire.availEntry(2), length: 16 },
    ]);
    expect(drain(rig)).toEqual([0, 1, 2]);
  });

  it('a batch ends where it is published, and the next entry is as many places on', () => {
    const rig = makeRig({ inOrder: true });
    for (let token = 0; token < 5; token++) post(rig, token);
    for (const size of [2, 3]) {
      for (let i = 0; i < size; i++) rig.device.stageUsed(pop(rig), 16);
      rig.device.publishUsed();
    }
    expect(rig.wire.usedEntry(0).id).toBe(rig.wire.availEntry(1));
    expect(rig.wire.usedEntry(2).id).toBe(rig.wire.availEntry(4));
    expect(drain(rig)).toEqual([0, 1, 2, 3, 4]);
  });

  it('a device that never batches is understood too', () => {
    const rig = makeRig({ inOrder: true });
    for (let token = 0; token < 3; token++) {
      post(rig, token);
      rig.wire.pokeUsed(token, rig.wire.availEntry(token), token);
    }
    rig.wire.usedIdx = 3;
    const lengths = [0, 1, 2].map(() => rig.driver.getBuf() !== undefined && rig.driver.usedLength);
    expect(lengths).toEqual([0, 1, 2]);
  });

  it('the driver may take some of a batch, add buffers, and take the rest', () => {
    const rig = makeRig({ inOrder: true, size: 4 });
    for (let token = 0; token < 4; token++) post(rig, token);
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
