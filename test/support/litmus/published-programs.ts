import { Order } from '../../../src/explore/order.js';
import type { Program } from '../../../src/explore/program.js';
import { type Body, program, times, type Words } from './words.js';

/** Programs of GenMC's own tests (tests/correct/synthetic of MPI-SWS/genmc), access by access. */
const { relaxed, acquirePc: acquire, release, sequential } = Order;
const X = 0;
const Y = 1;

export function ainc(n: number): Program {
  return program(
    'ainc',
    times(n, () => (words) => words.add(X, 1, relaxed)),
  );
}

export function casrot(n: number): Program {
  return program(
    'casrot',
    times(n, (i) => (words) => words.exchangeIf(X, i, i + 1, relaxed)),
  );
}

export function lastzero(n: number): Program {
  const reader: Body = (words) => {
    let i = n;
    while (words.load(i, acquire) !== 0) i -= 1;
  };
  const writers = times(
    n,
    (i): Body =>
      (words) =>
        words.store(i + 1, words.load(i, acquire) + 1, release),
  );
  return program('lastzero', [reader, ...writers]);
}

export function readers(n: number): Program {
  return program('readers', [
    (words) => words.store(X, 42, release),
    ...times(n, (): Body => (words) => words.load(X, acquire)),
  ]);
}

/** N_writers_a_reader, which has one writer more than its name says. */
export function writersAndReader(n: number): Program {
  return program('N-writers', [
    ...times(
      n + 1,
      (i): Body =>
        (words) =>
          words.store(X, i + 1, release),
    ),
    (words) => words.load(X, acquire),
  ]);
}

export function fibBench(n: number): Program {
  const add =
    (to: number): Body =>
    (words) => {
      for (let i = 0; i < n; i++) {
        const x = words.load(X, acquire);
        words.store(to, x + words.load(Y, acquire), release);
      }
    };
  const look: Body = (words) => {
    if (words.load(X, acquire) <= 144) words.load(Y, acquire);
  };
  return program(
    'fib_bench',
    [add(X), add(Y), look],
    [
      [X, 1],
      [Y, 1],
    ],
  );
}

export function dekkerFences(): Program {
  const side =
    (own: number, other: number, value: number): Body =>
    (words) => {
      words.store(own, 1, relaxed);
      words.fence();
      if (words.load(other, relaxed) !== 0) return;
      words.store(2, value, relaxed);
      words.load(2, relaxed);
    };
  return program('dekker_f', [side(Y, X, 1), side(X, Y, 0)]);
}

export function peterson(): Program {
  const [turn, critical] = [2, 3];
  const side =
    (own: number, other: number, value: number): Body =>
    (words) => {
      words.store(own, 1, release);
      words.store(turn, value, release);
      words.assume(words.load(other, acquire) !== 1 || words.load(turn, acquire) !== value);
      words.store(critical, 1 - value, release);
      words.load(critical, acquire);
      words.store(own, 0, release);
    };
  return program('peterson', [side(X, Y, 1), side(Y, X, 0)]);
}

export function lamport(): Program {
  const n = 2;
  const b = (thread: number): number => 2 + thread;
  const lock = (words: Words, thread: number): boolean => {
    words.store(b(thread), 1, sequential);
    words.store(X, thread, sequential);
    if (words.load(Y, sequential) !== 0) {
      words.store(b(thread), 0, sequential);
      words.assume(words.load(Y, sequential) === 0);
      return false;
    }
    words.store(Y, thread, sequential);
    if (words.load(X, sequential) === thread) return true;
    words.store(b(thread), 0, sequential);
    for (let j = 1; j <= n; j++) words.assume(words.load(b(j), sequential) === 0);
    if (words.load(Y, sequential) === thread) return true;
    words.assume(words.load(Y, sequential) === 0);
    return false;
  };
  const side =
    (thread: number): Body =>
    (words) => {
      while (!lock(words, thread));
      words.store(Y, 0, sequential);
      words.store(b(thread), 0, sequential);
    };
  return program('lamport', [side(1), side(2)]);
}

export function casw(n: number): Program {
  return program(
    'casw',
    times(n, (i): Body => (words) => {
      words.exchangeIf(X, 0, 1, relaxed);
      words.store(X, i + 3, release);
    }),
  );
}

export function coa(n: number): Program {
  const side =
    (value: number, other: number): Body =>
    (words) => {
      words.store(X, value, release);
      words.load(other, acquire);
      words.load(X, acquire);
    };
  const writers = times(n - 1, (i): Body => (words) => {
    words.store(Y, i, release);
    words.store(2, i, release);
  });
  return program('CoA', [side(1, Y), side(2, 2), ...writers]);
}

export function big0(): Program {
  const [z, w] = [2, 3];
  const read =
    (...places: number[]): Body =>
    (words) => {
      for (const at of places) words.load(at, acquire);
    };
  const write =
    (...places: number[]): Body =>
    (words) => {
      for (const value of [1, 2, 3]) for (const at of places) words.store(at, value, release);
    };
  return program('big0', [read(X, Y, z, w, X, Y, z), read(X, Y, z), write(X, Y), write(z, w)]);
}

/** Not of GenMC but of CDSChecker (test/rmwprog.c of computersforpeace/model-checker). */
export function rmwprog(): Program {
  const addTwice: Body = (words) => {
    words.add(X, 1, relaxed);
    words.add(X, 1, relaxed);
  };
  return program('rmwprog', [addTwice, addTwice]);
}
