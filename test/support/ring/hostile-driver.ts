import type { Rig } from './rig.js';
import { pop, postMany, serve } from './traffic.js';
import type { ViolationCase } from './violation-case.js';
import { INDIRECT, NEXT, WRITE } from './wire.js';

/** Shows the device `heads` as the next entries of the available ring. */
function offer(rig: Rig, ...heads: number[]): void {
  for (const head of heads) {
    rig.wire.pokeAvail(rig.wire.availIdx, head);
    rig.wire.availIdx = (rig.wire.availIdx + 1) & 0xffff;
  }
}

const TABLE = 65536;

/** Descriptor 0 refers to a table of two readable entries at {@link TABLE}, and is offered. */
function offerTable(
  rig: Rig,
  length = 32,
  flags = INDIRECT,
  entries: { flags: number; next: number }[] = [],
): void {
  for (let i = 0; i < 2; i++) {
    const entry = entries[i] ?? { flags: i === 0 ? NEXT : 0, next: 1 };
    rig.wire.pokeDescriptorAt(TABLE + 16 * i, { address: rig.payload, length: 1, ...entry });
  }
  rig.wire.pokeDescriptor(0, { address: TABLE, length, flags, next: 1 });
  offer(rig, 0);
}

/** What a driver can do wrong that a device has to notice. */
export const deviceCases: ViolationCase[] = [
  {
    title: 'avail.idx runs ahead of the queue size',
    code: 'VIRTQ_AVAIL_IDX_JUMP',
    section: '2.7.6',
    arrange: (rig) => (rig.wire.availIdx = 9),
    actual: 9,
  },
  {
    title: 'avail.idx runs ahead of what is not in flight',
    code: 'VIRTQ_AVAIL_IDX_JUMP',
    section: '2.7.6',
    arrange: (rig) => {
      postMany(rig, 2);
      pop(rig);
      pop(rig);
      rig.wire.availIdx = 9;
    },
    actual: 9,
  },
  {
    title: 'avail.idx goes back by one',
    code: 'VIRTQ_AVAIL_IDX_JUMP',
    section: '2.7.6',
    arrange: (rig) => {
      postMany(rig, 1);
      serve(rig);
      rig.wire.availIdx = 0;
    },
    actual: 0,
  },
  {
    title: 'a head as large as the queue',
    code: 'VIRTQ_HEAD_RANGE',
    section: '2.7.6',
    arrange: (rig) => offer(rig, 8),
    actual: 8,
  },
  {
    title: 'a head that is in flight',
    code: 'VIRTQ_HEAD_REPEATED',
    section: '2.7.13',
    arrange: (rig) => {
      postMany(rig, 2);
      pop(rig);
      pop(rig);
      offer(rig, 1);
    },
    actual: 1,
  },
  {
    title: 'a link out of the table',
    code: 'VIRTQ_NEXT_RANGE',
    section: '2.7.5',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { flags: NEXT, next: 8 });
      offer(rig, 0);
    },
    actual: 8,
  },
  {
    title: 'a link out of an indirect table, though not out of the queue',
    code: 'VIRTQ_NEXT_RANGE',
    section: '2.7.5',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT, [{ flags: NEXT, next: 2 }]),
    actual: 2,
  },
  {
    title: 'a chain that is a loop',
    code: 'VIRTQ_CHAIN_LENGTH',
    section: '2.7.5.3.1',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { flags: NEXT, next: 1 });
      rig.wire.pokeDescriptor(1, { flags: NEXT, next: 0 });
      offer(rig, 0);
    },
    actual: 'more than 8',
  },
  {
    title: 'a table that is a loop',
    code: 'VIRTQ_CHAIN_LENGTH',
    section: '2.7.5.3.1',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT, [{ flags: NEXT, next: 0 }]),
    actual: 'more than 8',
  },
  {
    title: 'a descriptor that links to itself, in a queue of one',
    code: 'VIRTQ_CHAIN_LENGTH',
    section: '2.7.5.3.1',
    options: { size: 1 },
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { flags: NEXT, next: 0 });
      offer(rig, 0);
    },
    actual: 'more than 1',
  },
  {
    title: 'more than 2^32 bytes, from memory that is smaller',
    code: 'VIRTQ_CHAIN_BYTES',
    section: '2.7.5.2',
    options: { size: 8192, memoryBytes: 1 << 20 },
    arrange: (rig) => {
      for (let i = 0; i < 4097; i++) {
        rig.wire.pokeDescriptor(i, { address: 0, length: 1 << 20, flags: NEXT | WRITE, next: i + 1 });
      }
      offer(rig, 0);
    },
    actual: 4097 * 2 ** 20,
  },
  {
    title: 'a range that ends one byte past memory',
    code: 'VIRTQ_DESC_ADDRESS',
    section: '2.7.5',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { address: rig.memory.sizeBytes - 4, length: 5 });
      offer(rig, 0);
    },
    actual: '5 bytes at 0x7fffc',
  },
  {
    title: 'an address that only the high word puts out of memory',
    code: 'VIRTQ_DESC_ADDRESS',
    section: '2.7.5',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { address: 2 ** 32 + 0x1000, length: 1 });
      offer(rig, 0);
    },
    actual: '1 bytes at 0x100001000',
  },
  {
    title: 'an address at the top of 64 bits, whose end wraps round',
    code: 'VIRTQ_DESC_ADDRESS',
    section: '2.7.5',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { address: 2 ** 64 - 2048, length: 4096 });
      offer(rig, 0);
    },
    actual: '4096 bytes at 0xfffffffffffff800',
  },
  {
    title: 'an indirect table that is not in memory',
    code: 'VIRTQ_DESC_ADDRESS',
    section: '2.7.5',
    options: { indirect: true },
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { address: rig.memory.sizeBytes - 16, length: 32, flags: INDIRECT });
      offer(rig, 0);
    },
    actual: '32 bytes at 0x7fff0',
  },
  {
    title: 'a readable range behind a writable one',
    code: 'VIRTQ_DESC_ORDER',
    section: '2.7.4.2',
    arrange: (rig) => {
      rig.wire.pokeDescriptor(0, { flags: NEXT | WRITE, next: 1 });
      rig.wire.pokeDescriptor(1, { flags: 0 });
      offer(rig, 0);
    },
    actual: 'readable element 1',
  },
  {
    title: 'a readable range in a table behind a writable one in the ring',
    code: 'VIRTQ_DESC_ORDER',
    section: '2.7.4.2',
    options: { indirect: true },
    arrange: (rig) => {
      offerTable(rig);
      rig.wire.pokeDescriptor(1, { flags: NEXT | WRITE, next: 0 });
      rig.wire.pokeAvail(0, 1);
    },
    actual: 'readable element 1',
  },
  {
    title: 'an indirect descriptor without the feature',
    code: 'VIRTQ_INDIRECT_FEATURE',
    section: '2.7.5.3.1',
    options: { indirect: false },
    arrange: (rig) => offerTable(rig),
    actual: 'INDIRECT',
  },
  {
    title: 'a table within a table',
    code: 'VIRTQ_INDIRECT_NESTED',
    section: '2.7.5.3.1',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT, [{ flags: INDIRECT, next: 0 }]),
    actual: 'INDIRECT',
  },
  {
    title: 'INDIRECT and NEXT in one descriptor',
    code: 'VIRTQ_INDIRECT_NEXT',
    section: '2.7.5.3.1',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT | NEXT),
    actual: 'INDIRECT and NEXT',
  },
  {
    title: 'a table of no entries',
    code: 'VIRTQ_INDIRECT_LENGTH',
    section: '2.7.5.3',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 0),
    actual: 0,
  },
  {
    title: 'a table of one and a half entries',
    code: 'VIRTQ_INDIRECT_LENGTH',
    section: '2.7.5.3',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 24),
    actual: 24,
  },
];
