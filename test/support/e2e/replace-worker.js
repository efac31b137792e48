import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

// Loaded in front of the program: one of its kinds of thread gets another entry, which the environment names. The
// program itself has no such switch.
const { VRING_REPLACED_WORKER: replaced, VRING_WORKER: replacement } = process.env;

workerThreads.Worker = class extends workerThreads.Worker {
  constructor(entry, options) {
    const isReplaced = String(entry).endsWith(`/workers/${replaced}`);
    super(isReplaced ? new URL(replacement) : entry, options);
  }
};
syncBuiltinESMExports();
