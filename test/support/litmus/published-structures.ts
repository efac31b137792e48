import { Order } from '../../../src/explore/order.js';
import type { Program } from '../../../src/explore/program.js';
import { type Body, program, times, type Words } from './words.js';

/**
 * Data structures of GenMC's own tests (tests/correct/data-structures of MPI-SWS/genmc), access by access, sized as
 * there. Loops are as GenMC takes them: a round that has no effect is a spin, and nothing is asked about executions
 * with one. What is not atomic there is relaxed here.
 */
const { relaxed, acquirePc: acquire, release, acquireRelease } = Order;

/** Two threads push, one pops. A pointer is a node and a count. */
export function treiberStack(): Program {
  const top = 0;
  const x = (thread: number): number => 1 + thread;
  const next = (node: number): number => 8 + node;
  const value = (node: number): number => 32 + node;
  const nodeOf = (pointer: number): number => pointer & 0xff;
  const pointerTo = (node: number, old: number): number => (((old >> 8) + 1) << 8) | node;
  const push =
    (thread: number): Body =>
    (words) => {
      words.store(x(thread), thread + 42, relaxed);
      const node = 1 + thread * 4;
      words.store(value(node), thread, relaxed);
      for (;;) {
        const old = words.load(top, acquire);
        words.store(next(node), old, relaxed);
        if (words.exchangeIf(top, old, pointerTo(node, old), release) === old) return;
      }
    };
  const pop: Body = (words) => {
    for (;;) {
      const old = words.load(top, acquire);
      if (nodeOf(old) === 0) return;
      const after = words.load(next(nodeOf(old)), relaxed);
      // A round without effect is a spin.
      words.assume(words.exchangeIf(top, old, pointerTo(nodeOf(after), old), release) === old);
      const thread = words.load(value(nodeOf(old)), relaxed);
      if (thread !== 0) words.load(x(thread), relaxed);
      return;
    }
  };
  return program('treiber-stack', [push(0), push(1), pop]);
}

/** Chase and Lev's deque: each thread pushes, pops and steals so many times. */
export function deque(name: string, threads: readonly string[]): Program {
  const [bottom, top, length] = [0, 1, 10];
  const buffer = (i: number): number => 2 + (i % length);
  let count = 1;
  const push: Body = (words) => {
    const b = words.load(bottom, relaxed);
    if (b - words.load(top, acquire) >= length) return;
    words.store(buffer(b), count++, relaxed);
    words.store(bottom, b + 1, release);
  };
  const pop: Body = (words) => {
    const b = words.load(bottom, relaxed);
    words.store(bottom, b - 1, relaxed);
    words.fence();
    const t = words.load(top, relaxed);
    if (b - t <= 0) {
      words.store(bottom, b, relaxed);
      return;
    }
    words.load(buffer(b - 1), relaxed);
    if (b - t > 1) return;
    words.exchangeIf(top, t, t + 1, acquireRelease);
    words.store(bottom, b, relaxed);
  };
  const steal: Body = (words) => {
    const t = words.load(top, relaxed);
    words.fence();
    if (words.load(bottom, acquire) - t <= 0) return;
    words.load(buffer(t), relaxed);
    words.exchangeIf(top, t, t + 1, release);
  };
  const operations: Readonly<Record<string, Body>> = { '+': push, '-': pop, s: steal };
  return program(
    name,
    threads.map((thread): Body => (words) => {
      count = 1;
      for (const operation of thread) operations[operation]?.(words);
    }),
  );
}

/** FreeBSD's ring: three threads, each of which puts a message in and takes one out. */
export function bufRing(): Program {
  const size = 8;
  const [prodHead, prodTail, consHead, consTail] = [0, 1, 2, 3];
  const slot = (i: number): number => 4 + i;
  const message = (thread: number): number => 16 + thread;
  const enqueue = (words: Words, pointer: number): void => {
    const head = words.load(prodHead, relaxed);
    const next = (head + 1) % size;
    if (next === words.load(consTail, relaxed)) return;
    words.assume(words.exchangeIf(prodHead, head, next, acquireRelease) === head);
    words.fence();
    words.store(slot(head), pointer, relaxed);
    words.assume(words.load(prodTail, relaxed) === head);
    words.store(prodTail, next, relaxed);
  };
  const dequeue = (words: Words): number => {
    const head = words.load(consHead, relaxed);
    if (head === words.load(prodTail, relaxed)) return 0;
    const next = (head + 1) % size;
    words.assume(words.exchangeIf(consHead, head, next, acquireRelease) === head);
    const pointer = words.load(slot(head), relaxed);
    words.assume(words.load(consTail, relaxed) === head);
    words.fence();
    words.store(consTail, next, relaxed);
    return pointer;
  };
  return program(
    'buf_ring',
    times(3, (thread) => (words) => {
      words.store(message(thread), 0xbeef, relaxed);
      enqueue(words, message(thread));
      const pointer = dequeue(words);
      if (pointer !== 0) words.load(pointer, relaxed);
    }),
  );
}

