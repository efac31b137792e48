import { assert, fail } from '../../assert.js';
import { nowNs } from '../../clock.js';
import { Histogram } from '../../stats/histogram.js';
import { type Armable, Waiter } from '../../transport/waiter.js';
import type { DriverQueue } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { RingCase } from './ring-case.js';
import type { RingRig } from './ring-rig.js';

/** What keeps the driver's end of a ring busy. */
export interface GuestLoop {
  /** From `back` of `count` buffers that are back to `enough` of them; others stay under way until it goes on. */
  exchange(back: number, enough: number, count: number): void;
  /** One buffer, out and back, with none beside it; timed. */
  roundTrip(): void;
}

/** How long buffers are under way; times are dropped until somebody wants them. */
export class Times {
  histogram: Histogram = Histogram.ofMaxNs();
  /** When each buffer was posted, by its token. */
  readonly postedNs: Float64Array;

  constructor(depth: number) {
    this.postedNs = new Float64Array(depth);
  }

  record(token: number): void {
    this.histogram.record(nowNs() - (this.postedNs[token] as number));
  }
}

/**
 * Functions that are made once, and no class: what they refer to is then as constant to the engine as the ring of
 * ringtest, a global variable, is to the C compiler. With a queue that is a field of an object, a buffer costs a third
 * more (docs/PERFORMANCE.md).
 */
export function guestLoop(ringCase: RingCase, rig: RingRig, times: Times): GuestLoop {
  const { batch, depth } = ringCase;
  const queue = rig.driver();
  const waiter = new Waiter(rig.interruptBell, ringCase.wait);
  const sleeper = armable(queue);
  const post = posting(ringCase, rig, queue);
  const show = showing(ringCase, queue);
  const isStreamTimed = ringCase.timing === 'stream';
  let started = 0;
  queue.disableCallbacks();

  /** The protocol of ringtest: an attempt to take one back after each one that is added. */
  const exchange = (back: number, enough: number, count: number): void => {
    // `| 0` makes small integers of what comes from elsewhere, and so of the variables of the loop.
    let done = back | 0;
    let posted = done === 0 ? 0 : started | 0;
    // Tokens go round, and the device returns the buffers in their order.
    let nextToken = posted % depth;
    let oldestToken = done % depth;
    let hidden = 0;
    while (done < enough) {
      let hasMoved = false;
      if (posted < count && posted - done < depth) {
        if (isStreamTimed) times.postedNs[nextToken] = nowNs();
        if (post(nextToken)) {
          nextToken = nextToken + 1 === depth ? 0 : nextToken + 1;
          posted += 1;
          hidden += 1;
          hasMoved = true;
        }
      }
      if (hidden > 0 && (hidden === batch || !hasMoved)) {
        show();
        hidden = 0;
      }
      const token = queue.getBuf();
      if (token !== undefined) {
        if (token !== oldestToken) fail('token % came back in the place of %', token, oldestToken);
        oldestToken = oldestToken + 1 === depth ? 0 : oldestToken + 1;
        if (isStreamTimed) times.record(token);
        done += 1;
        hasMoved = true;
      }
      if (hasMoved) waiter.busy();
      else waiter.idle(sleeper);
    }
    if (hidden > 0) show();
    started = posted;
  };

  const roundTrip = (): void => {
    const startNs = nowNs();
    const posted = post(0);
    assert(posted, 'a ring that is empty has no room');
    show();
    while (queue.getBuf() === undefined) waiter.idle(sleeper);
    waiter.busy();
    times.histogram.record(nowNs() - startNs);
  };

  return { exchange, roundTrip };
}

/** Posts a buffer with that token, and does not show it yet; false: there is no room. */
function posting(ringCase: RingCase, rig: RingRig, queue: DriverQueue<number>): (token: number) => boolean {
  const { payload, elements, elementBytes } = ringCase;
  const { payloadAddress, strideBytes } = rig;
  const copies = payload === 'copy';
  const buffers = new ScatterList();
  const fill = (address: number): void => {
    buffers.clear();
    for (let i = 0; i < elements; i++) {
      if (copies) buffers.addReadable(address + i * elementBytes, elementBytes);
      else buffers.addWritable(address + i * elementBytes, elementBytes);
    }
  };
  fill(payloadAddress);
  if (payload === 'same') return (token) => queue.stageBuf(buffers, token);
  return (token) => {
    fill(payloadAddress + token * strideBytes);
    return queue.stageBuf(buffers, token);
  };
}

/** Where both sides poll nobody sleeps, and nobody has to be told. */
function showing(ringCase: RingCase, queue: DriverQueue<number>): () => void {
  return ringCase.wait.policy === 'poll' ? () => queue.publish() : () => queue.kick();
}

function armable(queue: DriverQueue<number>): Armable {
  return { arm: () => queue.enableCallbacks(), disarm: () => queue.disableCallbacks() };
}
