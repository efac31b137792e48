import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlkRequest } from '../../../src/devices/blk.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { BlkRig, type Completion, header, range } from '../../support/host/blk-rig.js';
import { patternBytes } from '../../support/host/temp-image.js';

const SECTORS = 16;
const DISK_BYTES = SECTORS * 512;

/** A request without its framing. */
interface Ask {
  readonly readable: Uint8Array;
  readonly writableBytes: number;
}

const sector = fc.integer({ min: 0, max: SECTORS });
const sectorCount = fc.integer({ min: 0, max: 4 });
const ask: fc.Arbitrary<Ask> = fc.oneof(
  fc
    .record({ at: sector, count: sectorCount, odd: fc.constantFrom(0, 0, 0, 1) })
    .map(({ at, count, odd }) => ({
      readable: header(BlkRequest.in, at),
      writableBytes: count * 512 + odd + 1,
    })),
  fc.record({ at: sector, count: sectorCount, salt: fc.nat(9) }).map(({ at, count, salt }) => ({
    readable: Buffer.concat([header(BlkRequest.out, at), patternBytes(count * 512, salt)]),
    writableBytes: 1,
  })),
  fc
    .record({
      type: fc.constantFrom(BlkRequest.discard, BlkRequest.writeZeroes),
      ranges: fc.array(fc.tuple(sector, sectorCount, fc.constantFrom(0, 0, 0, 1, 2)), { maxLength: 4 }),
    })
    .map(({ type, ranges }) => ({
      readable: Buffer.concat([header(type), ...ranges.map((one) => range(...one))]),
      writableBytes: 1,
    })),
  fc.record({ type: fc.nat(15), extra: fc.nat(40), room: fc.nat(40) }).map(({ type, extra, room }) => ({
    readable: Buffer.concat([header(type), patternBytes(extra)]),
    writableBytes: room + 1,
  })),
);

/** Where descriptors end, as shares of the whole; the same share twice is a descriptor without bytes. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 });

function pieces(totalBytes: number, at: readonly number[]): number[] {
  const ends = [...at.map((share) => Math.floor(share * totalBytes)).sort((a, b) => a - b), totalBytes];
  return ends.map((end, i) => end - (ends[i - 1] ?? 0));
}

function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  let from = 0;
  return pieces(bytes.length, at).map((length) => bytes.subarray(from, (from += length)));
}

interface Result extends Completion {
  readonly disk: string;
}

function run(readable: readonly Uint8Array[], writableLengths: readonly number[], indirect: boolean): Result {
  const disk = SharedMemory.ofSize(DISK_BYTES);
  disk.copyIn(0, patternBytes(DISK_BYTES, 3), 0, DISK_BYTES);
  const rig = new BlkRig({ backend: new MemoryBackend(disk, false), queue: { size: 32, indirect } });
  const completion = rig.request(readable, writableLengths);
  return { ...completion, disk: Buffer.from(disk.bytes(0, DISK_BYTES)).toString('base64') };
}

describe('N0032: how a request is cut into descriptors', () => {
  test('makes no difference to anything', () => {
    const statuses = new Set<number>();
    fc.assert(
      fc.property(ask, cuts, cuts, fc.boolean(), ({ readable, writableBytes }, readAt, writeAt, indirect) => {
        const plain = run([readable.subarray(0, 16), readable.subarray(16)], [writableBytes - 1, 1], false);
        const cut = run(split(readable, readAt), pieces(writableBytes, writeAt), indirect);
        expect(cut).toEqual(plain);
        expect(cut.usedLength).toBe(writableBytes);
        statuses.add(plain.status);
      }),
      { numRuns: 600 },
    );
    expect(
      [...statuses].sort((a, b) => a - b),
      'good and bad requests were among them',
    ).toEqual([0, 1, 2]);
  });

  test('header and data in one descriptor, data and status in one', () => {
    const out = run([Buffer.concat([header(BlkRequest.out, 2), patternBytes(512, 8)])], [1], false);
    expect(out.status).toBe(0);
    expect(out.disk).toBe(run([header(BlkRequest.out, 2), patternBytes(512, 8)], [1], false).disk);
    const into = run([header(BlkRequest.in, 2)], [513], false);
    expect(into.status).toBe(0);
    expect(Buffer.compare(into.data, patternBytes(DISK_BYTES, 3).subarray(1024, 1536))).toBe(0);
  });

  test('a header of 16 descriptors, a status in front of empty ones', () => {
    const bytes = header(BlkRequest.in, 1);
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const result = run(single, [0, 100, 412, 0, 1, 0, 0], false);
    expect(result.status).toBe(0);
    expect(Buffer.compare(result.data, patternBytes(DISK_BYTES, 3).subarray(512, 1024))).toBe(0);
  });
});
