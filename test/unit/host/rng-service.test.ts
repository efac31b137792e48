import { describe, expect, it } from 'vitest';
import { fillAnswer, RNG_ANSWER_BYTES_MIN } from '../../../src/devices/rng.js';
import { RngQueue } from '../../../src/guest/rng-queue.js';
import { RngService } from '../../../src/host/rng-service.js';
import { Rng } from '../../../src/rng.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeRig, type Rig } from '../../support/ring/rig.js';

const ANSWER_SEED = 77;

function serve(rig: Rig, order: 'random' | 'fifo' | 'lifo' = 'random', inOrder = false): RngService {
  return new RngService({
    port: rig.memory,
    queue: rig.device,
    inOrder,
    service: { window: 4, order },
    rng: new Rng(5),
    answerSeed: ANSWER_SEED,
    stats: { buffersPopped: 0, buffersUsed: 0, interrupts: 0, interruptsSuppressed: 0 },
  });
}

function expected(lengthBytes: number, serial: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  fillAnswer(bytes, lengthBytes, serial, ANSWER_SEED);
  return bytes;
}

describe('the entropy device (virtio 1.4, 5.4.6)', () => {
  it.each([1, 2, 8])(
    'answers each buffer once on a queue of %i, numbered in the order of completion',
    (size) => {
      const rig = makeRig({ size });
      const queue = new RngQueue(rig.memory, rig.driver, rig.allocator, {
        slotCount: size,
        bufferBytes: 512,
      });
      const service = serve(rig);
      let serial = 0;
      for (let round = 0; round < 50; round++) {
        for (let slot = 0; slot < size; slot++) expect(queue.post(slot, 512, 1)).toBe(true);
        rig.driver.publish();
        while (service.poll());
        for (let i = 0; i < size; i++) {
          const slot = queue.complete();
          const length = queue.usedLength;
          expect(length).toBeGreaterThanOrEqual(RNG_ANSWER_BYTES_MIN);
          expect(queue.bytes(slot).subarray(0, length)).toEqual(expected(length, serial));
          serial += 1;
        }
        expect(queue.complete()).toBe(-1);
      }
    },
  );

  it('fills a buffer in pieces as one, and is sometimes short of it', () => {
    const rig = makeRig({ size: 8, directCount: 0 });
    const queue = new RngQueue(rig.memory, rig.driver, rig.allocator, { slotCount: 1, bufferBytes: 4096 });
    const service = serve(rig);
    const lengths = new Set<number>();
    for (let serial = 0; serial < 200; serial++) {
      queue.post(0, 4096, 5);
      rig.driver.publish();
      service.poll();
      expect(queue.complete()).toBe(0);
      lengths.add(queue.usedLength);
      expect(queue.bytes(0).subarray(0, queue.usedLength)).toEqual(expected(queue.usedLength, serial));
    }
    expect(lengths).toContain(4096);
    expect(lengths.size).toBeGreaterThan(5);
  });

  it('with IN_ORDER, returns buffers as they came, whatever order was planned', () => {
    const rig = makeRig({ size: 8, inOrder: true });
    const queue = new RngQueue(rig.memory, rig.driver, rig.allocator, { slotCount: 8, bufferBytes: 512 });
    const service = serve(rig, 'random', true);
    for (let slot = 0; slot < 8; slot++) queue.post(slot, 512, 1);
    rig.driver.publish();
    while (service.poll());
    expect(Array.from({ length: 8 }, () => queue.complete())).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    ['RNG_READABLE', new ScatterList().addReadable(4096, 16).addWritable(8192, 16)],
    ['RNG_EMPTY', new ScatterList().addWritable(4096, 0)],
  ])('%s: a buffer that the driver must not post', (code, list) => {
    const rig = makeRig({ size: 8 });
    rig.driver.addBuf(list, 1);
    const service = serve(rig);
    expect(() => service.poll()).toThrow(expect.objectContaining({ name: 'ProtocolViolation', code }));
  });
});

describe('an entropy device that is to come to rest', () => {
  it('answers what it has taken and takes nothing more', () => {
    const rig = makeRig({ size: 16 });
    const queue = new RngQueue(rig.memory, rig.driver, rig.allocator, { slotCount: 16, bufferBytes: 512 });
    const service = serve(rig, 'lifo');
    for (let slot = 0; slot < 16; slot++) queue.post(slot, 512, 1);
    rig.driver.publish();
    service.poll();
    const taken = rig.device.inFlightCount;
    expect(taken).toBeGreaterThan(0);
    expect([service.drain(), rig.device.inFlightCount]).toEqual([true, 0]);
    const { count } = rig.interrupts;
    expect([service.drain(), rig.interrupts.count], 'nothing is left to tell').toEqual([true, count]);
    let answers = 0;
    while (queue.complete() !== -1) answers += 1;
    expect(answers).toBe(4 + taken);
    while (service.poll());
    while (queue.complete() !== -1) answers += 1;
    expect(answers).toBe(16);
  });
});
