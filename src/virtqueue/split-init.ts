import type { MemoryPort } from '../memory/port.js';
import type { SplitLayout } from './split-layout.js';
import { DESC_BYTES } from './split-layout.js';

/**
 * Makes the memory of a split virtqueue what it must be before the queue is enabled: all zero (virtio 1.4, 4.2.3.2),
 * and all indices at `startIndex`. The last time that the driver writes the used ring (2.7.8).
 */
export function initSplitRing(port: MemoryPort, layout: SplitLayout, startIndex: number): void {
  for (let i = 0; i < layout.size * DESC_BYTES; i += 4) port.store32(layout.desc + i, 0);
  for (let i = 0; i < layout.size; i++) {
    port.store16(layout.availRing + 2 * i, 0);
    port.store32(layout.usedRing + 8 * i, 0);
    port.store32(layout.usedRing + 8 * i + 4, 0);
  }
  port.store16Relaxed(layout.availFlags, 0);
  port.store16Relaxed(layout.usedFlags, 0);
  port.store16Relaxed(layout.usedEvent, startIndex);
  port.store16Relaxed(layout.availEvent, startIndex);
  port.store16Release(layout.availIdx, startIndex);
  port.store16Release(layout.usedIdx, startIndex);
}
