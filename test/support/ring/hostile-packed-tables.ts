import { offer } from './hostile-packed-driver.js';
import { EVENT_DESC, INDIRECT, NEXT, type PackedDescriptor, WRITE } from './packed-wire.js';
import type { PackedRig } from './rig.js';
import { postMany, serve } from './traffic.js';
import type { ViolationCase } from './violation-case.js';

const TABLE = 65536;

/** Writes a table of `entries` readable bytes at {@link TABLE}, and shows the device a descriptor that refers to it. */
function offerTable(
  rig: PackedRig,
  length = 32,
  flags = INDIRECT,
  entries: readonly Partial<PackedDescriptor>[] = [{}, {}],
): void {
  for (const [i, entry] of entries.entries()) {
    const fields = { address: rig.payload, length: 1, id: 0, flags: 0, ...entry };
    rig.wire.pokeDescriptorAt(TABLE + 16 * i, fields);
  }
  offer(rig, 0, [{ address: TABLE, length, flags }]);
}

/** What a driver can do wrong with an indirect table. */
export const tableCases: ViolationCase<PackedRig>[] = [
  {
    title: 'an indirect descriptor without the feature',
    code: 'VIRTQ_PACKED_INDIRECT_FEATURE',
    section: '2.8.19',
    arrange: (rig) => offerTable(rig),
    actual: 'INDIRECT',
  },
  {
    title: 'INDIRECT and NEXT in one descriptor',
    code: 'VIRTQ_PACKED_INDIRECT_MIXED',
    section: '2.8.19',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT | NEXT),
    actual: 'INDIRECT in a list',
  },
  {
    title: 'an indirect descriptor behind a direct one, which a split ring may have',
    code: 'VIRTQ_PACKED_INDIRECT_MIXED',
    section: '2.8.19',
    options: { indirect: true },
    arrange: (rig) => offer(rig, 0, [{}, { address: rig.payload, length: 16, flags: INDIRECT }]),
    actual: 'INDIRECT in a list',
  },
  {
    title: 'a table longer than the queue',
    code: 'VIRTQ_PACKED_CHAIN_LENGTH',
    section: '2.8.17',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 9 * 16),
    actual: 'more than 8',
  },
  {
    title: 'a table of no entries',
    code: 'VIRTQ_PACKED_INDIRECT_LENGTH',
    section: '2.8.7',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 0),
    actual: 0,
  },
  {
    title: 'a table of one and a half entries',
    code: 'VIRTQ_PACKED_INDIRECT_LENGTH',
    section: '2.8.7',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 24),
    actual: 24,
  },
  {
    title: 'a readable range behind a writable one, in a table',
    code: 'VIRTQ_PACKED_DESC_ORDER',
    section: '2.8.17',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 48, INDIRECT, [{}, { flags: WRITE }, {}]),
    actual: 'readable element 2',
  },
  {
    title: 'an entry of a table that is not in memory',
    code: 'VIRTQ_PACKED_DESC_ADDRESS',
    section: '2.8.4',
    options: { indirect: true },
    arrange: (rig) => offerTable(rig, 32, INDIRECT, [{}, { address: 2 ** 40, length: 2 }]),
    actual: '2 bytes at 0x10000000000',
  },
];

/** What a driver can do wrong with its event suppression structure. */
export const eventCases: ViolationCase<PackedRig>[] = [
  {
    title: 'the reserved value of the event flags',
    code: 'VIRTQ_PACKED_EVENT_FLAGS',
    section: '2.8.14',
    options: { eventIdx: true },
    arrange: (rig) => wish(rig, { flags: 3 }),
    call: 'interrupt',
    actual: 3,
  },
  {
    title: 'the event flag DESC without EVENT_IDX',
    code: 'VIRTQ_PACKED_EVENT_FLAGS',
    section: '2.8.14',
    arrange: (rig) => wish(rig, { flags: EVENT_DESC }),
    call: 'interruptPrepare',
    actual: EVENT_DESC,
  },
  {
    title: 'an event far behind the end of the ring',
    code: 'VIRTQ_PACKED_EVENT_OFFSET',
    section: '2.8.10',
    options: { eventIdx: true, size: 7 },
    arrange: (rig) => wish(rig, { slot: 0x7fff, wrap: 0, flags: EVENT_DESC }),
    call: 'interrupt',
    actual: 0x7fff,
  },
];

/** A buffer goes to the device and back, and the driver says when it wants to be told. */
function wish(rig: PackedRig, event: Parameters<PackedRig['wire']['pokeDriverEvent']>[0]): void {
  postMany(rig, 1);
  serve(rig);
  rig.wire.pokeDriverEvent(event);
}
