import { SECTOR_BYTES, BlkStatus } from '../devices/blk.js';
import { BlkQueue } from '../guest/blk-queue.js';
import { readBlkCapacity, readBlkLimits } from '../guest/blk-limits.js';
import { BlkSlots } from '../guest/blk-slots.js';
import { bringUpBlk } from '../guest/bring-up.js';
import { BlkCopyWork } from '../workload/blk-copy-work.js';
import { BlkWork } from '../workload/blk-work.js';
import { largestBlockBytes } from '../workload/work.js';
import { dmaInUse, memoryAccess } from './device-access.js';
import type { GuestDevice, LiveQueue } from './guest-device.js';
import { slotCount, wantedFeatures } from './guest-memory.js';

/** A block device. */
export const guestBlk: GuestDevice = {
  bringUp({ plan, port, transport }, queuesFor) {
    bringUpBlk(transport, port, wantedFeatures(plan), queuesFor, memoryAccess(plan));
  },

  prepare(parts, live) {
    const { plan, index, port, memory, transport } = parts;
    const { workload } = plan;
    const asked = readBlkLimits(transport, live.features);
    const mappingMaxBytes = dmaInUse(parts.dma, live.features)?.maxMappingBytes ?? Infinity;
    const limits = { ...asked, sizeMaxBytes: Math.min(asked.sizeMaxBytes, mappingMaxBytes) };
    const slots = new BlkSlots(port, memory.allocator, slotCount(plan), largestBlockBytes(plan));
    const blk = new BlkQueue(port, live.queue, slots, limits, { merged: workload.framing === 'merged' });
    const capacityBytes = limits.capacitySectors * SECTOR_BYTES;
    const work =
      workload.source === null
        ? new BlkWork(plan, index, blk, capacityBytes)
        : new BlkCopyWork(plan, blk, capacityBytes, workload.source);
    const serial = index === 0 ? askSerial(blk, live) : '';
    const configChanged = (): void => blk.resize(readBlkCapacity(transport));
    // A change that was announced before this was heard by nobody.
    configChanged();
    return { work, serial, configChanged };
  },
};

/** One request before the run: who the device says it is. */
function askSerial(blk: BlkQueue, live: LiveQueue): string {
  const slot = 0;
  blk.getId(slot);
  live.kickAndWait(() => blk.complete() === slot);
  return blk.status(slot) === BlkStatus.ok ? blk.identity(slot) : '';
}
