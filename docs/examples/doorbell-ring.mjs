// A ring of one's own: a producer hands words to a consumer, which sleeps when there are none.
//
//   vring explore docs/examples/doorbell-ring.mjs
//   vring explore docs/examples/doorbell-ring.mjs --set fence=false      loses a wakeup, except under sc and js
//
// Both sides use nothing but the methods of MemoryPort, so they run on real threads as they are. docs/EXPLORE.md
// says what a program must look like.

const HEAD = 0;
const SLEEPING = 64;
const BELL = 128;
const SLOTS = 192;

/** @type {import('vring').ProgramExport} */
export function program({ messages = 2, fence = true }) {
  return {
    name: `doorbell ring, ${messages} messages${fence ? '' : ', no fences'}`,
    memoryBytes: SLOTS + 4 * messages,
    threads: [
      { name: 'producer', run: (port) => produce(port, messages, fence) },
      { name: 'consumer', run: (port) => consume(port, messages, fence) },
    ],
    check: ([, received]) => {
      const isRight = received.every((word, i) => word === 100 + i);
      if (!isRight) throw new Error(`the consumer got ${received}`);
    },
  };
}

function produce(port, messages, fence) {
  for (let i = 0; i < messages; i++) {
    port.store32(SLOTS + 4 * i, 100 + i);
    port.store32Release(HEAD, i + 1);
    // Without it, the load below can come before the store above is visible.
    if (fence) port.fence();
    if (port.load32Acquire(SLEEPING) === 0) continue;
    port.add32(BELL, 1);
    port.notify32(BELL);
  }
}

function consume(port, messages, fence) {
  const received = [];
  while (received.length < messages) {
    const head = port.load32Acquire(HEAD);
    if (received.length < head) {
      received.push(port.load32(SLOTS + 4 * received.length));
      continue;
    }
    const rung = port.load32Acquire(BELL);
    port.store32Release(SLEEPING, 1);
    if (fence) port.fence();
    if (port.load32Acquire(HEAD) === received.length) port.wait32(BELL, rung, Infinity);
    port.store32Release(SLEEPING, 0);
  }
  return received;
}
