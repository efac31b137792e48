import type { RecordedLife } from '../../../src/recording/recording.js';

/** Memory of a recorded ring, rebuilt here: nothing of what is tested takes part. */
export class Rebuilt {
  readonly buffer: SharedArrayBuffer;
  private readonly life: RecordedLife;
  private next = 0;

  constructor(life: RecordedLife) {
    this.life = life;
    const end = Math.max(...life.areas.map(({ address, base }) => address + base.length));
    this.buffer = new SharedArrayBuffer(Math.ceil(end / 8) * 8);
    for (const { address, base } of life.areas) Buffer.from(this.buffer).set(base, address);
  }

  /** Makes the stores of the first `count` events. */
  advance(count: number): void {
    for (; this.next < count; this.next++) {
      const event = this.life.events[this.next]?.event;
      if (event?.kind !== 'stored') continue;
      Buffer.from(this.buffer).writeUIntLE(event.value, event.address, event.widthBytes);
    }
  }

  /** The three parts of the ring. */
  parts(): Buffer[] {
    return this.life.areas
      .filter(({ name }) => name !== 'table')
      .map(({ address, base }) => Buffer.from(Buffer.from(this.buffer, address, base.length)));
  }

  word(address: number, widthBytes: number): number {
    return Buffer.from(this.buffer).readUIntLE(address, widthBytes);
  }
}

/** Reads that did not find what they saw, in the order of the recording. */
export function lies(life: RecordedLife): string[] {
  const memory = new Rebuilt(life);
  return life.events.flatMap(({ side, event }, i) => {
    memory.advance(i);
    if (event.kind === 'stored') {
      const there = memory.word(event.address, event.widthBytes);
      return there === event.before ? [] : [`${i}: ${side} replaced ${event.before}, there was ${there}`];
    }
    if (event.kind !== 'saw') return [];
    const there = memory.word(event.address, event.widthBytes);
    return there === event.value ? [] : [`${i}: ${side} saw ${event.value}, there was ${there}`];
  });
}
