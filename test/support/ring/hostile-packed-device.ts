import { EVENT_DESC, WRITE } from './packed-wire.js';
import type { PackedRig } from './rig.js';
import { buffer, post, postMany, serve } from './traffic.js';
import type { ViolationCase } from './violation-case.js';

/** Shows the driver a used descriptor at `position`; without a length nothing was written. */
export function claim(rig: PackedRig, position: number, id: number, length = 0): void {
  const write = length > 0 ? WRITE : 0;
  rig.wire.pokeDescriptor(position, { id, length, flags: rig.wire.usedBits(position) | write });
}

/** What a device can do wrong that a driver has to notice. */
export const driverCases: ViolationCase<PackedRig>[] = [
  {
    title: 'an id as large as the queue',
    code: 'VIRTQ_PACKED_USED_ID_RANGE',
    section: '2.8.22',
    options: { size: 7 },
    arrange: (rig) => {
      postMany(rig, 1);
      claim(rig, 0, 7);
    },
    actual: 7,
  },
  {
    title: 'IN_ORDER: an id far out of range',
    code: 'VIRTQ_PACKED_USED_ID_RANGE',
    section: '2.8.22',
    options: { inOrder: true, startIndex: 0xffff },
    arrange: (rig) => {
      postMany(rig, 2);
      claim(rig, 0xffff, 0xffff, 16);
    },
    actual: 0xffff,
  },
  {
    title: 'an id that was never handed out',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    arrange: (rig) => {
      postMany(rig, 2);
      claim(rig, 0, 7);
    },
    actual: 7,
  },
  {
    title: 'a used descriptor where the driver has made nothing available',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    options: { startIndex: 12 },
    arrange: (rig) => claim(rig, 12, 0),
    actual: 0,
  },
  {
    title: 'an id that was returned before',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    arrange: (rig) => {
      postMany(rig, 3);
      serve(rig);
      rig.driver.getBuf();
      claim(rig, 1, 0, 16);
    },
    actual: 0,
  },
  {
    title: 'the id of a buffer that is staged and was not published',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    arrange: (rig) => {
      postMany(rig, 1);
      rig.driver.stageBuf(buffer(rig, [], [8]), 1);
      claim(rig, 0, 1);
    },
    actual: 1,
  },
  {
    title: 'one id in two used descriptors',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    arrange: (rig) => {
      postMany(rig, 3);
      claim(rig, 0, 1);
      claim(rig, 1, 1);
      rig.driver.getBuf();
    },
    actual: 1,
  },
  {
    title: 'IN_ORDER: an id that the batch before has covered',
    code: 'VIRTQ_PACKED_USED_ID_UNKNOWN',
    section: '2.8.22',
    options: { inOrder: true },
    arrange: (rig) => {
      postMany(rig, 4);
      claim(rig, 0, 2, 16);
      claim(rig, 3, 1, 16);
      for (let i = 0; i < 3; i++) rig.driver.getBuf();
    },
    actual: 1,
  },
  {
    title: 'a length above the writable bytes',
    code: 'VIRTQ_PACKED_USED_LENGTH',
    section: '2.8.4',
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [100], [10, 6]));
      claim(rig, 0, 0, 17);
    },
    actual: 17,
  },
  {
    title: 'a length for a buffer with nothing to write',
    code: 'VIRTQ_PACKED_USED_LENGTH',
    section: '2.8.4',
    options: { directCount: 0 },
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [100, 100], []));
      claim(rig, 0, 0, 1);
    },
    actual: 1,
  },
  {
    title: 'the reserved value of the event flags',
    code: 'VIRTQ_PACKED_EVENT_FLAGS',
    section: '2.8.14',
    options: { eventIdx: true },
    arrange: (rig) => {
      postMany(rig, 1);
      rig.wire.pokeDeviceEvent({ flags: 3 });
    },
    call: 'kick',
    actual: 3,
  },
  {
    title: 'reserved bits of the event flags',
    code: 'VIRTQ_PACKED_EVENT_FLAGS',
    section: '2.8.14',
    arrange: (rig) => {
      postMany(rig, 1);
      rig.wire.pokeDeviceEvent({ flags: 0x8001 });
    },
    call: 'kickPrepare',
    actual: 0x8001,
  },
  {
    title: 'the event flag DESC without EVENT_IDX',
    code: 'VIRTQ_PACKED_EVENT_FLAGS',
    section: '2.8.14',
    arrange: (rig) => {
      postMany(rig, 1);
      rig.wire.pokeDeviceEvent({ flags: EVENT_DESC });
    },
    call: 'kick',
    actual: EVENT_DESC,
  },
  {
    title: 'an event behind the end of the ring',
    code: 'VIRTQ_PACKED_EVENT_OFFSET',
    section: '2.8.10',
    options: { eventIdx: true },
    arrange: (rig) => {
      postMany(rig, 1);
      rig.wire.pokeDeviceEvent({ slot: 8, wrap: 1, flags: EVENT_DESC });
    },
    call: 'kick',
    actual: 8,
  },
];
