import { ProtocolViolation } from '../errors.js';

// What a peer can do wrong on a packed ring, each with the clause of VIRTIO 1.4 it breaks; see violations.ts.

/** Device: a used id that cannot be an id. */
export function packedUsedIdRange(size: number, id: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_USED_ID_RANGE', 'used id is out of range', {
    section: '2.8.22',
    expected: `below ${size}`,
    actual: id,
  });
}

/** Device: a used id that was never made available, or was returned before. */
export function packedUsedIdUnknown(id: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_USED_ID_UNKNOWN',
    'used id was never made available, or was returned before',
    { section: '2.8.22', expected: 'the id of an outstanding buffer', actual: id },
  );
}

/** Device: says it wrote more than it had room for. */
export function packedUsedLength(id: number, writableBytes: number, length: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_USED_LENGTH',
    `used length of id ${id} exceeds its writable bytes`,
    {
      section: '2.8.4',
      expected: `at most ${writableBytes}`,
      actual: length,
    },
  );
}

/** Either side: event suppression flags that mean nothing, or need a feature that was not negotiated (2.8.14). */
export function packedEventFlags(eventIdx: boolean, flags: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_EVENT_FLAGS', 'event suppression flags are not valid', {
    section: '2.8.14',
    expected: eventIdx ? 'ENABLE, DISABLE or DESC' : 'ENABLE or DISABLE',
    actual: flags,
  });
}

/** Either side: an event at a slot that the ring does not have. */
export function packedEventOffset(size: number, slot: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_EVENT_OFFSET', 'an event is armed at a slot out of the ring', {
    section: '2.8.10',
    expected: `below ${size}`,
    actual: slot,
  });
}

/** Driver: a chain that is not made available throughout, or runs into slots that are in flight. */
export function packedChainFlags(slot: number, expected: number, actual: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_CHAIN_FLAGS', `slot ${slot} of a list is not available`, {
    section: '2.8.6',
    expected: `AVAIL and USED as in 0x${expected.toString(16)}`,
    actual: `0x${actual.toString(16)}`,
  });
}

/** Driver: a list longer than the queue, or than what is free of it (2.8.17, N0089). */
export function packedChainLength(limit: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_CHAIN_LENGTH',
    'a descriptor list is longer than the ring has room for',
    {
      section: '2.8.17',
      expected: `at most ${limit} descriptors`,
      actual: `more than ${limit}`,
    },
  );
}

/** Driver: a buffer id that cannot be one. */
export function packedIdRange(size: number, id: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_ID_RANGE', 'a buffer id is out of range', {
    section: '2.8.21.1',
    expected: `below ${size}`,
    actual: id,
  });
}

/** Driver: a buffer id that the device still has. */
export function packedIdRepeated(id: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_ID_REPEATED',
    'a buffer id was made available again before it was used',
    {
      section: '2.8.21',
      expected: 'an id that is not in flight',
      actual: id,
    },
  );
}

/** Driver: a range to read behind a range to write (2.8.17, N0090). */
export function packedDescOrder(index: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_DESC_ORDER',
    'a device-readable descriptor follows a writable one',
    {
      section: '2.8.17',
      expected: 'readable before writable',
      actual: `readable element ${index}`,
    },
  );
}

/** Driver: a range that is not in guest memory. */
export function packedDescAddress(memoryBytes: number, address: number, length: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_DESC_ADDRESS', 'a descriptor points out of guest memory', {
    section: '2.8.4',
    expected: `a range within ${memoryBytes} bytes`,
    actual: `${length} bytes at 0x${address.toString(16)}`,
  });
}

/** Driver: more bytes in a list than it may have. */
export function packedChainBytes(bytes: number): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_CHAIN_BYTES', 'a descriptor list holds too many bytes', {
    section: '2.8.4',
    expected: 'at most 2^32 bytes',
    actual: bytes,
  });
}

/** Driver: an indirect descriptor without the feature (N0096). */
export function packedIndirectFeature(): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_INDIRECT_FEATURE',
    'an indirect descriptor without INDIRECT_DESC',
    {
      section: '2.8.19',
      expected: 'no INDIRECT flag',
      actual: 'INDIRECT',
    },
  );
}

/** Driver: an indirect descriptor in a list (2.8.5, N0099). */
export function packedIndirectMixed(): ProtocolViolation {
  return new ProtocolViolation('VIRTQ_PACKED_INDIRECT_MIXED', 'an indirect descriptor is part of a list', {
    section: '2.8.19',
    expected: 'all direct, or one indirect',
    actual: 'INDIRECT in a list',
  });
}

/** Driver: a table that is not a whole number of descriptors, or none. */
export function packedIndirectLength(length: number): ProtocolViolation {
  return new ProtocolViolation(
    'VIRTQ_PACKED_INDIRECT_LENGTH',
    'an indirect table is no whole number of descriptors',
    {
      section: '2.8.7',
      expected: 'a multiple of 16 above 0',
      actual: length,
    },
  );
}
