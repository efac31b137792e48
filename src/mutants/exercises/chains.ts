import { Chain } from '../../virtqueue/chain.js';
import { Desc, DESC_BYTES, DescFlag, splitLayout } from '../../virtqueue/split-layout.js';
import { linked, mustRefuse } from './expect.js';
import { Rig } from './rig.js';

interface Descriptor {
  readonly address: number;
  readonly length: number;
  /** With `next` in the high half. */
  readonly flags: number;
}

/** Far out of every memory here. */
const NOWHERE = 0x7fff_0000;

/** A driver writes whatever it likes, and the device must not have it. */
function hostile(
  what: string,
  write: (rig: Rig, put: (at: number, descriptor: Descriptor) => void) => void,
): void {
  const rig = new Rig({ indirect: true });
  const { availIdx } = splitLayout(rig.options.size, rig.ring);
  write(rig, (at, { address, length, flags }) => {
    rig.memory.store32(at + Desc.addressLow, address);
    rig.memory.store32(at + Desc.length, length);
    rig.memory.store32(at + Desc.flagsAndNext, flags);
  });
  rig.memory.store16Release(availIdx, 1);
  mustRefuse(what, () => void rig.device.pop(new Chain()));
}

/** Two descriptors, each of which says that the other comes next, and neither has a byte. */
export function descriptorLoop(): void {
  hostile('a loop of descriptors', ({ ring }, put) => {
    put(ring.desc, { address: 0, length: 0, flags: linked(0, 1) });
    put(ring.desc + DESC_BYTES, { address: 0, length: 0, flags: linked(0, 0) });
  });
}

export function emptyTable(): void {
  hostile('an indirect table without an entry', (rig, put) => {
    put(rig.ring.desc, { address: rig.place(64), length: 0, flags: DescFlag.indirect });
  });
}

export function nestedTable(): void {
  hostile('an indirect table in an indirect table', (rig, put) => {
    const table = rig.place(64);
    put(rig.ring.desc, { address: table, length: DESC_BYTES, flags: DescFlag.indirect });
    put(table, { address: table, length: DESC_BYTES, flags: DescFlag.indirect });
  });
}

/** The first range is right, and the second is nowhere: there is no half of a buffer. */
export function brokenChain(): void {
  hostile('a chain that leads out of memory', (rig, put) => {
    put(rig.ring.desc, { address: rig.place(64), length: 64, flags: linked(0, 1) });
    put(rig.ring.desc + DESC_BYTES, { address: NOWHERE, length: 64, flags: DescFlag.write });
  });
}
