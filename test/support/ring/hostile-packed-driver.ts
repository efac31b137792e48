import { INDIRECT, NEXT, type PackedDescriptor, WRITE } from './packed-wire.js';
import type { PackedRig } from './rig.js';
import { buffer, pop, post, postMany, serve } from './traffic.js';
import type { ViolationCase } from './violation-case.js';

/** Shows the device a list at `position`: NEXT on all but the last, each with the bits of its own lap. */
export function offer(
  rig: PackedRig,
  position: number,
  descriptors: readonly Partial<PackedDescriptor>[],
): void {
  for (const [i, { flags = 0, ...rest }] of descriptors.entries()) {
    const next = i + 1 < descriptors.length ? NEXT : 0;
    const fields = { address: rig.payload, length: 1, id: 0, ...rest };
    rig.wire.pokeDescriptor(position + i, {
      ...fields,
      flags: flags | next | rig.wire.availBits(position + i),
    });
  }
}

const ids: ViolationCase<PackedRig>[] = [
  {
    title: 'an id as large as the queue',
    code: 'VIRTQ_PACKED_ID_RANGE',
    section: '2.8.21.1',
    options: { size: 7 },
    arrange: (rig) => offer(rig, 0, [{ id: 7 }]),
    actual: 7,
  },
  {
    title: 'an id that is in flight',
    code: 'VIRTQ_PACKED_ID_REPEATED',
    section: '2.8.21',
    arrange: (rig) => {
      postMany(rig, 2);
      pop(rig);
      pop(rig);
      offer(rig, 2, [{ id: 1 }]);
    },
    actual: 1,
  },
  {
    title: 'an id that is in flight, in the last descriptor of a list',
    code: 'VIRTQ_PACKED_ID_REPEATED',
    section: '2.8.21',
    arrange: (rig) => {
      postMany(rig, 1);
      pop(rig);
      offer(rig, 1, [{ id: 5 }, { id: 0 }]);
    },
    actual: 0,
  },
];

const lists: ViolationCase<PackedRig>[] = [
  {
    title: 'a list that goes on in a slot that was never made available',
    code: 'VIRTQ_PACKED_CHAIN_FLAGS',
    section: '2.8.6',
    arrange: (rig) => offer(rig, 0, [{ flags: NEXT }]),
    actual: '0x0',
  },
  {
    title: 'a list across the end of the ring whose second half has the bits of the lap before',
    code: 'VIRTQ_PACKED_CHAIN_FLAGS',
    section: '2.8.6',
    options: { size: 5, startIndex: 4 },
    arrange: (rig) => {
      offer(rig, 4, [{}, {}]);
      rig.wire.pokeDescriptor(5, { flags: rig.wire.availBits(4) });
    },
    actual: '0x80',
  },
  {
    title: 'a list that goes on in a used slot',
    code: 'VIRTQ_PACKED_CHAIN_FLAGS',
    section: '2.8.6',
    options: { size: 3 },
    arrange: (rig) => {
      postMany(rig, 1);
      serve(rig);
      offer(rig, 1, [{}, { flags: NEXT }]);
      // Of three slots the next is the one that the device has used, in the lap before.
    },
    actual: '0x8082',
  },
  {
    title: 'a list longer than the ring',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    arrange: (rig) =>
      offer(
        rig,
        0,
        Array.from({ length: 8 }, () => ({ flags: NEXT })),
      ),
    actual: 'more than 8',
  },
  {
    title: 'a list of one that goes on, in a queue of one',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    options: { size: 1 },
    arrange: (rig) => offer(rig, 0, [{ flags: NEXT }]),
    actual: 'more than 1',
  },
  {
    title: 'a list that runs into slots that are in flight',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [1, 1], [1, 1, 1]));
      pop(rig);
      offer(rig, 5, [{ id: 5 }, { id: 5 }, { id: 5 }, { id: 5 }]);
    },
    actual: 'more than 3',
  },
  {
    title: 'a slot of the next lap while all slots are in flight',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    arrange: (rig) => {
      postMany(rig, 8);
      for (let i = 0; i < 8; i++) pop(rig);
      offer(rig, 8, [{ id: 0 }]);
    },
    actual: 'more than 0',
  },
  {
    title: 'slots of the next lap that the device has returned and not shown yet',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    options: { inOrder: true, size: 4 },
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [1, 1], [1, 1]));
      rig.device.stageUsed(pop(rig), 2);
      offer(rig, 4, [{}, {}, {}, {}]);
    },
    actual: 'more than 0',
  },
  {
    title: 'a readable range behind a writable one',
    code: 'VIRTQ_PACKED_DESC_ORDER',
    section: '2.8.17',
    arrange: (rig) => offer(rig, 0, [{ flags: WRITE }, {}]),
    actual: 'readable element 1',
  },
];

const ranges: ViolationCase<PackedRig>[] = [
  {
    title: 'more than 2^32 bytes, from memory that is smaller',
    code: 'VIRTQ_PACKED_CHAIN_BYTES',
    section: '2.8.4',
    options: { size: 8191, memoryBytes: 1 << 20 },
    arrange: (rig) =>
      offer(
        rig,
        0,
        Array.from({ length: 4097 }, () => ({ address: 0, length: 1 << 20, flags: WRITE })),
      ),
    actual: 4097 * 2 ** 20,
  },
  {
    title: 'a range that ends one byte past memory',
    code: 'VIRTQ_PACKED_DESC_ADDRESS',
    section: '2.8.4',
    arrange: (rig) => offer(rig, 0, [{ address: rig.memory.sizeBytes - 4, length: 5 }]),
    actual: '5 bytes at 0x7fffc',
  },
  {
    title: 'an address that only the high word puts out of memory',
    code: 'VIRTQ_PACKED_DESC_ADDRESS',
    section: '2.8.4',
    arrange: (rig) => offer(rig, 0, [{}, { address: 2 ** 32 + 0x1000 }]),
    actual: '1 bytes at 0x100001000',
  },
  {
    title: 'an address at the top of 64 bits, whose end wraps round',
    code: 'VIRTQ_PACKED_DESC_ADDRESS',
    section: '2.8.4',
    arrange: (rig) => offer(rig, 0, [{ address: 2 ** 64 - 2048, length: 4096 }]),
    actual: '4096 bytes at 0xfffffffffffff800',
  },
  {
    title: 'an indirect table that is not in memory',
    code: 'VIRTQ_PACKED_DESC_ADDRESS',
    section: '2.8.4',
    options: { indirect: true },
    arrange: (rig) => offer(rig, 0, [{ address: rig.memory.sizeBytes - 16, length: 32, flags: INDIRECT }]),
    actual: '32 bytes at 0x7fff0',
  },
];

/** What a driver can do wrong in the ring that a device has to notice. */
export const ringCases: ViolationCase<PackedRig>[] = [...ids, ...lists, ...ranges];
