import { assert } from '../assert.js';
import { bringUpRng } from '../guest/bring-up.js';
import { RngQueue } from '../guest/rng-queue.js';
import { RngWork } from '../workload/rng-work.js';
import { largestBlockBytes } from '../workload/work.js';
import type { GuestDevice } from './guest-device.js';
import { slotCount, wantedFeatures } from './guest-memory.js';

/** An entropy device. */
export const guestRng: GuestDevice = {
  bringUp({ plan, port, transport }, [queue, ...others]) {
    assert(queue !== undefined && others.length === 0, 'an entropy device has one queue');
    bringUpRng(transport, port, wantedFeatures(plan), queue);
  },

  prepare({ plan, index, port, memory }, live) {
    const queue = new RngQueue(port, live.queue, memory.allocator, slotCount(plan), largestBlockBytes(plan));
    return { work: new RngWork(plan, index, queue), serial: '', configChanged: () => undefined };
  },
};
