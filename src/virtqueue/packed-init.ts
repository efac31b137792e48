import type { MemoryPort } from '../memory/port.js';
import { EventFlag, PACKED_DESC_BYTES, PackedDesc, PackedEvent, type PackedLayout } from './packed-layout.js';
import { positionAt } from './ring-position.js';

/**
 * Makes the memory of a packed virtqueue what it must be before the queue is enabled: all zero (virtio 1.4, 2.8.1),
 * which with wrap counters of 1 is neither available nor used. For another `startIndex`, the slots look as if the laps
 * up to there had been made and everything had been used: those behind it in this lap, those in front in the last.
 */
export function initPackedRing(port: MemoryPort, layout: PackedLayout, startIndex: number): void {
  const start = positionAt(layout.size, startIndex);
  const thisLap = start.usedFlags;
  start.advance(layout.size);
  const lastLap = start.usedFlags;
  for (let slot = 0; slot < layout.size; slot++) {
    const at = layout.ring + slot * PACKED_DESC_BYTES;
    // Each field with the width that it is accessed with in operation: a ring may be made where one was before.
    for (let i = 0; i < PackedDesc.id; i += 4) port.store32(at + i, 0);
    port.store16(at + PackedDesc.id, 0);
    port.store16(at + PackedDesc.flags, slot < start.slot ? thisLap : lastLap);
  }
  for (const event of [layout.driverEvent, layout.deviceEvent]) {
    port.store16Relaxed(event + PackedEvent.offWrap, 0);
    port.store16Release(event + PackedEvent.flags, EventFlag.enable);
  }
}
