import { describe, expect, test } from 'vitest';
import { BlkRequest } from '../../../src/devices/blk.js';
import { ProtocolViolation } from '../../../src/errors.js';
import { BlockRequest } from '../../../src/host/blk-request.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { header } from '../../support/host/blk-rig.js';

/** `[address, length]` of each range of data, readable before `|` writable. */
function ranges(request: BlockRequest): string {
  const { data } = request;
  const words = Array.from({ length: data.count }, (_, i) => `${data.address(i)}+${data.length(i)}`);
  return [...words.slice(0, data.readableCount), '|', ...words.slice(data.readableCount)].join(' ');
}

function violationOf(chain: Chain, port: SharedMemory): ProtocolViolation {
  try {
    new BlockRequest().decode(chain, port);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
    return error as ProtocolViolation;
  }
  throw new Error('nothing was thrown');
}

describe('decoding', () => {
  test('finds header, data and status across descriptors (N0032)', () => {
    const port = SharedMemory.ofSize(4096);
    port.copyIn(100, header(BlkRequest.out, 0x1_2345_6789n), 0, 10);
    port.copyIn(200, header(BlkRequest.out, 0x1_2345_6789n), 10, 6);
    const chain = new Chain();
    chain.buffers.addReadable(100, 10).addReadable(300, 0).addReadable(200, 16).addReadable(400, 30);
    chain.buffers.addWritable(500, 0).addWritable(600, 3).addWritable(700, 2).addWritable(800, 0);
    const request = new BlockRequest();
    request.decode(chain, port);
    expect([request.type, request.sector]).toEqual([BlkRequest.out, 0x1_2345_6789]);
    expect(ranges(request)).toBe('206+10 400+30 | 600+3 700+1');
    expect(request.statusAddress).toBe(701);
  });

  test('leaves nothing of the request before', () => {
    const port = SharedMemory.ofSize(4096);
    port.copyIn(0, header(BlkRequest.flush), 0, 16);
    const large = new Chain();
    large.buffers.addReadable(0, 32).addWritable(600, 40);
    const small = new Chain();
    small.buffers.addReadable(0, 16).addWritable(700, 1);
    const request = new BlockRequest();
    request.decode(large, port);
    request.decode(small, port);
    expect([ranges(request), request.statusAddress]).toEqual(['|', 700]);
  });

  test('copies the header, so that what the driver writes later changes nothing', () => {
    const port = SharedMemory.ofSize(4096);
    port.copyIn(0, header(BlkRequest.in, 7), 0, 16);
    const chain = new Chain();
    chain.buffers.addReadable(0, 16).addWritable(512, 513);
    const request = new BlockRequest();
    request.decode(chain, port);
    port.copyIn(0, header(BlkRequest.out, 9), 0, 16);
    expect([request.type, request.sector]).toEqual([BlkRequest.in, 7]);
  });

  test('5.2.6: refuses what is too short for a header', () => {
    const chain = new Chain();
    chain.buffers.addReadable(0, 10).addReadable(64, 5).addWritable(128, 100);
    const violation = violationOf(chain, SharedMemory.ofSize(4096));
    expect(violation).toMatchObject({ code: 'BLK_HEADER', detail: { section: '5.2.6', actual: 15 } });
  });

  test('5.2.6: refuses what has no byte for a status', () => {
    const chain = new Chain();
    chain.buffers.addReadable(0, 16).addReadable(64, 512).addWritable(128, 0);
    const violation = violationOf(chain, SharedMemory.ofSize(4096));
    expect(violation).toMatchObject({ code: 'BLK_STATUS_MISSING', detail: { section: '5.2.6' } });
  });
});
