import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';
import { Order } from '../../../src/explore/order.js';

const [X, Y, BELL, Z] = [0, 4, 8, 64];

const LABELS: Readonly<Record<number, string>> = { [X]: 'x', [Y]: 'y', [BELL]: 'bell' };

function small(name: string, threads: Program['threads'], check?: Program['check']): Program {
  const label = (address: number): string | null => LABELS[address] ?? null;
  return { name, memoryBytes: 128, threads, label, ...(check === undefined ? {} : { check }) };
}

/** Both threads write, and look at what the other wrote: one must have seen it, says the check. */
export const STORE_BUFFERING: Program = small(
  'store buffering',
  [
    {
      name: 'left',
      run: (port) => {
        port.store32Ordered(X, 1, Order.relaxed);
        return port.load32Ordered(Y, Order.relaxed);
      },
    },
    {
      name: 'right',
      run: (port) => {
        port.store32Ordered(Y, 1, Order.relaxed);
        return port.load32Ordered(X, Order.relaxed);
      },
    },
  ],
  ([left, right]) => {
    if (left === 0 && right === 0) throw new Error('neither saw the other');
  },
);

/** A flag that is set without a release, and data behind it. */
export const UNPUBLISHED: Program = small('unpublished', [
  {
    name: 'writer',
    run: (port) => {
      port.store32(X, 7);
      port.store32Ordered(Y, 1, Order.relaxed);
    },
  },
  {
    name: 'reader',
    run: (port) => {
      if (port.load32Acquire(Y) === 1) port.load32(X);
    },
  },
]);

/** The sleeper looks, and then sleeps without having said so: a change in between wakes nobody. */
export const NO_RECHECK: Program = small('no re-check', [
  {
    name: 'sleeper',
    run: (port) => {
      const bell = port.load32Ordered(BELL, Order.sequential);
      if (port.load32Ordered(X, Order.sequential) === 1) return;
      port.store32Ordered(Y, 1, Order.sequential);
      port.await32(BELL, bell);
    },
  },
  {
    name: 'waker',
    run: (port) => {
      port.store32Ordered(X, 1, Order.sequential);
      if (port.load32Ordered(Y, Order.sequential) === 0) return;
      port.add32(BELL, 1);
      port.notify32(BELL);
    },
  },
]);

/** A change of the word that is slept on, without a notification. */
export const SILENT_CHANGE: Program = small('silent change', [
  { name: 'sleeper', run: (port) => port.await32(BELL, 0) },
  { name: 'changer', run: (port) => port.store32Ordered(BELL, 1, Order.release) },
]);

/** Two sleepers, and two words that change without a notification, the second sleeper's first. */
export const SILENT_CHANGES: Program = small('silent changes', [
  { name: 'changer', run: (port) => port.store32Ordered(Y, 1, Order.release) },
  { name: 'first', run: (port) => port.await32(X, 0) },
  { name: 'second', run: (port) => port.await32(Y, 0) },
  { name: 'late', run: (port) => port.store32Ordered(X, 1, Order.release) },
]);

/** Store buffering where one side has a barrier, and starts: the other side's store can still be late. */
function halfFenced(name: string, barrier: (port: ExplorerPort) => void): Program {
  return small(name, [
    {
      name: 'left',
      run: (port) => {
        port.store32Ordered(Z, 1, Order.relaxed);
        port.store32Ordered(X, 1, Order.relaxed);
        barrier(port);
        return port.load32Ordered(Y, Order.relaxed);
      },
    },
    {
      name: 'right',
      run: (port) => {
        const seen = port.load32Ordered(Z, Order.relaxed);
        port.store32Ordered(Y, 1, Order.relaxed);
        return seen + port.load32Ordered(X, Order.relaxed);
      },
    },
  ]);
}

export const FENCED: Program = halfFenced('fenced', (port) => port.fence());
/** On x86, a read-modify-write is a barrier too. */
export const LOCKED: Program = halfFenced('locked', (port) => port.add32(BELL, 1));

/** Threads that access overlapping ranges, and only in some executions. */
export const MIXED_SIZES: Program = small('mixed sizes', [
  { name: 'words', run: (port) => port.store32Ordered(X, 1, Order.relaxed) },
  {
    name: 'halves',
    run: (port) => (port.load32Ordered(Y, Order.relaxed) === 0 ? 0 : port.load16(X)),
  },
  { name: 'switch', run: (port) => port.store32Ordered(Y, 1, Order.relaxed) },
]);

/** Payloads, of which the second write is seen before the first. */
export const TORN_ORDER: Program = small(
  'payloads',
  [
    {
      name: 'writer',
      run: (port) => {
        port.copyIn(16, Uint8Array.from([1, 2, 3, 4, 5]), 0, 5);
        port.copyIn(32, Uint8Array.from([6, 7, 8]), 0, 3);
      },
    },
    {
      name: 'reader',
      run: (port) => {
        const second = new Uint8Array(3);
        port.copyOut(32, second, 0, 3);
        const first = new Uint8Array(5);
        port.copyOut(16, first, 0, 5);
        return second[0] === 6 && first[0] === 0;
      },
    },
  ],
  ([, isTorn]) => {
    if (isTorn === true) throw new Error('the second payload came first');
  },
);

/** Throws before it has made any access, in a thread that is not the first. */
export const THROWS_AT_ONCE: Program = small('throws at once', [
  { name: 'good', run: (port) => port.store32(X, 1) },
  {
    name: 'bad',
    run: () => {
      throw new Error('no');
    },
  },
]);
