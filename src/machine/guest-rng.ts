import { bringUpRng } from '../guest/bring-up.js';
import { RngQueue } from '../guest/rng-queue.js';
import { RngWork } from '../workload/rng-work.js';
import { largestBlockBytes } from '../workload/work.js';
import { dmaInUse, memoryAccess } from './device-access.js';
import type { GuestDevice } from './guest-device.js';
import { slotCount, wantedFeatures } from './guest-memory.js';

/** An entropy device. */
export const guestRng: GuestDevice = {
  bringUp({ plan, port, transport }, queuesFor) {
    bringUpRng(transport, port, wantedFeatures(plan), queuesFor, memoryAccess(plan));
  },

  prepare(parts, live) {
    const { plan, index, port, memory } = parts;
    const queue = new RngQueue(port, live.queue, memory.allocator, {
      slotCount: slotCount(plan),
      bufferBytes: largestBlockBytes(plan),
      rangeMaxBytes: dmaInUse(parts.dma, live.features)?.maxMappingBytes ?? Infinity,
    });
    return { work: new RngWork(plan, index, queue), serial: '', configChanged: () => undefined };
  },
};
