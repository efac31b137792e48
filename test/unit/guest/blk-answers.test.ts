import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../../src/devices/blk.js';
import type { ProtocolViolation } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { SplitDevice } from '../../../src/virtqueue/split-device.js';
import { splitLayout } from '../../../src/virtqueue/split-layout.js';
import { Requests } from '../../support/transport/requests.js';

const FRAMINGS = ['separate', 'merged'] as const;

/** A device of the test's own on the ring of a live queue, which answers as it likes. */
class Answers extends Requests {
  private readonly device: SplitDevice;
  private readonly chain: Chain = new Chain();

  constructor(framing: (typeof FRAMINGS)[number]) {
    super({ workload: { framing } });
    const { ram, ring, plan } = this.machine;
    const layout = splitLayout(plan.queue.size, ring);
    const options = {
      size: plan.queue.size,
      eventIdx: false,
      indirect: false,
      inOrder: false,
      startIndex: 0,
    };
    this.device = new SplitDevice(ram, layout, options, { notify: () => undefined });
  }

  /** Returns the next request with a used length, and with a status unless that is null. */
  answer(status: number | null, usedLength: number): number {
    this.queue.publish();
    expect(this.device.pop(this.chain)).toBe(true);
    const { buffers } = this.chain;
    const last = buffers.count - 1;
    if (status !== null) this.machine.ram.store8(buffers.address(last) + buffers.length(last) - 1, status);
    this.device.push(this.chain, usedLength);
    return this.blk.complete();
  }
}

function violation(code: string): ProtocolViolation {
  return expect.objectContaining({ code, name: 'ProtocolViolation' }) as ProtocolViolation;
}

describe.each(FRAMINGS)('an answer to a %s request', (framing) => {
  test('without a status is noticed', () => {
    const rig = new Answers(framing);
    for (const post of [
      () => rig.blk.read(1, 0, 512, 1),
      () => rig.blk.write(1, 0, 512, 1),
      () => rig.blk.flush(1),
      () => rig.blk.discard(1, 0, 512),
      () => rig.blk.getId(1),
    ]) {
      post();
      const slot = rig.answer(null, 1);
      expect(() => rig.blk.status(slot)).toThrow(violation('BLK_STATUS'));
    }
  });

  test('without a status is noticed also where another request left a good one', () => {
    const rig = new Answers(framing);
    rig.blk.flush(1);
    expect(rig.blk.status(rig.answer(BlkStatus.ok, 1))).toBe(BlkStatus.ok);
    rig.blk.flush(1);
    expect(() => rig.blk.status(rig.answer(null, 1))).toThrow(violation('BLK_STATUS'));
  });

  test.each([3, 4, 0x80, 0xfe])('with status %i, which is none, is noticed', (status) => {
    const rig = new Answers(framing);
    rig.blk.read(0, 0, 512, 1);
    expect(() => rig.blk.status(rig.answer(status, 513))).toThrow(violation('BLK_STATUS'));
  });

  test('that fills less than the data is no read', () => {
    for (const usedLength of [0, 1, 511]) {
      const rig = new Answers(framing);
      rig.blk.read(0, 0, 512, 1);
      const slot = rig.answer(BlkStatus.ok, usedLength);
      expect(() => rig.blk.status(slot)).toThrow(violation('BLK_SHORT_READ'));
    }
    const rig = new Answers(framing);
    rig.blk.getId(0);
    expect(() => rig.blk.status(rig.answer(BlkStatus.ok, 19))).toThrow(violation('BLK_SHORT_READ'));
  });

  test('may leave the status out of its length, which counts from the front (2.7.8)', () => {
    const rig = new Answers(framing);
    rig.blk.read(0, 0, 512, 1);
    expect(rig.blk.status(rig.answer(BlkStatus.ok, 512))).toBe(BlkStatus.ok);
    rig.blk.write(0, 0, 512, 1);
    expect(rig.blk.status(rig.answer(BlkStatus.ok, 0))).toBe(BlkStatus.ok);
  });

  test('that is an error need not fill anything', () => {
    const rig = new Answers(framing);
    for (const status of [BlkStatus.ioErr, BlkStatus.unsupported]) {
      rig.blk.read(0, 0, 512, 1);
      expect(rig.blk.status(rig.answer(status, 0))).toBe(status);
    }
  });
});
