import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { ExitServer, type RegisterFile } from '../../../src/transport/exits.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { RegisterRig } from '../../support/transport/register-rig.js';

const ROUNDS = 400;
const VCPUS = 2;
const CONFIG_BYTES = 64;
/** Registers of the test, where the device has none. */
const SCRATCH = 0x2000;

test('two vCPUs that exit at once, on real threads, each get the answers to their own accesses', async () => {
  const config = Uint8Array.from({ length: CONFIG_BYTES }, (_, i) => (i * 37 + 11) & 0xff);
  const rig = new RegisterRig({ model: { config } });
  const scratch = new Map<number, number>();
  let accesses = 0;
  const registers: RegisterFile = {
    read: (offset, widthBytes) => {
      accesses += 1;
      return offset >= SCRATCH ? (scratch.get(offset) ?? 0) : rig.device.read(offset, widthBytes);
    },
    write: (offset, _, value) => {
      accesses += 1;
      scratch.set(offset, value);
    },
  };
  const server = new ExitServer(rig.window, registers, VCPUS);
  const wrong = Array.from({ length: VCPUS }, () => -1);
  const ended = wrong.map(async (_, vcpu) => {
    const where = { configAt: Mmio.config, configBytes: CONFIG_BYTES, scratchAt: SCRATCH };
    const workerData = { buffer: rig.memory.buffer, vcpu, rounds: ROUNDS, ...where };
    const worker = new Worker(new URL('../../support/transport/vcpu-worker.js', import.meta.url), {
      workerData,
    });
    worker.on('message', (count: number) => (wrong[vcpu] = count));
    await once(worker, 'exit');
  });
  const state = { running: true };
  const all = Promise.all(ended).finally(() => (state.running = false));
  while (state.running) {
    // A turn for every exit that is there, then one for the event loop, which has to hear of the workers' ends.
    while (server.serve());
    await new Promise(setImmediate);
  }
  await all;
  expect(wrong).toEqual([0, 0]);
  expect(accesses, 'each access was made once').toBe(VCPUS * ROUNDS * 3);
  expect(server.hasWork()).toBe(false);
  expect(rig.codes).toEqual([]);
});
