import { assert } from '../assert.js';
import type { RingEvent } from '../events/ring-event.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { initRing, type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { QueueOptions } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { RecordedArea } from './recording.js';

const PARTS = ['desc', 'driver', 'device'] as const;
const TABLE_ENTRY_BYTES = 16;
/** Alignment that suits each part of a ring. */
const ALIGN_BYTES = 16;

type Stored = RingEvent<'stored'>;

/** The bytes of the three parts of a ring that has just been made. */
export function initialBytes(layout: RingLayout, options: QueueOptions): Uint8Array[] {
  const parts = ringParts(layout, options.size);
  const places: number[] = [];
  let end = 0;
  for (const name of PARTS) {
    places.push(end);
    end += Math.ceil(parts[name].sizeBytes / ALIGN_BYTES) * ALIGN_BYTES;
  }
  const [desc, driver, device] = places as [number, number, number];
  const memory = SharedMemory.ofSize(end);
  initRing(layout, memory, options.size, { desc, driver, device }, options.startIndex);
  return PARTS.map((name, i) => copyOf(memory, places[i] as number, parts[name].sizeBytes));
}

/** The bytes of the three parts of a ring in guest memory. */
export function ringBytes(
  memory: MemoryPort,
  layout: RingLayout,
  size: number,
  at: RingAddresses,
): Uint8Array[] {
  const parts = ringParts(layout, size);
  return PARTS.map((name) => copyOf(memory, at[name], parts[name].sizeBytes));
}

/** A ring's areas, and behind them those of its indirect tables, as they were before `stores` were made. */
export function areasBefore(
  at: RingAddresses,
  rings: readonly Uint8Array[],
  stores: readonly Stored[],
): RecordedArea[] {
  const parts = PARTS.map((name, i) => {
    return { name, address: at[name], base: Uint8Array.from(rings[i] as Uint8Array) };
  });
  const areas = [...parts, ...tableAreas(parts, stores)];
  // Backwards, so that the first store to a byte has the last word.
  for (const { address, widthBytes, before } of stores.toReversed())
    applyStore(areas, address, widthBytes, before);
  return areas;
}

/** Writes a value where it belongs; false: no area has it. */
function applyStore(
  areas: readonly RecordedArea[],
  address: number,
  widthBytes: number,
  value: number,
): boolean {
  const area = areas.find(
    ({ address: start, base }) => address >= start && address + widthBytes <= start + base.length,
  );
  if (area === undefined) return false;
  for (let i = 0; i < widthBytes; i++) area.base[address - area.address + i] = (value >>> (8 * i)) & 0xff;
  return true;
}

/** Where stores went that were not to the ring: tables, whose entries are 16 bytes each, neighbours together. */
function tableAreas(parts: readonly RecordedArea[], stores: readonly Stored[]): RecordedArea[] {
  const isInRing = (address: number): boolean =>
    parts.some(({ address: start, base }) => address >= start && address < start + base.length);
  const entries = new Set<number>();
  for (const { address } of stores)
    if (!isInRing(address)) entries.add(address - (address % TABLE_ENTRY_BYTES));
  const areas: { address: number; entries: number }[] = [];
  for (const address of [...entries].sort((a, b) => a - b)) {
    const last = areas.at(-1);
    if (last !== undefined && last.address + last.entries * TABLE_ENTRY_BYTES === address) last.entries += 1;
    else areas.push({ address, entries: 1 });
  }
  return areas.map((area) => {
    return { name: 'table', address: area.address, base: new Uint8Array(area.entries * TABLE_ENTRY_BYTES) };
  });
}

function copyOf(memory: MemoryPort, address: number, sizeBytes: number): Uint8Array {
  assert(address + sizeBytes <= memory.sizeBytes, 'a ring at % is not within the memory', address);
  const bytes = new Uint8Array(sizeBytes);
  memory.copyOut(address, bytes, 0, sizeBytes);
  return bytes;
}