/** Michael and Scott's queue: two threads put something in and take something out. A pointer is a node and a count. */
export function msQueue(): Program {
  const [headAt, tailAt] = [0, 1];
  const unroll = 3;
  const next = (node: number): number => 2 + node;
  const value = (node: number): number => 16 + node;
  const nodeOf = (pointer: number): number => pointer & 0xffff;
  const countOf = (pointer: number): number => pointer >>> 16;
  const pointerTo = (node: number, old: number): number => ((countOf(old) + 1) << 16) | node;
  const enqueue = (words: Words, thread: number): void => {
    const node = 2 + thread * 4;
    words.store(value(node), thread * 10, relaxed);
    words.store(next(node), words.load(next(node), relaxed) & ~0xffff, relaxed);
    for (let i = 0; ; i++) {
      words.assume(i < unroll);
      const tail = words.load(tailAt, acquire);
      const after = words.load(next(nodeOf(tail)), acquire);
      if (tail !== words.load(tailAt, relaxed)) continue;
      const isEnd = nodeOf(after) === 0;
      if (isEnd && words.exchangeIf(next(nodeOf(tail)), after, pointerTo(node, after), release) === after) {
        words.exchangeIf(tailAt, tail, pointerTo(node, tail), release);
        return;
      }
      const newest = nodeOf(words.load(next(nodeOf(tail)), acquire));
      words.exchangeIf(tailAt, tail, pointerTo(newest, tail), release);
    }
  };
  const dequeue = (words: Words): void => {
    for (let i = 0; ; i++) {
      words.assume(i < unroll);
      const head = words.load(headAt, acquire);
      const tail = words.load(tailAt, acquire);
      const after = words.load(next(nodeOf(head)), acquire);
      // A round without effect is a spin.
      words.assume(words.load(headAt, relaxed) === head);
      if (nodeOf(head) === nodeOf(tail)) {
        if (nodeOf(after) === 0) return;
        words.exchangeIf(tailAt, tail, pointerTo(nodeOf(after), tail), release);
      } else {
        words.load(value(nodeOf(after)), relaxed);
        words.assume(words.exchangeIf(headAt, head, pointerTo(nodeOf(after), head), release) === head);
        return;
      }
    }
  };
  return program(
    'ms-queue',
    times(2, (thread) => (words) => {
      enqueue(words, thread);
      dequeue(words);
    }),
    [
      [headAt, 1],
      [tailAt, 1],
      [next(2), 0x666],
      [next(6), 0x666],
    ],
  );
}

/** A queue that one thread sets up and fills, another fills and a third empties. */
export function quOpt(): Program {
  const [head, tail, isReady] = [0, 1, 2];
  const init = 4;
  const next = (node: number): number => node;
  const data = (node: number): number => node + 16;
  const findTail = (words: Words): number => {
    const node = words.load(tail, relaxed);
    const after = words.load(next(node), relaxed);
    if (after === 0) return node;
    words.store(tail, after, relaxed);
    return 0;
  };
  const enqueue = (words: Words, node: number): void => {
    words.store(data(node), 1, relaxed);
    words.store(next(node), 0, relaxed);
    let last = 0;
    while (last === 0) last = findTail(words);
    if (words.exchangeIf(next(last), 0, node, release) === 0) words.store(tail, node, relaxed);
  };
  const setUp: Body = (words) => {
    words.store(next(init), 0, release);
    words.store(head, init, release);
    words.store(tail, init, release);
    words.store(isReady, 1, release);
    enqueue(words, 5);
  };
  const fill: Body = (words) => {
    if (words.load(isReady, acquire) !== 0) enqueue(words, 6);
  };
  const empty: Body = (words) => {
    if (words.load(isReady, acquire) === 0) return;
    const first = words.load(head, relaxed);
    const node = words.load(next(first), relaxed);
    if (node !== 0 && words.exchangeIf(head, first, node, relaxed) === first) words.load(data(node), relaxed);
  };
  return program('qu-opt', [setUp, fill, empty]);
}

/** One thread writes and one reads until there is nothing, in a queue with one element. */
export function mpmcQueue(): Program {
  const [rdwr, read, written] = [0, 1, 2];
  const slot = (i: number): number => 3 + (i % 4);
  const unroll = 3;
  const write: Body = (words) => {
    const state = words.load(rdwr, acquire);
    words.assume(words.exchangeIf(rdwr, state, state + 1, acquireRelease) === state);
    words.assume(words.load(read, acquire) === state >> 16);
    words.store(slot(state & 0xffff), 1, relaxed);
    words.add(written, 1, release);
  };
  const fetch = (words: Words): boolean => {
    const state = words.load(rdwr, acquire);
    if ((state & 0xffff) === state >> 16) return false;
    words.assume(words.exchangeIf(rdwr, state, state + 0x1_0000, acquireRelease) === state);
    words.assume(words.load(written, acquire) === (state & 0xffff));
    return true;
  };
  const reader: Body = (words) => {
    for (let i = 0; fetch(words); i++) {
      words.assume(i < unroll);
      words.add(read, 1, release);
    }
  };
  return program(
    'mpmc-queue',
    [write, reader],
    [
      [rdwr, 1],
      [written, 1],
      [slot(0), 17],
    ],
  );
}
