// A vCPU on a thread of its own: reads and writes registers as fast as the host answers, and checks every answer.
// Plain JavaScript over the built files: worker threads cannot load TypeScript on Node 20.
import { parentPort, workerData } from 'node:worker_threads';
import { SharedMemory } from '../../../dist/src/memory/shared-memory.js';
import { ExitChannel } from '../../../dist/src/transport/exits.js';
import { DeviceWindow } from '../../../dist/src/transport/window.js';

const { buffer, vcpu, rounds, configAt, configBytes, scratchAt } = workerData;
const exits = new ExitChannel(new DeviceWindow(new SharedMemory(buffer)), vcpu, () => false);

let wrong = 0;
for (let i = 0; i < rounds; i++) {
  const at = (i * 7 + vcpu * 3) % configBytes;
  if (exits.read(configAt + at, 1) !== ((at * 37 + 11) & 0xff)) wrong += 1;
  const value = (vcpu * 0x1000_0000 + i * 31) >>> 0;
  exits.write(scratchAt + 4 * vcpu, 4, value);
  if (exits.read(scratchAt + 4 * vcpu, 4) !== value) wrong += 1;
}
parentPort?.postMessage(wrong);
