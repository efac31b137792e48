import { describe, expect, it } from 'vitest';
import { copyBytes } from '../../../src/memory/copy-bytes.js';

const ROOM = 3 * 4096;

/** Bytes that no copy of another place, and no shorter repetition, could look like. */
function marked(buffer: ArrayBufferLike): Uint8Array {
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + 1) & 0xff;
  return bytes;
}

const MEMORIES = {
  shared: (): ArrayBufferLike => new SharedArrayBuffer(ROOM),
  own: (): ArrayBufferLike => new ArrayBuffer(ROOM),
};

describe.each(['shared', 'own'] as const)('copyBytes from %s memory', (from) => {
  it.each(['shared', 'own'] as const)('to %s memory copies just those bytes, whatever their number', (to) => {
    const source = marked(MEMORIES[from]());
    const lengths = [0, 1, 63, 64, 65, 100, 4095, 4096, 4097, 8191, 8192, ROOM - 4096];
    for (const length of lengths) {
      for (const [targetOffset, sourceOffset] of [
        [0, 0],
        [3, 1],
        [ROOM - length, 0],
        [0, ROOM - length],
      ] as const) {
        const target = new Uint8Array(MEMORIES[to]()).fill(0xee);
        copyBytes(target, targetOffset, source, sourceOffset, length);
        const expected = new Uint8Array(ROOM).fill(0xee);
        for (let i = 0; i < length; i++) expected[targetOffset + i] = source[sourceOffset + i] as number;
        expect(Buffer.compare(target, expected), `${length} bytes to ${targetOffset}`).toBe(0);
      }
    }
  });
});
