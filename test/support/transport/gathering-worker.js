// A vCPU on a thread of its own: falls quiet whenever it is asked to, and counts, between times, in a word that only
// one vCPU at a time may count in. Plain JavaScript over the built files, like vcpu-worker.js.
import { parentPort, workerData } from 'node:worker_threads';
import { ControlBlock } from '../../../dist/src/machine/control-block.js';
import { SharedMemory } from '../../../dist/src/memory/shared-memory.js';

const { control: buffer, shared, exclusive, count, rounds, pauses: pausesWanted } = workerData;
const control = new ControlBlock(buffer);
const memory = new SharedMemory(shared);

let touched = 0;
let pauses = 0;
let counted = 0;
// However the threads are scheduled, none ends before it was gathered as often as the test wants to see.
while (counted < rounds || pauses < pausesWanted) {
  if (control.isGathering) {
    control.beQuiet();
    pauses += 1;
    continue;
  }
  // Whoever is alone has said so; nobody else may be here then.
  if (memory.load32Acquire(exclusive) !== 0) touched += 1;
  control.withRegisters(() => {
    // Plain accesses on purpose: without the lock, counts get lost.
    const before = memory.load32(count);
    for (let spin = 0; spin < 20; spin++) memory.load32Acquire(count);
    memory.store32(count, before + 1);
  });
  counted += 1;
}
control.end();
parentPort?.postMessage({ touched, pauses, counted });
