import { EventFlag, PackedFlag } from '../../virtqueue/packed-layout.js';
import { DescFlag } from '../../virtqueue/split-layout.js';

/** Flags of a descriptor by name, `NEXT WRITE`; empty when none is set. */
export function descriptorFlags(flags: number): string {
  const names: [string, number][] = [
    ['NEXT', DescFlag.next],
    ['WRITE', DescFlag.write],
    ['INDIRECT', DescFlag.indirect],
  ];
  return namesOf(flags, names);
}

/** The same of a packed descriptor, with the two bits that say whose turn it is in front. */
export function packedFlags(flags: number): string {
  const turn: [string, number][] = [
    ['AVAIL', PackedFlag.avail],
    ['USED', PackedFlag.used],
  ];
  return [namesOf(flags, turn), descriptorFlags(flags)].filter((text) => text !== '').join(' ');
}

/** A slot and a wrap counter as they are kept in one word. */
export function offWrap(word: number): string {
  return `slot ${word & 0x7fff}, wrap ${word >>> 15}`;
}

export function eventFlags(flags: number): string {
  const names: Readonly<Record<number, string>> = {
    [EventFlag.enable]: 'ENABLE',
    [EventFlag.disable]: 'DISABLE',
    [EventFlag.desc]: 'DESC',
  };
  return names[flags] ?? `${flags} (reserved)`;
}

function namesOf(flags: number, names: readonly [string, number][]): string {
  return names
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .join(' ');
}
