import { assert } from '../../assert.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import type { Program } from '../program.js';

const BELL_AT = 0;
const WORD_AT = 64;
const WORD = 7;

/** A doorbell and nothing else: who rings it has written a word, and who hears it reads that. */
export function bellProgram(): Program {
  return program('doorbell over plain data', {
    ring: (port) => {
      port.store32(WORD_AT, WORD);
      new Doorbell(port, BELL_AT).ring();
    },
    hear: (port) => {
      const bell = new Doorbell(port, BELL_AT);
      if (bell.sequence() === 0) bell.wait(0, Infinity);
      assert(port.load32(WORD_AT) === WORD, 'the bell was heard before the word was there');
    },
  });
}

/** A flag with a doorbell that is rung at every change of it: whoever sleeps has seen the flag down. */
export function flagProgram(): Program {
  return program('doorbell of a flag', {
    ring: (port) => {
      port.store32Release(WORD_AT, WORD);
      new Doorbell(port, BELL_AT).ring();
    },
    hear: (port) => {
      const bell = new Doorbell(port, BELL_AT);
      for (;;) {
        const sequence = bell.sequence();
        if (port.load32Acquire(WORD_AT) === WORD) return;
        bell.wait(sequence, Infinity);
      }
    },
  });
}

interface Sides {
  readonly ring: (port: MemoryPort) => void;
  readonly hear: (port: MemoryPort) => void;
}

function program(name: string, { ring, hear }: Sides): Program {
  return {
    name,
    memoryBytes: 128,
    threads: [
      { name: 'ringer', run: ring },
      { name: 'sleeper', run: hear },
    ],
  };
}
