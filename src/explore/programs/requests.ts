import { assert } from '../../assert.js';
import type { MemoryPort } from '../../memory/port.js';
import type { Chain } from '../../virtqueue/chain.js';
import type { DeviceQueue, DriverQueue } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import { type RingMemory, WORD_BYTES } from './ring-memory.js';

/** A wait that only the bell ends. */
export const SLEEP = { policy: 'block', spinNs: 0 } as const;

/**
 * The driver's requests: each a buffer of one word to read, and one to write. Each must come back once, and with the
 * answer to what it asked.
 */
export class Requests {
  /** Requests that came back. */
  back = 0;
  readonly #port: MemoryPort;
  readonly #memory: RingMemory;
  readonly #isBack: boolean[] = [];
  readonly #list: ScatterList = new ScatterList();

  constructor(port: MemoryPort, memory: RingMemory) {
    this.#port = port;
    this.#memory = memory;
  }

  /** Posts request `token`, in the buffer of that number, without showing it yet; false when there is no room. */
  stage(queue: DriverQueue<number>, token: number): boolean {
    if (queue.freeCount === 0) return false;
    const at = this.#memory.buffer(token);
    this.#port.store32(at, request(token));
    this.#list.clear();
    this.#list.addReadable(at, WORD_BYTES).addWritable(at + WORD_BYTES, WORD_BYTES);
    return queue.stageBuf(this.#list, token);
  }

  /** Takes back whatever is there, and looks at each answer; returns how many. */
  reap(queue: DriverQueue<number>): number {
    let count = 0;
    for (let token = queue.getBuf(); token !== undefined; token = queue.getBuf()) {
      this.takeBack(token);
      assert(queue.usedLength === WORD_BYTES, 'token % came back with % bytes', token, queue.usedLength);
      const at = this.#memory.buffer(token);
      const data = this.#port.load32(at + WORD_BYTES);
      assert(
        data === answerTo(request(token)),
        'token % came back with % instead of its answer',
        token,
        data,
      );
      count += 1;
    }
    return count;
  }

  /** Request `token` is the driver's again, answered or not. */
  takeBack(token: number): void {
    assert(this.#isBack[token] !== true, 'token % came back twice', token);
    this.#isBack[token] = true;
    this.back += 1;
  }
}

/** What the device does with a request: answers it, and returns it without showing that yet. */
export function answer(port: MemoryPort, queue: DeviceQueue, chain: Chain): void {
  const { buffers } = chain;
  assert(buffers.count === 2 && buffers.readableCount === 1, 'a chain of % ranges arrived', buffers.count);
  port.store32(buffers.address(1), answerTo(port.load32(buffers.address(0))));
  queue.stageUsed(chain, WORD_BYTES);
}

function request(token: number): number {
  return 0x100 + token;
}

function answerTo(data: number): number {
  return data + 0x1000;
}
