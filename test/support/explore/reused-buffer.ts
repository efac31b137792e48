import assert from 'node:assert/strict';
import { Order } from '../../../src/explore/order.js';
import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';
import { bellNotifier, ringMemory, WORD_BYTES } from '../../../src/explore/programs/ring-memory.js';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { Waiter } from '../../../src/transport/waiter.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { deviceQueue, driverQueue, initRing } from '../../../src/virtqueue/layouts.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';

const OPTIONS = { size: 2, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };
const SLEEP = { policy: 'block', spinNs: 0 } as const;
const ROUNDS = 2;

/** A driver that writes a request into the same buffer each time it gets it back, and a device that reads it. */
export function reusedBuffer(devicePortOf: (port: ExplorerPort) => ExplorerPort): Program {
  const memory = ringMemory('split', OPTIONS.size, 1);
  const driver = (port: ExplorerPort): void => {
    const queue = driverQueue<number>(
      'split',
      port,
      memory.ring,
      OPTIONS,
      bellNotifier(port, memory.kick),
      null,
    );
    const waiter = new Waiter(new Doorbell(port, memory.interrupt), SLEEP);
    const ring = { arm: () => queue.enableCallbacks(), disarm: () => queue.disableCallbacks() };
    const list = new ScatterList();
    for (let round = 0; round < ROUNDS; round++) {
      port.store32(memory.buffer(0), 1 + round);
      list.clear();
      list.addReadable(memory.buffer(0), WORD_BYTES);
      queue.stageBuf(list, round);
      queue.kick();
      while (queue.getBuf() === undefined) waiter.idle(ring);
    }
  };
  const device = (explorerPort: ExplorerPort): number[] => {
    const port = devicePortOf(explorerPort);
    const queue = deviceQueue('split', port, memory.ring, OPTIONS, bellNotifier(port, memory.interrupt));
    const waiter = new Waiter(new Doorbell(port, memory.kick), SLEEP);
    const ring = { arm: () => queue.enableKicks(), disarm: () => queue.disableKicks() };
    const chain = new Chain();
    const requests: number[] = [];
    while (requests.length < ROUNDS) {
      if (!queue.pop(chain)) {
        waiter.idle(ring);
        continue;
      }
      requests.push(port.load32(chain.buffers.address(0)));
      queue.push(chain, 0);
      queue.interrupt();
    }
    return requests;
  };
  return {
    name: 'a buffer that is used again',
    memoryBytes: memory.sizeBytes,
    setup: (port) => initRing('split', port, OPTIONS.size, memory.ring, OPTIONS.startIndex),
    threads: [
      { name: 'guest', run: driver },
      { name: 'device', run: device },
    ],
    check: (results) => assert.deepEqual(results[1], [1, 2], 'the device read another request than was made'),
  };
}

/** A port whose releases order writes alone, as a store barrier and a plain store would. */
export function writesBeforeWrites(port: ExplorerPort): ExplorerPort {
  const store16Release = (address: number, value: number): void => {
    port.fenceOrdered(Order.writes);
    port.store16Relaxed(address, value);
  };
  return new Proxy(port, {
    get: (target, name) => {
      if (name === 'store16Release') return store16Release;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
