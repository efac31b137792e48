import { describe, expect, it } from 'vitest';
import { copyBytes, LONG_COPIES } from '../../../src/memory/copy-bytes.js';

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

const LENGTHS = [1, 32, 33, 100, 1024, 2047, 2048, 2049, 4096, 8191, ROOM - 4096, ROOM];

describe.each([
  ['copyBytes', copyBytes, [0, ...LENGTHS]],
  // Whichever of them this version of Node takes.
  ['a long copy by fill', LONG_COPIES.fill, LENGTHS],
  ['a long copy by copy', LONG_COPIES.copy, LENGTHS],
] as const)('%s', (_, copy, lengths) => {
  describe.each(['shared', 'own'] as const)('from %s memory', (from) => {
    it.each(['shared', 'own'] as const)(
      'to %s memory takes just those bytes, whatever their number',
      (to) => {
        const source = marked(MEMORIES[from]());
        for (const length of lengths) {
          const end = ROOM - length;
          for (const [targetOffset, sourceOffset] of [
            [0, 0],
            [Math.min(3, end), Math.min(1, end)],
            [end, 0],
            [0, end],
          ] as const) {
            const target = new Uint8Array(MEMORIES[to]()).fill(0xee);
            copy(target, targetOffset, source, sourceOffset, length);
            const expected = new Uint8Array(ROOM).fill(0xee);
            for (let i = 0; i < length; i++) expected[targetOffset + i] = source[sourceOffset + i] as number;
            expect(Buffer.compare(target, expected), `${length} bytes to ${targetOffset}`).toBe(0);
          }
        }
      },
    );
  });
});
