import { describe, expect, test } from 'vitest';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { Perturbation } from '../../../src/stress/perturbation.js';
import { PerturbingPort } from '../../../src/stress/perturbing-port.js';

const X = 64;
const Y = 128;
const SEEDS = 400;

function portOver(memory: SharedMemory, kind: Perturbation, seed: number): PerturbingPort {
  return new PerturbingPort(memory, { kind, seed, pause: 0, drain: 64, stale: 192 });
}

/** What comes of two threads' steps, over many seeds, each in words. */
function outcomes(
  kind: Perturbation,
  run: (a: PerturbingPort, b: PerturbingPort, memory: SharedMemory) => string,
): Set<string> {
  const seen = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const memory = SharedMemory.ofSize(256);
    seen.add(run(portOver(memory, kind, 2 * seed), portOver(memory, kind, 2 * seed + 1), memory));
  }
  return seen;
}

/** Two stores by one port; whether another thread can see the second and not the first. */
function messagePassing(kind: Perturbation, storeFlag: 'store16Relaxed' | 'store16Release'): boolean {
  let isReordered = false;
  outcomes(kind, (a, _b, memory) => {
    a.store16(X, 1);
    a[storeFlag](Y, 1);
    for (let i = 0; i < 200; i++) {
      isReordered ||= memory.load16(Y) === 1 && memory.load16(X) === 0;
      a.load16Acquire(192);
    }
    return '';
  });
  return isReordered;
}

describe('stores that come late', () => {
  test.each(['tso', 'weak'] as const)('%s: a thread sees its own, of whatever width', (kind) => {
    const seen = outcomes(kind, (a) => {
      a.store32(X, 0x1234_5678);
      const whole = a.load32(X).toString(16);
      a.store16(X + 2, 0xabcd);
      return `${whole} ${a.load16(X + 2).toString(16)} ${a.load32(X).toString(16)} ${a.load8(X + 3).toString(16)}`;
    });
    expect([...seen]).toEqual(['12345678 abcd abcd5678 ab']);
  });

  test.each(['tso', 'weak'] as const)('%s: store buffering shows without a fence, never with one', (kind) => {
    const run = (fenced: boolean) => (a: PerturbingPort, b: PerturbingPort) => {
      a.store16Release(X, 1);
      if (fenced) a.fence();
      b.store16Release(Y, 1);
      if (fenced) b.fence();
      return `${a.load16Acquire(Y)},${b.load16Acquire(X)}`;
    };
    expect(outcomes(kind, run(false))).toContain('0,0');
    expect(outcomes(kind, run(true))).not.toContain('0,0');
  });

  test('tso keeps the order of stores, weak only before a release', () => {
    expect(messagePassing('tso', 'store16Relaxed')).toBe(false);
    expect(messagePassing('weak', 'store16Relaxed')).toBe(true);
    expect(messagePassing('weak', 'store16Release')).toBe(false);
  });

  test.each(['tso', 'weak'] as const)('%s: arrive though their thread does nothing but poll', (kind) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const memory = SharedMemory.ofSize(256);
      const port = new PerturbingPort(memory, { kind, seed, pause: 0, drain: 0, stale: 0 });
      port.store16Relaxed(X, 7);
      for (let i = 0; i < 100; i++) port.load16Acquire(Y);
      expect(memory.load16(X)).toBe(7);
    }
  });

  const FULL: readonly [string, (port: PerturbingPort) => unknown][] = [
    ['fence', (port) => port.fence()],
    ['add32', (port) => port.add32(Y, 1)],
    ['or32', (port) => port.or32(Y, 1)],
    ['and32', (port) => port.and32(Y, 1)],
    ['wait32', (port) => port.wait32(Y, 1, 0)],
    ['notify32', (port) => port.notify32(Y)],
    ['copyIn', (port) => port.copyIn(Y, new Uint8Array(4), 0, 4)],
    ['copyOut', (port) => port.copyOut(Y, new Uint8Array(4), 0, 4)],
    ['copyWithin', (port) => port.copyWithin(Y, Y + 8, 4)],
    ['bytes', (port) => port.bytes(Y, 4)],
    ['target', (port) => port.target(Y, 4)],
    ['words', (port) => port.words(Y, 4)],
  ];
  test.each(FULL)('all have arrived behind %s', (_name, act) => {
    for (const kind of ['tso', 'weak'] as const) {
      const memory = SharedMemory.ofSize(256);
      const port = new PerturbingPort(memory, { kind, seed: 1, pause: 0, drain: 0, stale: 255 });
      port.store8(X, 1);
      port.store16Relaxed(X + 2, 2);
      port.store32Release(X + 4, 3);
      expect([memory.load8(X), memory.load16(X + 2), memory.load32(X + 4)]).toEqual([0, 0, 0]);
      act(port);
      expect([memory.load8(X), memory.load16(X + 2), memory.load32(X + 4)]).toEqual([1, 2, 3]);
    }
  });

  test('an address that memory refuses is refused at the store', () => {
    const port = portOver(SharedMemory.ofSize(256), 'weak', 1);
    expect(() => port.store16(X + 1, 1)).toThrow('not aligned');
    expect(() => port.store32(256, 1)).toThrow('outside');
  });
});

