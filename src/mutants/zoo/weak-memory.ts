import { running, weak } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { PACKED_DEVICE, patch, SPLIT_DEVICE, SPLIT_DRIVER } from './patch.js';

const STALE = { rc11: 'race', armv8: 'assertion' };
const STALE_ON_THREADS = { ...STALE, stress: 'PAYLOAD|SHAPE|USED_LENGTH|ORDER|TOKEN_|VIRTQ_' };
const READ_USED_IDX = 'this.port.load16Acquire(this.usedIdxAt)';

/** Loads pass loads, or stores pass stores: x86 does neither. */
export const WEAK_MEMORY: readonly Mutant[] = [
  {
    id: 'Z10',
    title: 'the available ring is read in front of the index that covers it',
    origin: 'firecracker, 2020, #2169; crosvm, 2022, 1fe0c4481; DPDK, 2018, d4ff2135eb',
    side: 'device',
    layout: 'split',
    needs: 'W',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.port.load16Acquire(this.availIdxAt)',
        'this.port.load16Relaxed(this.availIdxAt)',
      ),
    ],
    lanes: weak('split', STALE_ON_THREADS),
  },
  {
    id: 'Z12',
    title: 'a barrier behind the first look at the used index, and none behind the next ones',
    origin: 'DPDK net/virtio, 2019, 23d25f1a40',
    side: 'driver',
    layout: 'split',
    needs: 'W',
    patches: [
      patch(
        SPLIT_DRIVER,
        `const usedIdx = ${READ_USED_IDX};\n        if (usedIdx === this.seenUsedIdx)\n            return false;`,
        `const usedIdx = this.again ? this.port.load16Relaxed(this.usedIdxAt) : ${READ_USED_IDX};
        this.again = usedIdx !== this.seenUsedIdx;
        if (usedIdx === this.seenUsedIdx)
            return false;`,
      ),
    ],
    lanes: weak('split', STALE_ON_THREADS),
    note: 'the looks are those of one loop over getBuf, where the original looked for more pieces of a packet',
  },
  {
    id: 'Z13',
    title: 'the used ring is read in front of the index that covers it',
    origin: 'Linux virtio_ring, 2009, 2d61ba95034f',
    side: 'driver',
    layout: 'split',
    needs: 'W',
    patches: [patch(SPLIT_DRIVER, READ_USED_IDX, 'this.port.load16Relaxed(this.usedIdxAt)')],
    lanes: weak('split', STALE_ON_THREADS),
  },
  {
    id: 'Z14',
    title: 'the USED flag can be seen before id and length',
    origin: 'kvm-host, 2026, #50',
    side: 'device',
    layout: 'packed',
    needs: 'W',
    patches: [
      patch(
        PACKED_DEVICE,
        'store16Release(this.flagsAt(this.heldSlot)',
        'store16Relaxed(this.flagsAt(this.heldSlot)',
      ),
    ],
    lanes: weak('packed', STALE),
    note: 'on threads it is met too seldom for a lane of stress: the id is late by a few accesses, once in many',
  },
  {
    id: 'Z14b',
    title: 'the USED flag is written, and the id never',
    origin: 'kvm-host, 2026, #50',
    side: 'device',
    layout: 'packed',
    needs: 'D',
    patches: [patch(PACKED_DEVICE, 'this.port.store16(at + ID, id);', '')],
    lanes: running('reordered', 'BLK_|VIRTQ_|TOKEN_|mismatches', 'queue.layout=packed'),
    note: 'in order the id that the driver wrote there is the right one; it takes a device that reorders',
  },
  {
    id: 'Z82',
    title: 'the wrong region is invalidated: the driver reads what its cache held',
    origin: 'OpenAMP, 2022, b139a1f',
    side: 'dma',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'dma/swiotlb.js',
        `if (comesFromDevice(direction))
            this.bounce(bounceAddress, sizeBytes, Direction.fromDevice);
        this.releaseSlots`,
        `if (comesFromDevice(direction))
            this.bounce(bounceAddress, Math.min(sizeBytes, 4), Direction.fromDevice);
        this.releaseSlots`,
      ),
    ],
    lanes: [...running('bounced', 'not what it must be'), ...running('unchecked', 'mismatches|BLK_')],
    note: 'vring has no caches; a bounce buffer of which too little comes back is the same to the driver',
  },
];
