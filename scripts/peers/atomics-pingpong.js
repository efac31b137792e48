// What one round trip between two threads costs by Atomics.wait and Atomics.notify alone: no ring, no data. It is the
// floor under a blocking virtqueue in JavaScript, as eventfd-pingpong.c is in C.
//
//   node atomics-pingpong.js [ROUND_TRIPS]
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

// Indices of 32-bit words on cache lines of their own.
const KICK = 0;
const CALL = 64;
const BYTES = 1024;

if (isMainThread) {
  const roundTrips = Number(process.argv[2] ?? 100_000);
  const buffer = new SharedArrayBuffer(BYTES);
  for (const role of ['answer', 'ask']) {
    const thread = new Worker(fileURLToPath(import.meta.url), { workerData: { buffer, role, roundTrips } });
    thread.on('error', (error) => {
      throw error;
    });
  }
} else {
  const { buffer, role, roundTrips } = workerData;
  const words = new Int32Array(buffer);
  const warmUp = Math.ceil(roundTrips / 10);
  if (role === 'answer') answer(words, warmUp + roundTrips);
  else ask(words, warmUp, roundTrips);
}

function ring(words, bell) {
  Atomics.add(words, bell, 1);
  Atomics.notify(words, bell);
}

function waitFor(words, bell, count) {
  for (let seen = Atomics.load(words, bell); seen !== count; seen = Atomics.load(words, bell))
    Atomics.wait(words, bell, seen);
}

function answer(words, count) {
  for (let i = 1; i <= count; i++) {
    waitFor(words, KICK, i);
    ring(words, CALL);
  }
}

function ask(words, warmUp, roundTrips) {
  const timesNs = new Float64Array(roundTrips);
  for (let i = 1; i <= warmUp + roundTrips; i++) {
    const start = process.hrtime.bigint();
    ring(words, KICK);
    waitFor(words, CALL, i);
    if (i > warmUp) timesNs[i - warmUp - 1] = Number(process.hrtime.bigint() - start);
  }
  timesNs.sort();
  for (const percent of [50, 99])
    console.log(`p${percent} ${timesNs[Math.ceil((percent / 100) * roundTrips) - 1]}`);
}
