import type { RingLayout } from '../../virtqueue/layouts.js';
import { PackedDesc, PackedEvent, packedLayout } from '../../virtqueue/packed-layout.js';
import { Desc, DESC_BYTES, splitLayout } from '../../virtqueue/split-layout.js';
import { type RingMemory, WORD_BYTES } from './ring-memory.js';

/** The names of the spec for the addresses of a queue, and those of its doorbells and buffers. */
export function ringLabels(
  layout: RingLayout,
  size: number,
  bufferCount: number,
  memory: RingMemory,
): (address: number) => string | null {
  const names = new Map<number, string>([
    [memory.kick, 'kick'],
    [memory.interrupt, 'irq'],
  ]);
  for (let i = 0; i < bufferCount; i++) {
    names.set(memory.buffer(i), `request ${i}`);
    names.set(memory.buffer(i) + WORD_BYTES, `answer ${i}`);
  }
  const descriptor = layout === 'split' ? splitDescriptor : packedDescriptor;
  for (let i = 0; i < size; i++) descriptor(names, memory.ring.desc + i * DESC_BYTES, `desc[${i}]`);
  if (layout === 'split') splitRing(names, size, memory);
  else packedEvents(names, size, memory);
  return (address) => {
    const known = names.get(address);
    if (known !== undefined || address < memory.tablesAt) return known ?? null;
    // Indirect tables come and go: their entries are counted from the start of the area.
    const entry = Math.floor((address - memory.tablesAt) / DESC_BYTES);
    const start = memory.tablesAt + entry * DESC_BYTES;
    const inside = new Map<number, string>();
    descriptor(inside, start, `table[${entry}]`);
    return inside.get(address) ?? null;
  };
}

function splitDescriptor(names: Map<number, string>, at: number, name: string): void {
  names.set(at + Desc.addressLow, `${name}.addr`);
  names.set(at + Desc.addressHigh, `${name}.addr_hi`);
  names.set(at + Desc.length, `${name}.len`);
  names.set(at + Desc.flagsAndNext, `${name}.flags,next`);
}

function packedDescriptor(names: Map<number, string>, at: number, name: string): void {
  names.set(at + PackedDesc.addressLow, `${name}.addr`);
  names.set(at + PackedDesc.addressHigh, `${name}.addr_hi`);
  names.set(at + PackedDesc.length, `${name}.len`);
  names.set(at + PackedDesc.id, `${name}.id`);
  names.set(at + PackedDesc.flags, `${name}.flags`);
}

function splitRing(names: Map<number, string>, size: number, { ring }: RingMemory): void {
  const at = splitLayout(size, ring);
  names.set(at.availFlags, 'avail.flags').set(at.availIdx, 'avail.idx').set(at.usedEvent, 'used_event');
  names.set(at.usedFlags, 'used.flags').set(at.usedIdx, 'used.idx').set(at.availEvent, 'avail_event');
  for (let i = 0; i < size; i++) {
    names.set(at.availRing + 2 * i, `avail.ring[${i}]`);
    names.set(at.usedRing + 8 * i, `used.ring[${i}].id`);
    names.set(at.usedRing + 8 * i + 4, `used.ring[${i}].len`);
  }
}

function packedEvents(names: Map<number, string>, size: number, { ring }: RingMemory): void {
  const { driverEvent, deviceEvent } = packedLayout(size, ring);
  for (const [name, at] of [
    ['driver_event', driverEvent],
    ['device_event', deviceEvent],
  ] as const) {
    names.set(at + PackedEvent.offWrap, `${name}.off_wrap`).set(at + PackedEvent.flags, `${name}.flags`);
  }
}
