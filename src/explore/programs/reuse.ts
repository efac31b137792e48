import { assert } from '../../assert.js';
import { Doorbell } from '../../memory/doorbell.js';
import { Waiter } from '../../transport/waiter.js';
import { Chain } from '../../virtqueue/chain.js';
import { deviceQueue, driverQueue, initRing, type RingLayout } from '../../virtqueue/layouts.js';
import type { QueueOptions } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { Program } from '../program.js';
import { bellNotifier, ringMemory, WORD_BYTES } from './ring-memory.js';

const REQUESTS = [0x100, 0x200] as const;
const ANSWERS = [0x1000, 0x2000] as const;

const OPTIONS: QueueOptions = { size: 2, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };

const SLEEP = { policy: 'block', spinNs: 0 } as const;

/**
 * One buffer that is posted twice, with another request each time. What each side reads of it decides nothing of what
 * it does, so a machine may read late: when the buffer has been given away and the other side has written it anew.
 */
export function reuseProgram(layout: RingLayout): Program {
  const memory = ringMemory(layout, OPTIONS.size, 1);
  const request = memory.buffer(0);
  return {
    name: `${layout}: 1 buffer, used twice`,
    memoryBytes: memory.sizeBytes,
    setup: (port) => initRing(layout, port, OPTIONS.size, memory.ring, OPTIONS.startIndex),
    threads: [
      {
        name: 'guest',
        run: (port) => {
          const queue = driverQueue(
            layout,
            port,
            memory.ring,
            OPTIONS,
            bellNotifier(port, memory.kick),
            null,
          );
          const waiter = new Waiter(new Doorbell(port, memory.interrupt), SLEEP);
          const list = new ScatterList();
          list.addReadable(request, WORD_BYTES).addWritable(request + WORD_BYTES, WORD_BYTES);
          const ring = { arm: () => queue.enableCallbacks(), disarm: () => queue.disableCallbacks() };
          queue.disableCallbacks();
          return REQUESTS.map((data) => {
            port.store32(request, data);
            queue.addBuf(list, data);
            queue.kick();
            while (queue.getBuf() === undefined) waiter.idle(ring);
            return port.load32(request + WORD_BYTES);
          });
        },
      },
      {
        name: 'device',
        run: (port) => {
          const queue = deviceQueue(layout, port, memory.ring, OPTIONS, bellNotifier(port, memory.interrupt));
          const waiter = new Waiter(new Doorbell(port, memory.kick), SLEEP);
          const chain = new Chain();
          const ring = { arm: () => queue.enableKicks(), disarm: () => queue.disableKicks() };
          queue.disableKicks();
          return ANSWERS.map((answer) => {
            while (!queue.pop(chain)) waiter.idle(ring);
            const data = port.load32(request);
            port.store32(request + WORD_BYTES, answer);
            queue.push(chain, WORD_BYTES);
            queue.interrupt();
            return data;
          });
        },
      },
    ],
    check: ([answers, requests]) => {
      assert(String(requests) === String(REQUESTS), 'the device read the requests %', String(requests));
      assert(String(answers) === String(ANSWERS), 'the driver read the answers %', String(answers));
    },
  };
}
