import { Worker } from 'node:worker_threads';
import { SharedMemory } from '../memory/shared-memory.js';

/** What the probing worker is given. */
export interface WaitProbe {
  readonly buffer: SharedArrayBuffer;
  readonly timeoutMs: number;
}

const TIMEOUT_MS = 5000;

/**
 * Puts a worker to sleep on shared memory and wakes it: what every kick and every interrupt is made of.
 * Returns how its sleep ended; `ok` and `not-equal` (woken before it slept) are both right.
 */
export async function probeSharedWait(): Promise<string> {
  const memory = SharedMemory.ofSize(64);
  const probe: WaitProbe = { buffer: memory.buffer, timeoutMs: TIMEOUT_MS };
  const worker = new Worker(new URL('./doctor-worker.js', import.meta.url), { workerData: probe });
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.on('message', (message: string) => {
        if (message !== 'ready') return resolve(message);
        memory.add32(0, 1);
        memory.notify32(0);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the worker ended without an answer')));
    });
  } finally {
    await worker.terminate();
  }
}
