import { describe, expect, it } from 'vitest';
import { Explorer } from '../../src/explore/explorer.js';
import { memoryModel } from '../../src/explore/models/profiles.js';
import { Order } from '../../src/explore/order.js';
import type { ExplorerPort } from '../../src/explore/port.js';
import type { Program } from '../../src/explore/program.js';
import { ringProgram } from '../../src/explore/programs/ring.js';
import { bellNotifier, ringMemory, WORD_BYTES } from '../../src/explore/programs/ring-memory.js';
import { Doorbell } from '../../src/memory/doorbell.js';
import { Waiter } from '../../src/transport/waiter.js';
import { Chain } from '../../src/virtqueue/chain.js';
import { deviceQueue, driverQueue, initRing } from '../../src/virtqueue/layouts.js';
import { ScatterList } from '../../src/virtqueue/scatter-list.js';

const OPTIONS = { size: 2, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };
const SLEEP = { policy: 'block', spinNs: 0 } as const;
const ROUNDS = 2;

function explore(program: Program): { readonly explorer: Explorer; readonly messages: readonly string[] } {
  const messages: string[] = [];
  const onFinding = ({ message }: { message: string }): boolean => messages.push(message) > 0;
  const explorer = new Explorer(program, memoryModel('armv8', program.threads.length), { onFinding });
  explorer.run();
  return { explorer, messages };
}

describe('the rings as they are', () => {
  it.each([
    ['split', 1],
    ['split', 2],
    ['packed', 1],
    ['packed', 2],
  ] as const)('%s, %d buffers: nothing found', (layout, buffers) => {
    const { explorer, messages } = explore(ringProgram({ ...OPTIONS, layout, buffers, batch: 1 }));
    expect(messages).toEqual([]);
    expect(explorer.counts.complete).toBeGreaterThan(10);
    // The driver's wish for an interrupt may be visible before the index it has read; nothing depends on that.
    if (layout === 'split' && buffers === 2) expect(explorer.bufferedCount).toBeGreaterThan(0);
  });
});

/** A driver that writes a request into the same buffer each time it gets it back, and a device that reads it. */
function reusedBuffer(devicePortOf: (port: ExplorerPort) => ExplorerPort): Program {
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
    check: (results) => expect(results[1]).toEqual([1, 2]),
  };
}

/** A port whose releases order writes alone, as a store barrier and a plain store would. */
function writesBeforeWrites(port: ExplorerPort): ExplorerPort {
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

describe('a buffer that the driver uses again', () => {
  it('is read before it is given back', () => {
    const { explorer, messages } = explore(reusedBuffer((port) => port));
    expect(messages).toEqual([]);
    expect(explorer.counts.complete).toBeGreaterThan(10);
  });

  it('can be read too late if giving it back orders only what was written', () => {
    const { explorer, messages } = explore(reusedBuffer(writesBeforeWrites));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/load buffering/);
    expect(explorer.counts.failed).toBe(0);
  });
});
