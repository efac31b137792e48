import { parentPort, workerData } from 'node:worker_threads';
import { SharedMemory } from '../memory/shared-memory.js';
import type { WaitProbe } from './doctor-wait.js';

// The sleeping half of the doctor's wait check.
const { buffer, timeoutMs } = workerData as WaitProbe;
const memory = new SharedMemory(buffer);
parentPort?.postMessage('ready');
parentPort?.postMessage(memory.wait32(0, 0, timeoutMs));
