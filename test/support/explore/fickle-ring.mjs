import { isMainThread } from 'node:worker_threads';

// A program that is not the same in every thread that explores it.
const FIRST = isMainThread ? 1 : 2;

export const program = {
  name: 'fickle',
  memoryBytes: 64,
  threads: [0, 1, 2, 3].map((t) => ({
    name: `thread ${t}`,
    run: (port) => {
      for (let i = 0; i < 3; i++) port.store32Release(4 * ((t + i) % 4), 10 * t + i + FIRST);
      return port.load32Acquire(4 * t);
    },
  })),
};
