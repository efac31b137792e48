import { assert } from '../../assert.js';
import { Order } from '../order.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';

/** Something that the abstract ring can lack. */
export type AbstractRingDefect =
  /** Of the driver: no fence between `avail.idx` and the look at the device's wish. */
  | 'no-fence-before-avail-event'
  /** Of the device: none between its wish for a kick and the second look at `avail.idx`. */
  | 'no-fence-after-avail-event'
  /** Of the device: none between `used.idx` and the look at the driver's wish. */
  | 'no-fence-before-used-event'
  /** Of the driver: none between its wish for an interrupt and the second look at `used.idx`. */
  | 'no-fence-after-used-event'
  /** The driver or the device does not look again before it sleeps. */
  | 'no-second-look-of-guest'
  | 'no-second-look-of-device';

const { relaxed, acquirePc, acquireRelease, release, full } = Order;
const WORD_BYTES = 4;

/** Addresses: of the words that there are one of, and behind them four arrays. */
const AVAIL_IDX = 0;
const USED_IDX = 4;
const AVAIL_EVENT = 8;
const USED_EVENT = 12;
const KICK = 16;
const INTERRUPT = 20;
const ARRAYS_AT = 24;

interface Layout {
  readonly desc: (i: number) => number;
  readonly avail: (i: number) => number;
  readonly used: (i: number) => number;
  readonly data: (i: number) => number;
}

type Lacks = (defect: AbstractRingDefect) => boolean;

/**
 * A split ring with event indices, reduced to its accesses: buffers are shown one by one, and both sides sleep. It is
 * what other explorers can be given too, as a C program of the same accesses, to compare counts and speed with.
 */
export function abstractRing(buffers: number, defect: AbstractRingDefect | null = null): Program {
  const array = (number: number) => (i: number) => ARRAYS_AT + (number * buffers + i) * WORD_BYTES;
  const layout = { desc: array(0), avail: array(1), used: array(2), data: array(3) };
  const lacks: Lacks = (it) => it === defect;
  return {
    name: `abstract ring, ${buffers} buffer${buffers === 1 ? '' : 's'}`,
    memoryBytes: ARRAYS_AT + 4 * buffers * WORD_BYTES,
    threads: [
      { name: 'guest', run: (port) => runDriver(port, buffers, layout, lacks) },
      { name: 'device', run: (port) => runDevice(port, buffers, layout, lacks) },
    ],
    label: labels(buffers, layout),
  };
}

/** The names of the spec, as those of the whole rings are in `ring-labels.ts`. */
function labels(buffers: number, { desc, avail, used, data }: Layout): (address: number) => string | null {
  const names = new Map<number, string>([
    [AVAIL_IDX, 'avail.idx'],
    [USED_IDX, 'used.idx'],
    [AVAIL_EVENT, 'avail_event'],
    [USED_EVENT, 'used_event'],
    [KICK, 'kick'],
    [INTERRUPT, 'irq'],
  ]);
  for (let i = 0; i < buffers; i++) {
    names.set(desc(i), `desc[${i}]`).set(avail(i), `avail.ring[${i}]`);
    names.set(used(i), `used.ring[${i}]`).set(data(i), `answer ${i}`);
  }
  return (address) => names.get(address) ?? null;
}

function runDriver(port: ExplorerPort, buffers: number, layout: Layout, lacks: Lacks): void {
  const { desc, avail, used, data } = layout;
  for (let i = 0; i < buffers; i++) {
    port.store32Ordered(desc(i), i + 1, relaxed);
    port.store32Ordered(avail(i), i + 1, relaxed);
    port.store32Ordered(AVAIL_IDX, i + 1, release);
    if (!lacks('no-fence-before-avail-event')) port.fenceOrdered(full);
    if (port.load32Ordered(AVAIL_EVENT, relaxed) === i) ringBell(port, KICK);
  }
  let last = 0;
  let seen = 0;
  while (last < buffers) {
    const index = port.load32Ordered(USED_IDX, acquirePc);
    if (index <= last) {
      port.store32Ordered(USED_EVENT, last, relaxed);
      if (!lacks('no-fence-after-used-event')) port.fenceOrdered(full);
      const isMore = !lacks('no-second-look-of-guest') && port.load32Ordered(USED_IDX, acquirePc) > last;
      if (!isMore) seen = port.await32(INTERRUPT, seen);
    }
    for (; last < index; last++) {
      assert(port.load32Ordered(used(last), relaxed) === last + 1, 'a used entry is not there');
      assert(port.load32Ordered(data(last), relaxed) === last + 101, 'an answer is not there');
    }
  }
}

function runDevice(port: ExplorerPort, buffers: number, layout: Layout, lacks: Lacks): void {
  const { desc, avail, used, data } = layout;
  let last = 0;
  let seen = 0;
  while (last < buffers) {
    const index = port.load32Ordered(AVAIL_IDX, acquirePc);
    if (index <= last) {
      port.store32Ordered(AVAIL_EVENT, last, relaxed);
      if (!lacks('no-fence-after-avail-event')) port.fenceOrdered(full);
      const isMore = !lacks('no-second-look-of-device') && port.load32Ordered(AVAIL_IDX, acquirePc) > last;
      if (!isMore) seen = port.await32(KICK, seen);
    }
    for (; last < index; last++) {
      const head = port.load32Ordered(avail(last), relaxed);
      assert(head === last + 1, 'an available entry is not there');
      const request = port.load32Ordered(desc(last), relaxed);
      assert(request === head, 'a request is not there');
      port.store32Ordered(data(last), 100 + request, relaxed);
      port.store32Ordered(used(last), head, relaxed);
      port.store32Ordered(USED_IDX, last + 1, release);
      if (!lacks('no-fence-before-used-event')) port.fenceOrdered(full);
      if (port.load32Ordered(USED_EVENT, relaxed) === last) ringBell(port, INTERRUPT);
    }
  }
}

function ringBell(port: ExplorerPort, address: number): void {
  port.update32Ordered(address, acquireRelease, (value) => value + 1);
  port.notify32(address);
}
