import { ProtocolViolation } from '../errors.js';

// What a peer can do wrong on a ring, each with the clause of VIRTIO 1.4 it breaks. One function per code, so that
// the list below is the list of everything that the two ends detect.

/** Device: more buffers used than the driver has outstanding. */
export function usedIdxJump(outstanding: number, lastUsedIdx: number, usedIdx: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_USED_IDX_JUMP', 'used.idx moved past the outstanding buffers', {
    section: '2.7.8',
    expected: `at most ${outstanding} more than ${lastUsedIdx}`,
    actual: usedIdx,
  });
}

/** Device: a used id that cannot be an id. */
export function usedIdRange(size: number, id: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_USED_ID_RANGE', 'used id is out of range', {
    section: '2.7.8',
    expected: `below ${size}`,
    actual: id,
  });
}

/** Device: a used id that was never made available, or was returned before. */
export function usedIdUnknown(id: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_USED_ID_UNKNOWN',
    'used id was never made available, or was returned before',
    {
      section: '2.7.8',
      expected: 'the id of an outstanding buffer',
      actual: id,
    },
  );
}

/** Device: says it wrote more than it had room for. */
export function usedLength(id: number, writableBytes: number, length: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_USED_LENGTH', `used length of id ${id} exceeds its writable bytes`, {
    section: '2.7.8.2',
    expected: `at most ${writableBytes}`,
    actual: length,
  });
}

/** Device, with IN_ORDER: returned a buffer that is not among the next ones. */
export function usedOrder(available: number, lastUsedIdx: number, position: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_USED_ORDER', 'a buffer was used out of order', {
    section: '2.7.9',
    expected: `one of the ${available} buffers from number ${lastUsedIdx} on`,
    actual: `buffer number ${position}`,
  });
}

/** Driver: more buffers available than the queue has room for. */
export function availIdxJump(room: number, lastAvailIdx: number, availIdx: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_AVAIL_IDX_JUMP', 'avail.idx moved further than the queue is long', {
    section: '2.7.6',
    expected: `at most ${room} more than ${lastAvailIdx}`,
    actual: availIdx,
  });
}

/** Driver: an available ring entry that is no index of the descriptor table. */
export function headRange(size: number, head: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_HEAD_RANGE', 'the head of a chain is out of range', {
    section: '2.7.6',
    expected: `below ${size}`,
    actual: head,
  });
}

/** Driver: made a chain available that the device still has. */
export function headRepeated(head: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_HEAD_REPEATED', 'a chain was made available again before it was used', {
    section: '2.7.13',
    expected: 'a head that is not in flight',
    actual: head,
  });
}

/** Driver: a link out of the descriptor table. */
export function nextRange(size: number, next: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_NEXT_RANGE', 'next points out of the descriptor table', {
    section: '2.7.5',
    expected: `below ${size}`,
    actual: next,
  });
}

/** Driver: a loop, or a chain longer than the queue (2.7.5.3.1, N0042). */
export function chainLength(limit: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_CHAIN_LENGTH', 'a descriptor chain loops or is longer than the queue', {
    section: '2.7.5.3.1',
    expected: `at most ${limit} descriptors`,
    actual: `more than ${limit}`,
  });
}

/** Driver: more bytes in a chain than it may have (2.7.5.2, N0038). */
export function chainBytes(bytes: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_CHAIN_BYTES', 'a descriptor chain holds too many bytes', {
    section: '2.7.5.2',
    expected: 'at most 2^32 bytes',
    actual: bytes,
  });
}

/** Driver: a range that is not in guest memory. */
export function descAddress(memoryBytes: number, address: number, length: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_DESC_ADDRESS', 'a descriptor points out of guest memory', {
    section: '2.7.5',
    expected: `a range within ${memoryBytes} bytes`,
    actual: `${length} bytes at 0x${address.toString(16)}`,
  });
}

/** Driver: a range to read behind a range to write (2.7.4.2, N0034). */
export function descOrder(index: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_DESC_ORDER',
    'a device-readable descriptor follows a device-writable one',
    {
      section: '2.7.4.2',
      expected: 'readable before writable',
      actual: `readable element ${index}`,
    },
  );
}

/** Driver: an indirect descriptor without the feature (N0040). */
export function indirectFeature(): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_INDIRECT_FEATURE', 'an indirect descriptor without INDIRECT_DESC', {
    section: '2.7.5.3.1',
    expected: 'no INDIRECT flag',
    actual: 'INDIRECT',
  });
}

/** Driver: an indirect descriptor in an indirect table (N0041). */
export function indirectNested(): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_INDIRECT_NESTED', 'an indirect table refers to another', {
    section: '2.7.5.3.1',
    expected: 'no INDIRECT flag within a table',
    actual: 'INDIRECT',
  });
}

/** Driver: INDIRECT and NEXT in one descriptor (N0043). */
export function indirectNext(): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_INDIRECT_NEXT', 'a descriptor is both indirect and linked', {
    section: '2.7.5.3.1',
    expected: 'INDIRECT or NEXT',
    actual: 'INDIRECT and NEXT',
  });
}

/** Driver: a table that is not a whole number of descriptors, or none. */
export function indirectLength(length: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_INDIRECT_LENGTH',
    'an indirect table is no whole number of descriptors',
    {
      section: '2.7.5.3',
      expected: 'a multiple of 16 above 0',
      actual: length,
    },
  );
}
