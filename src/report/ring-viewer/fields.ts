import type { RecordedLife } from '../../recording/recording.js';
import { Desc, splitLayout } from '../../virtqueue/split-layout.js';
import { PackedDesc, PackedEvent, packedLayout } from '../../virtqueue/packed-layout.js';

/** What a word of a ring's memory is called. */
export interface Field {
  readonly name:
    | 'addressLow'
    | 'addressHigh'
    | 'length'
    | 'flagsAndNext'
    | 'id'
    | 'flags'
    | 'availFlags'
    | 'availIdx'
    | 'availRing'
    | 'usedEvent'
    | 'usedFlags'
    | 'usedIdx'
    | 'usedId'
    | 'usedLength'
    | 'availEvent'
    | 'driverOffWrap'
    | 'driverFlags'
    | 'deviceOffWrap'
    | 'deviceFlags'
    | 'unknown';
  /** Of the entry, where there are many; of a table's entry, its number in the table. */
  readonly index: number;
  /** Where a descriptor is: of the ring, or of an indirect table. */
  readonly table: number | null;
}

const ENTRY_BYTES = 16;
const SPLIT_PARTS: Readonly<Record<number, Field['name']>> = {
  [Desc.addressLow]: 'addressLow',
  [Desc.addressHigh]: 'addressHigh',
  [Desc.length]: 'length',
  [Desc.flagsAndNext]: 'flagsAndNext',
};
const PACKED_PARTS: Readonly<Record<number, Field['name']>> = {
  [PackedDesc.addressLow]: 'addressLow',
  [PackedDesc.addressHigh]: 'addressHigh',
  [PackedDesc.length]: 'length',
  [PackedDesc.id]: 'id',
  [PackedDesc.flags]: 'flags',
};

export function fieldAt(life: RecordedLife, address: number): Field {
  const table = life.areas.find(
    ({ name, address: start, base }) => name === 'table' && address >= start && address < start + base.length,
  );
  const parts = life.layout === 'split' ? SPLIT_PARTS : PACKED_PARTS;
  if (table !== undefined) return descriptorField(parts, address, table.address, table.address);
  return life.layout === 'split' ? splitField(life, address) : packedField(life, address);
}

function splitField({ options: { size }, addresses }: RecordedLife, address: number): Field {
  const layout = splitLayout(size, addresses);
  const single: [number, Field['name']][] = [
    [layout.availFlags, 'availFlags'],
    [layout.availIdx, 'availIdx'],
    [layout.usedEvent, 'usedEvent'],
    [layout.usedFlags, 'usedFlags'],
    [layout.usedIdx, 'usedIdx'],
    [layout.availEvent, 'availEvent'],
  ];
  const found = single.find(([at]) => at === address);
  if (found !== undefined) return { name: found[1], index: 0, table: null };
  const inAvail = address - layout.availRing;
  if (inAvail >= 0 && inAvail < 2 * size) return { name: 'availRing', index: inAvail / 2, table: null };
  const inUsed = address - layout.usedRing;
  if (inUsed >= 0 && inUsed < 8 * size) {
    return { name: inUsed % 8 === 0 ? 'usedId' : 'usedLength', index: Math.floor(inUsed / 8), table: null };
  }
  return inDescriptors(SPLIT_PARTS, address, layout.desc, size);
}

function packedField({ options: { size }, addresses }: RecordedLife, address: number): Field {
  const layout = packedLayout(size, addresses);
  const single: [number, Field['name']][] = [
    [layout.driverEvent + PackedEvent.offWrap, 'driverOffWrap'],
    [layout.driverEvent + PackedEvent.flags, 'driverFlags'],
    [layout.deviceEvent + PackedEvent.offWrap, 'deviceOffWrap'],
    [layout.deviceEvent + PackedEvent.flags, 'deviceFlags'],
  ];
  const found = single.find(([at]) => at === address);
  if (found !== undefined) return { name: found[1], index: 0, table: null };
  return inDescriptors(PACKED_PARTS, address, layout.ring, size);
}

function inDescriptors(
  parts: Readonly<Record<number, Field['name']>>,
  address: number,
  start: number,
  size: number,
): Field {
  const isInside = address >= start && address < start + size * ENTRY_BYTES;
  return isInside ? descriptorField(parts, address, start, null) : { name: 'unknown', index: 0, table: null };
}

function descriptorField(
  parts: Readonly<Record<number, Field['name']>>,
  address: number,
  start: number,
  table: number | null,
): Field {
  const name = parts[(address - start) % ENTRY_BYTES] ?? 'unknown';
  return { name, index: Math.floor((address - start) / ENTRY_BYTES), table };
}
