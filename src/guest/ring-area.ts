import { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import { type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';

const PATTERN = 0xdeadc0de;

/** What stopped the ring that was in an area before: a reset of the device, or of this ring alone. */
export type RetiredBy = 'device_reset' | 'ring_reset';

/** After which a device may not touch the ring any more: virtio 1.4, N0018 and N0025. */
const SECTION: Readonly<Record<RetiredBy, string>> = { device_reset: '2.4.1', ring_reset: '2.6.1.1.1' };

/**
 * Memory for a ring of up to `sizeMax` entries. A queue has two such areas and is in the other one after each reset.
 * The one it left holds a pattern until it is used again, so that a device which still writes there is found out.
 */
export class RingArea {
  readonly addresses: RingAddresses;
  private readonly parts: readonly {
    readonly name: string;
    readonly at: number;
    readonly words: Uint32Array;
  }[];

  constructor(port: MemoryPort, layout: RingLayout, sizeMax: number, addresses: RingAddresses) {
    this.addresses = addresses;
    const sizes = ringParts(layout, sizeMax);
    this.parts = (['desc', 'driver', 'device'] as const).map((name) => {
      const at = addresses[name];
      return { name, at, words: port.words(at, Math.ceil(sizes[name].sizeBytes / 4) * 4) };
    });
  }

  /** Nobody uses the area from now on. */
  retire(): void {
    for (const { at, words } of this.parts) {
      for (let i = 0; i < words.length; i++) words[i] = patternAt(at + 4 * i);
    }
  }

  /** Throws when somebody has written into the area since it was retired; once for each time. */
  checkUntouched(retiredBy: RetiredBy): void {
    for (const { name, at, words } of this.parts) {
      const index = words.findIndex((word, i) => word !== patternAt(at + 4 * i));
      if (index === -1) continue;
      const address = at + 4 * index;
      const actual = hex(words[index] as number);
      this.retire();
      const message = `the device wrote into a ring after its reset, ${name} area + ${4 * index}`;
      throw new ProtocolViolation('RING_WRITTEN_AFTER_RESET', message, {
        section: SECTION[retiredBy],
        expected: `${hex(patternAt(address))} at ${hex(address)}`,
        actual,
      });
    }
  }
}

/** Of the address: a ring copied from elsewhere is no such pattern. */
function patternAt(address: number): number {
  return (PATTERN ^ address) >>> 0;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
