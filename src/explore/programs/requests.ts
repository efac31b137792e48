import { assert } from '../../assert.js';
import { CompletionOrder } from '../../checkers/completion-order.js';
import { Conservation } from '../../checkers/conservation.js';
import { checkUsedLength } from '../../checkers/used-length.js';
import type { VringError } from '../../errors.js';
import type { MemoryPort } from '../../memory/port.js';
import type { Chain } from '../../virtqueue/chain.js';
import type { DeviceQueue, DriverQueue } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import { type RingMemory, WORD_BYTES } from './ring-memory.js';

/** More than any program posts: each of its buffers is a token. */
const TOKENS_MAX = 64;

/** A wait that only the bell ends. */
export const SLEEP = { policy: 'block', spinNs: 0 } as const;

/**
 * The driver's requests: each a buffer of one word to read, and one to write. Each must come back once, and with the
 * answer to what it asked.
 */
export class Requests {
  /** Requests that came back. */
  back = 0;
  private readonly port: MemoryPort;
  private readonly memory: RingMemory;
  private readonly conservation: Conservation = new Conservation(TOKENS_MAX);
  private readonly order: CompletionOrder;
  private readonly list: ScatterList = new ScatterList();

  /** `inOrder`: IN_ORDER was negotiated. */
  constructor(port: MemoryPort, memory: RingMemory, inOrder = false) {
    this.order = new CompletionOrder(inOrder);
    this.port = port;
    this.memory = memory;
  }

  /** Posts request `token`, in the buffer of that number, without showing it yet; false when there is no room. */
  stage(queue: DriverQueue<number>, token: number): boolean {
    if (queue.freeCount === 0) return false;
    const at = this.memory.buffer(token);
    this.port.store32(at, request(token));
    this.list.clear();
    this.list.addReadable(at, WORD_BYTES).addWritable(at + WORD_BYTES, WORD_BYTES);
    if (!queue.stageBuf(this.list, token)) return false;
    this.conservation.posted(token);
    return true;
  }

  /** Takes back whatever is there, and looks at each answer; returns how many. */
  reap(queue: DriverQueue<number>): number {
    let count = 0;
    for (let token = queue.getBuf(); token !== undefined; token = queue.getBuf()) {
      this.takeBack(token);
      // Tokens are posted in their order.
      refuse(this.order.returned(token) ?? checkUsedLength(WORD_BYTES, queue.usedLength));
      const at = this.memory.buffer(token);
      const data = this.port.load32(at + WORD_BYTES);
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
    refuse(this.conservation.returned(token));
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

function refuse(wrong: VringError | null): void {
  if (wrong !== null) throw wrong;
}

function request(token: number): number {
  return 0x100 + token;
}

function answerTo(data: number): number {
  return data + 0x1000;
}
