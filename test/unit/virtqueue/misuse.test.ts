import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeAnyRig, type RigOptions } from '../../support/ring/rig.js';
import { detachAll, drain, pop, post, postMany, serve } from '../../support/ring/traffic.js';

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  const makeRig = (options?: RigOptions) => makeAnyRig(layout, options);

  describe('mistakes of our own side are not the peer`s', () => {
    it('a buffer without ranges is refused', () => {
      const rig = makeRig();
      expect(() => rig.driver.addBuf(new ScatterList(), 1)).toThrow(InvariantError);
      expect(rig.driver.freeCount).toBe(8);
    });

    it('a token cannot be undefined, and nothing is taken for one that is', () => {
      const rig = makeRig({ directCount: 0 });
      const list = new ScatterList().addReadable(0, 1).addWritable(0, 1);
      const freeBytes = rig.allocator.freeBytes;
      expect(() => rig.driver.addBuf(list, undefined as unknown as number)).toThrow(InvariantError);
      expect(rig.driver.freeCount).toBe(8);
      expect(rig.allocator.freeBytes).toBe(freeBytes);
    });

    it('a chain that still holds a buffer is not filled with another', () => {
      const rig = makeRig();
      postMany(rig, 2);
      const chain = pop(rig);
      expect(() => rig.device.pop(chain)).toThrow(/still holds/);
      rig.device.push(chain, 16);
      expect(rig.device.pop(chain)).toBe(true);
      rig.device.push(chain, 16);
      expect(drain(rig)).toEqual([0, 1]);
    });

    it('a chain is returned once, and only if it was popped', () => {
      const rig = makeRig();
      postMany(rig, 2);
      const chain = pop(rig);
      rig.device.push(chain, 16);
      expect(() => rig.device.push(chain, 16)).toThrow(InvariantError);
      expect(() => rig.device.push(new Chain(), 0)).toThrow(InvariantError);
      expect(rig.device.broken).toBe(false);
      serve(rig);
      expect(drain(rig)).toEqual([0, 1]);
    });

    it('a copy of a chain that was returned is refused too', () => {
      const rig = makeRig();
      post(rig, 1);
      const chain = pop(rig);
      const { head } = chain;
      rig.device.push(chain, 16);
      chain.head = head;
      expect(() => rig.device.push(chain, 16)).toThrow(/not in flight/);
    });
  });

  describe('what is left after a reset', () => {
    it('staged, available, popped and used buffers are all taken back, once each', () => {
      for (const inOrder of [false, true]) {
        const rig = makeRig({ inOrder, directCount: 0 });
        postMany(rig, 4);
        serve(rig);
        serve(rig);
        expect(rig.driver.getBuf()).toBe(0);
        pop(rig);
        rig.driver.stageBuf(new ScatterList().addReadable(0, 1).addWritable(0, 1), 4);
        expect(detachAll(rig).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
        expect(rig.driver.outstandingCount).toBe(0);
        expect(rig.driver.freeCount).toBe(8);
      }
    });

    it('a batch of which only some were taken is taken back to the end', () => {
      const rig = makeRig({ inOrder: true });
      postMany(rig, 4);
      for (let i = 0; i < 3; i++) rig.device.stageUsed(pop(rig), 16);
      rig.device.publishUsed();
      expect(rig.driver.getBuf()).toBe(0);
      expect(detachAll(rig).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    });
  });

  describe('tokens', () => {
    it('may be anything but undefined, and the same one twice', () => {
      const rig = makeRig();
      const driver = rig.driver as unknown as typeof rig.driver & {
        addBuf(list: ScatterList, token: unknown): boolean;
      };
      const list = new ScatterList().addReadable(0, 1);
      for (const token of [0, null, '', false, 0]) expect(driver.addBuf(list, token)).toBe(true);
      expect(() => driver.addBuf(list, undefined)).toThrow(InvariantError);
      for (let i = 0; i < 5; i++) serve(rig);
      expect(drain(rig)).toEqual([0, null, '', false, 0]);
    });
  });
});
