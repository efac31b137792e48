import type { RingLayout } from '../../virtqueue/layouts.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedFlag, packedLayout } from '../../virtqueue/packed-layout.js';
import { Desc, DESC_BYTES, DescFlag, type RingAddresses, splitLayout } from '../../virtqueue/split-layout.js';

/** Who is attacked. The other one writes whatever it likes into the ring. */
export type Victim = 'device' | 'driver';

/** What an attacker lies about. */
export const LIES = ['address', 'length', 'id', 'chain', 'index', 'again', 'events'] as const;
export type Lie = (typeof LIES)[number];

/** One lie, or all of them one after the other. */
export type AttackName = Lie | 'all';

/** One store of the attacker's, with the width that the victim reads. */
export interface Rubbish {
  readonly at: number;
  readonly widthBytes: 2 | 4;
  readonly value: number;
}

/** Out of every memory here. */
const NOWHERE = 0xfff0_0000;

/** No id, index, position or flag of these small rings. */
const NO_ID = 99;
const FAR = 0x7fff;

/**
 * The stores of an attack on a ring with one buffer of two descriptors. What the buffer's descriptors say is changed
 * and put back, so that who reads them twice may find two things.
 */
export function attackOn(
  victim: Victim,
  attack: AttackName,
  layout: RingLayout,
  size: number,
  ring: RingAddresses,
): readonly Rubbish[] {
  const stores = layout === 'split' ? splitAttacks(victim, size, ring) : packedAttacks(victim, size, ring);
  return attack === 'all' ? LIES.flatMap((lie) => stores[lie]) : stores[attack];
}

type Attacks = Readonly<Record<Lie, readonly Rubbish[]>>;

function splitAttacks(victim: Victim, size: number, ring: RingAddresses): Attacks {
  const { desc, availFlags, availIdx, availRing, usedEvent, ...used } = splitLayout(size, ring);
  const second = desc + DESC_BYTES;
  const toHead = DescFlag.next | DescFlag.write;
  const chain = [word(second + Desc.flagsAndNext, toHead), word(second + Desc.flagsAndNext, nextOf(NO_ID))];
  const descriptors = {
    address: [word(second + Desc.addressHigh, 1), word(second + Desc.addressHigh, 0)],
    chain,
  };
  if (victim === 'device') {
    return {
      ...descriptors,
      length: [word(second + Desc.length, NOWHERE), word(second + Desc.length, 4)],
      id: [half(availRing, NO_ID), half(availRing, 0)],
      index: [half(availIdx, FAR), half(availIdx, 1)],
      again: [half(availRing + 2, 0), half(availIdx, 2)],
      events: [half(usedEvent, FAR), half(availFlags, FAR)],
    };
  }
  const { usedRing, usedIdx, usedFlags, availEvent } = used;
  const answer = (entry: number, id: number, length: number): Rubbish[] => [
    word(usedRing + 8 * entry, id),
    word(usedRing + 8 * entry + 4, length),
    half(usedIdx, entry + 1),
  ];
  return {
    address: [...descriptors.address, ...answer(0, 0, 4)],
    chain: [...descriptors.chain, ...answer(0, 0, 4)],
    length: [...answer(0, 0, NOWHERE), word(usedRing + 4, 4)],
    id: [...answer(0, NO_ID, 4), word(usedRing, 0)],
    index: [half(usedIdx, FAR), half(usedIdx, 1)],
    again: [...answer(0, 0, 4), ...answer(1, 0, 4)],
    events: [half(availEvent, FAR), half(usedFlags, FAR), ...answer(0, 0, 4)],
  };
}

function packedAttacks(victim: Victim, size: number, at: RingAddresses): Attacks {
  const { ring, driverEvent, deviceEvent } = packedLayout(size, at);
  const second = ring + PACKED_DESC_BYTES;
  const third = second + PACKED_DESC_BYTES;
  const { avail, used, next, write } = PackedFlag;
  const descriptors = {
    address: [word(second + PackedDesc.addressHigh, 1), word(second + PackedDesc.addressHigh, 0)],
    chain: [half(second + PackedDesc.flags, avail | next | write), half(second + PackedDesc.flags, 0)],
  };
  if (victim === 'device') {
    return {
      ...descriptors,
      length: [word(second + PackedDesc.length, NOWHERE), word(second + PackedDesc.length, 4)],
      id: [half(second + PackedDesc.id, NO_ID), half(second + PackedDesc.id, 0)],
      index: [half(ring + PackedDesc.flags, avail | used), half(ring + PackedDesc.flags, avail | next)],
      again: [half(third + PackedDesc.id, 0), half(third + PackedDesc.flags, avail)],
      events: [half(driverEvent, FAR), half(driverEvent + 2, 3)],
    };
  }
  const answer = (id: number, length: number): Rubbish[] => [
    half(ring + PackedDesc.id, id),
    word(ring + PackedDesc.length, length),
    half(ring + PackedDesc.flags, avail | used | write),
  ];
  const again = [half(third + PackedDesc.id, 0), half(third + PackedDesc.flags, avail | used)];
  return {
    address: [...descriptors.address, ...answer(0, 4)],
    chain: [...descriptors.chain, ...answer(0, 4)],
    length: [...answer(0, NOWHERE), word(ring + PackedDesc.length, 4)],
    id: [...answer(NO_ID, 4), half(ring + PackedDesc.id, 0)],
    index: [half(second + PackedDesc.flags, avail | used), ...answer(0, 4)],
    again: [...answer(0, 4), ...again],
    events: [half(deviceEvent, FAR), half(deviceEvent + 2, 3), ...answer(0, 4)],
  };
}

function nextOf(index: number): number {
  return ((index << 16) | DescFlag.next | DescFlag.write) >>> 0;
}

function half(at: number, value: number): Rubbish {
  return { at, widthBytes: 2, value };
}

function word(at: number, value: number): Rubbish {
  return { at, widthBytes: 4, value };
}
