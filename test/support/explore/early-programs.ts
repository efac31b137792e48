import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';
import { Order } from '../../../src/explore/order.js';

/* Programs in which reads take their values from writes that come of them: they fail under ARMv8 alone. */

const [X, Y, Z, W, P, BELL] = [0, 4, 8, 12, 16, 20];
const PAYLOAD = 32;

const LABELS: Readonly<Record<number, string>> = {
  [X]: 'x',
  [Y]: 'y',
  [Z]: 'z',
  [W]: 'w',
  [P]: 'p',
  [BELL]: 'bell',
};

type Run = Program['threads'][number]['run'];

function named(name: string, runs: readonly Run[], check?: Program['check']): Program {
  const threads = runs.map((run, t) => ({ name: ['left', 'right', 'third', 'fourth'][t] ?? '', run }));
  const label = (address: number): string | null => LABELS[address] ?? null;
  return { name, memoryBytes: 64, threads, label, ...(check === undefined ? {} : { check }) };
}

function read(port: ExplorerPort, address: number): number {
  return port.load32Ordered(address, Order.relaxed);
}

function write(port: ExplorerPort, address: number): void {
  port.store32Ordered(address, 1, Order.relaxed);
}

/** A thread that reads one word and writes another behind that, whatever it read. */
function copier(from: number, to: number): Run {
  return (port) => {
    const value = read(port, from);
    write(port, to);
    return value;
  };
}

function noneIsZero(results: readonly unknown[]): void {
  if (!results.flat().includes(0)) throw new Error('all came after what is behind them');
}

export const CHECKED: Program = named('checked', [copier(X, Y), copier(Y, X)], noneIsZero);

/** The thread has accesses behind the one that it fails at. */
export const THROWING: Program = named('throwing', [
  (port) => {
    const value = read(port, X);
    write(port, Y);
    if (value === 1) throw new Error('x was written already');
    write(port, Z);
    read(port, W);
  },
  copier(Y, X),
]);

/** Both reads of the first thread have to be early for its check. */
export const TWO_IN_A_THREAD: Program = named(
  'two in a thread',
  [(port) => [copier(X, Y)(port), copier(Z, W)(port)], (port) => [copier(Y, X)(port), copier(W, Z)(port)]],
  noneIsZero,
);

export const TWO_THROWING: Program = named('two, throwing', [
  (port) => {
    const values = [copier(X, Y)(port), copier(Z, W)(port)];
    if (values.join() === '1,1') throw new Error('both were written already');
    write(port, P);
  },
  (port) => [copier(Y, X)(port), copier(W, Z)(port)],
]);

export const TWO_PAIRS: Program = named(
  'two pairs',
  [copier(X, Y), copier(Y, X), copier(Z, W), copier(W, Z)],
  noneIsZero,
);

/**
 * The right thread's read of z can be early too, from a write that the left one does not get to when it throws: that
 * is no execution.
 */
export const NOT_REACHED: Program = named('not reached', [
  (port) => {
    const value = read(port, X);
    write(port, Y);
    if (value === 1) throw new Error('x was written already');
    read(port, P);
    write(port, Z);
  },
  (port) => {
    read(port, Y);
    read(port, Z);
    write(port, P);
    write(port, X);
  },
]);

/** The other two threads can read early as well, which has nothing to do with what is thrown. */
export const BESIDE: Program = named('beside', [
  (port) => {
    const value = copier(X, Y)(port);
    if (value === 1) throw new Error('x was written already');
  },
  copier(Y, X),
  copier(Z, W),
  copier(W, Z),
]);

/** The read is made an early one twice: first of the one write, then of the other. */
export const TWICE: Program = named(
  'twice',
  [
    copier(X, Y),
    (port) => {
      copier(Y, X)(port);
      port.store32Ordered(X, 2, Order.relaxed);
    },
  ],
  ([left]) => {
    if (left === 2) throw new Error('the last one came first');
  },
);

/** What the left thread reads early, it can have read stale before. */
export const STALE_AT_FIRST: Program = named('stale at first', [
  (port) => {
    const flag = read(port, Z);
    const value = copier(X, Y)(port);
    if (flag === 1 && value === 2) throw new Error('x was written already');
  },
  (port) => {
    write(port, X);
    write(port, Z);
    read(port, Y);
    port.store32Ordered(X, 2, Order.relaxed);
  },
]);

export const PAYLOADS: Program = named(
  'payloads',
  [
    (port) => {
      const content = new Uint8Array(5);
      port.copyOut(PAYLOAD, content, 0, 5);
      write(port, Y);
      return content[0];
    },
    (port) => {
      const value = read(port, Y);
      port.copyIn(PAYLOAD, Uint8Array.from([1, 2, 3, 4, 5]), 0, 5);
      return value;
    },
  ],
  noneIsZero,
);

/** The access that is refused comes behind the last one that there is without the early read. */
export const REFUSED: Program = named('refused', [
  (port) => {
    const value = read(port, X);
    write(port, Y);
    if (value === 1) port.load16(Z);
  },
  (port) => {
    copier(Y, X)(port);
    write(port, Z);
  },
]);

/** A sleep that ends with a value that comes of its end. */
export const WOKEN: Program = named('woken', [
  (port) => {
    port.await32(BELL, 0);
    write(port, Y);
  },
  (port) => {
    if (read(port, Y) === 0) return;
    port.store32Ordered(BELL, 2, Order.relaxed);
  },
  (port) => {
    write(port, BELL);
    port.notify32(BELL);
  },
]);
