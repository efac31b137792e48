import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { LivenessError } from '../../../src/errors.js';
import { ControlBlock, StopMode } from '../../../src/machine/control-block.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';

const WORKER = fileURLToPath(new URL('../../support/transport/gathering-worker.js', import.meta.url));
const OTHERS = 3;
const ROUNDS = 20_000;
const PAUSES = 4;
const EXCLUSIVE = 0;
const COUNT = 128;

const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

interface Seen {
  readonly touched: number;
  readonly pauses: number;
  readonly counted: number;
}

/** Threads that come when they are gathered, so many times at least, and what each of them has seen at its end. */
function startOthers(
  control: ControlBlock,
  count: number,
  rounds: number,
  pauses: number,
): { shared: SharedMemory; results: Promise<Seen>[] } {
  const shared = SharedMemory.ofSize(256);
  const workerData = {
    control: control.memory.buffer,
    shared: shared.buffer,
    exclusive: EXCLUSIVE,
    count: COUNT,
    rounds,
    pauses,
  };
  const results = Array.from({ length: count }, () => {
    const worker = new Worker(WORKER, { workerData });
    workers.push(worker);
    return new Promise<Seen>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
  return { shared, results };
}

describe('vCPUs that are gathered', () => {
  test('all fall quiet, touch nothing while one has the device to itself, and go on; none is missed', async () => {
    const control = ControlBlock.create();
    const { shared, results } = startOthers(control, OTHERS, ROUNDS, PAUSES);
    let gathered = 0;
    while (control.endedCount < OTHERS) {
      control.gather();
      expect(control.waitUntilQuiet(OTHERS)).toBe(true);
      shared.store32Release(EXCLUSIVE, 1);
      const before = shared.load32Acquire(COUNT);
      for (let spin = 0; spin < 1000; spin++) shared.load32Acquire(COUNT);
      expect(shared.load32Acquire(COUNT)).toBe(before);
      shared.store32Release(EXCLUSIVE, 0);
      control.resume();
      gathered += 1;
    }
    const all = await Promise.all(results);
    expect(all.map(({ touched }) => touched)).toEqual([0, 0, 0]);
    expect(control.resumedCount).toBe(gathered);
    const counted = all.reduce((sum, one) => sum + one.counted, 0);
    expect(shared.load32Acquire(COUNT), 'registers were never behind two selectors').toBe(counted);
  });
});

describe('a machine that is stopped', () => {
  test('keeps nobody waiting', () => {
    const control = ControlBlock.create();
    control.raiseStop(StopMode.abort);
    expect(control.waitUntilQuiet(1)).toBe(false);
    control.beQuiet();
    control.waitUntilAllEnded(2, () => expect.fail('nobody is to be served any more'));
    control.withRegisters(() => {
      expect(() => control.withRegisters(() => undefined)).toThrow(LivenessError);
    });
  });

  test('lets go of the registers when an access fails', () => {
    const control = ControlBlock.create();
    const broken = new Error('broken');
    expect(() =>
      control.withRegisters(() => {
        throw broken;
      }),
    ).toThrow(broken);
    let reached = false;
    control.withRegisters(() => (reached = true));
    expect(reached).toBe(true);
  });
});

test('a vCPU at its end serves those that wait for it, until the last one has ended', async () => {
  const control = ControlBlock.create();
  const { results } = startOthers(control, 1, 1, 1);
  control.gather();
  control.end();
  let served = 0;
  await new Promise((resolve) => setTimeout(resolve, 100));
  control.waitUntilAllEnded(2, () => {
    served += 1;
    control.resume();
  });
  expect(served).toBe(1);
  expect(await Promise.all(results)).toEqual([{ touched: 0, pauses: 1, counted: 1 }]);
});
