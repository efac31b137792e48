import type { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import type { WireRange } from './wire.js';

/** Ranges of a buffer that two numbers choose: mostly short for the queue, now and then as long as it is. */
export function chooseRanges(payload: number, queueSize: number, a: number, b: number): WireRange[] {
  const usual = Math.min(queueSize, Math.max(6, queueSize >> 6));
  const count = a % 64 === 0 ? queueSize : 1 + (a % usual);
  const readableCount = b % (count + 1);
  return Array.from({ length: count }, (_, i) => ({
    address: payload + ((b + i * 31) % 1024),
    length: (b + i * 7) % 11 === 0 ? 0 : 1 + ((a + i * 13) % 300),
    writable: i >= readableCount,
  }));
}

export function toScatterList(ranges: readonly WireRange[], into: ScatterList): ScatterList {
  into.clear();
  for (const { address, length, writable } of ranges) {
    if (writable) into.addWritable(address, length);
    else into.addReadable(address, length);
  }
  return into;
}

export function writableBytes(ranges: readonly WireRange[]): number {
  return ranges.reduce((sum, range) => sum + (range.writable ? range.length : 0), 0);
}
