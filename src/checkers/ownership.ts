import { ProtocolViolation } from '../errors.js';
import type { SharedMemory } from '../memory/shared-memory.js';
import type { ScatterList } from '../virtqueue/scatter-list.js';

/** Whose a byte is; a byte of memory that is in no buffer is the driver's. */
export const Owner = {
  driver: 0,
  /** From its post until the device returns it. */
  device: 1,
  /** The device has returned it, and the driver has not taken it back yet: nobody's. */
  nobody: 2,
} as const;

const OWNER_NAMES = ['the driver', 'the device', 'nobody'] as const;
const ONE_IN_EACH_BYTE = 0x0101_0101;

/**
 * Whose each byte of guest memory is, shared by both threads: as many bytes as guest memory has. Who gives a buffer
 * away says so before it shows it; the ring's own index then makes sure that the other side knows.
 */
export class OwnershipMap {
  private readonly map: SharedMemory;

  constructor(map: SharedMemory) {
    this.map = map;
  }

  /** All ranges of a buffer, whatever they were. */
  set(buffers: ScatterList, owner: number): void {
    for (let i = 0; i < buffers.count; i++) {
      const length = buffers.length(i);
      if (length > 0) this.map.target(buffers.address(i), length).fill(owner);
    }
  }

  /** The driver may touch what is its own, and the device what it was given and has not returned. */
  check(side: 'driver' | 'device', address: number, length: number): ProtocolViolation | null {
    const allowed = side === 'driver' ? Owner.driver : Owner.device;
    const end = Math.min(address + length, this.map.sizeBytes);
    const firstWord = Math.min(end, Math.ceil(address / 4) * 4);
    const lastWord = Math.max(firstWord, Math.floor(end / 4) * 4);
    const other =
      this.otherByte(address, firstWord, allowed) ??
      this.otherWord(firstWord, lastWord, allowed) ??
      this.otherByte(lastWord, end, allowed);
    return other === null ? null : this.notOwner(side, other);
  }

  /** The device was given a buffer: all of it must be the device's. */
  checkGiven(buffers: ScatterList): ProtocolViolation | null {
    for (let i = 0; i < buffers.count; i++) {
      const wrong = this.check('device', buffers.address(i), buffers.length(i));
      if (wrong !== null) return wrong;
    }
    return null;
  }

  /** The first byte that is somebody else's; null: there is none. */
  private otherByte(from: number, to: number, allowed: number): number | null {
    for (let at = from; at < to; at++) if (this.map.load8(at) !== allowed) return at;
    return null;
  }

  /** The same over whole words, of which there may be many. */
  private otherWord(from: number, to: number, allowed: number): number | null {
    if (from === to) return null;
    const expected = allowed * ONE_IN_EACH_BYTE;
    const words = this.map.words(from, to - from);
    for (let i = 0; i < words.length; i++) {
      if (words[i] !== expected) return this.otherByte(from + 4 * i, from + 4 * i + 4, allowed);
    }
    return null;
  }

  private notOwner(side: 'driver' | 'device', address: number): ProtocolViolation {
    const at = `0x${address.toString(16)}`;
    return new ProtocolViolation('NOT_OWNER', `the ${side} touched a byte that is not its own, at ${at}`, {
      section: side === 'driver' ? '2.7.13' : '2.7.6',
      expected: `owned by the ${side}`,
      actual: `owned by ${OWNER_NAMES[this.map.load8(address)] ?? 'nobody'}`,
    });
  }
}