describe('loads that were carried out early', () => {
  /** Reads the payload behind the flag; another thread wrote both in between. */
  function readsOldPayload(kind: Perturbation, loadFlag: 'load16Relaxed' | 'load16Acquire'): boolean {
    return outcomes(kind, (a, _b, memory) => {
      for (let i = 0; i < 8; i++) a.load16Relaxed(Y);
      memory.store16(X, 1);
      memory.store16Release(Y, 1);
      const flag = a[loadFlag](Y);
      return `${flag},${a.load16(X)}`;
    }).has('1,0');
  }

  test('weak: a payload may be older than a flag that was only looked at, never than one that was acquired', () => {
    expect(readsOldPayload('weak', 'load16Relaxed')).toBe(true);
    expect(readsOldPayload('weak', 'load16Acquire')).toBe(false);
    expect(readsOldPayload('tso', 'load16Relaxed')).toBe(false);
  });

  test('weak: who polls gets to see what is new', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const memory = SharedMemory.ofSize(256);
      const port = new PerturbingPort(memory, { kind: 'weak', seed, pause: 0, drain: 0, stale: 255 });
      for (let i = 0; i < 20; i++) port.load16Relaxed(X);
      memory.store16Release(X, 1);
      let looks = 0;
      while (port.load16Relaxed(X) === 0) looks += 1;
      expect(looks).toBeLessThan(100);
    }
  });

  test('weak: one word never goes back in time', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const memory = SharedMemory.ofSize(256);
      const port = portOver(memory, 'weak', seed);
      let seen = 0;
      for (let i = 1; i < 100; i++) {
        memory.store16Relaxed(X, i);
        const now = port.load16(X);
        expect(now).toBeGreaterThanOrEqual(seen);
        seen = now;
      }
    }
  });

  test('weak: nothing older than what the thread itself wrote is read, on its way or arrived', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const memory = SharedMemory.ofSize(256);
      const port = portOver(memory, 'weak', seed);
      for (let i = 1; i < 100; i++) {
        port.load16(Y);
        port.store16Relaxed(X, i);
        port.load16(Y);
        expect(port.load16(X)).toBe(i);
      }
    }
  });

  test('none is old with delays alone, and nothing is held', () => {
    const memory = SharedMemory.ofSize(256);
    const port = new PerturbingPort(memory, { kind: 'delay', seed: 1, pause: 128, drain: 0, stale: 255 });
    for (let i = 1; i < 500; i++) {
      port.store32(X, i);
      expect(memory.load32(X)).toBe(i);
      expect(port.load32(X)).toBe(i);
    }
  });
});
