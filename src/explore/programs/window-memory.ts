import type { MemoryPort } from '../../memory/port.js';
import { Feature, FEATURE_BITS, FeatureSet } from '../../transport/features.js';
import { DeviceWindow, WINDOW_BYTES } from '../../transport/window.js';
import { initRing, type RingLayout } from '../../virtqueue/layouts.js';
import { type RingMemory, ringMemory } from './ring-memory.js';

/** A device's window, from address 0 on, and its queues behind it. */
export interface WindowMemory {
  readonly sizeBytes: number;
  readonly queues: readonly RingMemory[];
}

/** What the programs' queues have in common. */
export interface QueueShape {
  readonly layout: RingLayout;
  /** Entries of a queue. */
  readonly size: number;
  readonly eventIdx: boolean;
}

/** Lays out `queueCount` queues, each with room for `bufferCount` buffers. */
export function windowMemory(
  { layout, size }: QueueShape,
  queueCount: number,
  bufferCount: number,
): WindowMemory {
  const queues: RingMemory[] = [];
  let sizeBytes = WINDOW_BYTES;
  for (let queue = 0; queue < queueCount; queue++) {
    const memory = ringMemory(layout, size, bufferCount, sizeBytes);
    queues.push(memory);
    sizeBytes = memory.sizeBytes;
  }
  return { sizeBytes, queues };
}

/** What driver and device have agreed on. */
export function featuresOf({ layout, eventIdx }: QueueShape): FeatureSet {
  const features = FeatureSet.empty.with(Feature.version1);
  const withLayout = layout === 'packed' ? features.with(Feature.ringPacked) : features;
  return eventIdx ? withLayout.with(Feature.eventIdx) : withLayout;
}

/** The memory once both have agreed, and all queues were started; whether anybody has noticed is another question. */
export function initWindow(port: MemoryPort, shape: QueueShape, memory: WindowMemory): void {
  const window = new DeviceWindow(port);
  const features = featuresOf(shape);
  for (let select = 0; select < FEATURE_BITS / 32; select++)
    window.setNegotiatedWord(select, features.word(select));
  memory.queues.forEach(({ ring }, index) => {
    initRing(shape.layout, port, shape.size, ring, 0);
    startQueue(window, index, shape, memory);
  });
}

export function startQueue(
  window: DeviceWindow,
  index: number,
  shape: QueueShape,
  memory: WindowMemory,
): void {
  window.startQueue(index, { size: shape.size, ...(memory.queues[index] as RingMemory).ring });
}
