import type { Rig } from './rig.js';
import { buffer, post, postMany, serve } from './traffic.js';
import type { ViolationCase } from './violation-case.js';

/** Shows the driver `entries` of id and length. */
function claim(rig: Rig, ...entries: [number, number][]): void {
  for (const [id, length] of entries) {
    rig.wire.pokeUsed(rig.wire.usedIdx, id, length);
    rig.wire.usedIdx = (rig.wire.usedIdx + 1) & 0xffff;
  }
}

/** What a device can do wrong that a driver has to notice. */
export const driverCases: ViolationCase[] = [
  {
    title: 'used.idx runs ahead of what was published',
    code: 'VIRTQ_USED_IDX_JUMP',
    section: '2.7.8',
    arrange: (rig) => {
      postMany(rig, 2);
      rig.driver.stageBuf(buffer(rig, [], [1]), 2);
      claim(rig, [0, 0], [1, 0], [2, 0]);
    },
    actual: 3,
  },
  {
    title: 'used.idx goes back by one',
    code: 'VIRTQ_USED_IDX_JUMP',
    section: '2.7.8',
    options: { startIndex: 0 },
    arrange: (rig) => {
      postMany(rig, 2);
      rig.wire.usedIdx = 0xffff;
    },
    actual: 0xffff,
  },
  {
    title: 'an id as large as the queue',
    code: 'VIRTQ_USED_ID_RANGE',
    section: '2.7.8',
    arrange: (rig) => {
      postMany(rig, 1);
      claim(rig, [8, 0]);
    },
    actual: 8,
  },
  {
    title: 'an id with high bits set: all 32 bits of it count',
    code: 'VIRTQ_USED_ID_RANGE',
    section: '2.7.8',
    options: { inOrder: true },
    arrange: (rig) => {
      postMany(rig, 1);
      claim(rig, [0x1_0000, 0]);
    },
    actual: 0x1_0000,
  },
  {
    title: 'an id that was never handed out',
    code: 'VIRTQ_USED_ID_UNKNOWN',
    section: '2.7.8',
    arrange: (rig) => {
      postMany(rig, 2);
      claim(rig, [7, 0]);
    },
    actual: 7,
  },
  {
    title: 'an id that is in the middle of a chain',
    code: 'VIRTQ_USED_ID_UNKNOWN',
    section: '2.7.8',
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [1], [1, 1]));
      claim(rig, [1, 0]);
    },
    actual: 1,
  },
  {
    title: 'an id that was returned before',
    code: 'VIRTQ_USED_ID_UNKNOWN',
    section: '2.7.8',
    arrange: (rig) => {
      postMany(rig, 3);
      serve(rig);
      rig.driver.getBuf();
      claim(rig, [0, 0]);
    },
    actual: 0,
  },
  {
    title: 'the id of a buffer that is staged and was not published',
    code: 'VIRTQ_USED_ID_UNKNOWN',
    section: '2.7.8',
    arrange: (rig) => {
      postMany(rig, 1);
      rig.driver.stageBuf(buffer(rig, [], [8]), 1);
      claim(rig, [1, 0]);
    },
    actual: 1,
  },
  {
    title: 'a length above the writable bytes',
    code: 'VIRTQ_USED_LENGTH',
    section: '2.7.8.2',
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [100], [10, 6]));
      claim(rig, [0, 17]);
    },
    actual: 17,
  },
  {
    title: 'a length for a buffer with nothing to write',
    code: 'VIRTQ_USED_LENGTH',
    section: '2.7.8.2',
    options: { directCount: 0 },
    arrange: (rig) => {
      post(rig, 0, buffer(rig, [100, 100], []));
      claim(rig, [0, 1]);
    },
    actual: 1,
  },
  {
    title: 'IN_ORDER: an entry for the first buffer that used.idx does not cover',
    code: 'VIRTQ_USED_ORDER',
    section: '2.7.9',
    options: { inOrder: true, startIndex: 0xffff },
    arrange: (rig) => {
      postMany(rig, 3);
      claim(rig, [1, 16]);
    },
    actual: 'buffer number 0',
  },
  {
    title: 'IN_ORDER: an entry for a buffer further behind',
    code: 'VIRTQ_USED_ORDER',
    section: '2.7.9',
    options: { inOrder: true },
    arrange: (rig) => {
      postMany(rig, 3);
      claim(rig, [2, 16]);
    },
    actual: 'buffer number 2',
  },
  {
    title: 'IN_ORDER: the second entry for a buffer before the first',
    code: 'VIRTQ_USED_ID_UNKNOWN',
    section: '2.7.8',
    options: { inOrder: true },
    arrange: (rig) => {
      postMany(rig, 3);
      claim(rig, [0, 16], [0, 16]);
      rig.driver.getBuf();
    },
    actual: 0,
  },
];
