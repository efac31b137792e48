import { describe, expect, test } from 'vitest';
import { BackendError } from '../../../src/host/backend.js';
import { FaultyBackend } from '../../../src/host/faulty-backend.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { BackendFaultPlan } from '../../../src/scenario/plan.js';
import { memoryOf } from '../../support/host/memory-of.js';

const sector = memoryOf(new Uint8Array(512).fill(7));

function faulty(...plans: readonly BackendFaultPlan[]): FaultyBackend {
  return new FaultyBackend(new MemoryBackend(SharedMemory.ofSize(4096), false), plans, new Rng(3));
}

/** `ok`, or the errno that the call failed with. */
function outcome(call: () => void): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    return (error as BackendError).errno;
  }
}

const calls = {
  read: (backend: FaultyBackend) => backend.read(0, memoryOf(512), 0, 512),
  write: (backend: FaultyBackend) => backend.write(0, sector, 0, 512),
  flush: (backend: FaultyBackend) => backend.flush(),
  discard: (backend: FaultyBackend) => backend.discard(0, 512),
  write_zeroes: (backend: FaultyBackend) => backend.writeZeroes(0, 512, false),
};
const operations = Object.keys(calls) as (keyof typeof calls)[];

describe('a planned fault', () => {
  test.each(operations)('of %s fails that and nothing else', (operation) => {
    const backend = faulty({ operation, errno: 'EIO', afterCalls: 0, probability: 1 });
    for (const other of operations) {
      expect(
        outcome(() => calls[other](backend)),
        other,
      ).toBe(other === operation ? 'EIO' : 'ok');
    }
  });

  test('of any operation counts them all', () => {
    const backend = faulty({ operation: 'any', errno: 'ENOSPC', afterCalls: 3, probability: 1 });
    const outcomes = operations.map((operation) => outcome(() => calls[operation](backend)));
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ENOSPC', 'ENOSPC']);
  });

  test('lets the calls before it through, counted by kind', () => {
    const backend = faulty({ operation: 'write', errno: 'ENOSPC', afterCalls: 2, probability: 1 });
    const write = (): string => outcome(() => backend.write(0, sector, 0, 512));
    expect([write(), outcome(() => calls.read(backend)), write(), write(), write()]).toEqual([
      'ok',
      'ok',
      'ok',
      'ENOSPC',
      'ENOSPC',
    ]);
  });

  test('happens as often as its probability says, at the same calls for the same seed', () => {
    const run = (): string[] => {
      const backend = faulty({ operation: 'read', errno: 'EIO', afterCalls: 0, probability: 0.25 });
      return Array.from({ length: 4000 }, () => outcome(() => calls.read(backend)));
    };
    const outcomes = run();
    const failed = outcomes.filter((one) => one === 'EIO').length;
    expect(failed).toBeGreaterThan(850);
    expect(failed).toBeLessThan(1150);
    expect(run()).toEqual(outcomes);
  });

  test('is not moved by another that draws as well', () => {
    const rare = { operation: 'read', errno: 'EIO', afterCalls: 0, probability: 0.25 } as const;
    const other = { operation: 'write', errno: 'ENOSPC', afterCalls: 0, probability: 0.5 } as const;
    const alone = faulty(rare);
    const together = faulty(rare, other);
    for (let i = 0; i < 200; i++) {
      outcome(() => calls.write(together));
      expect(outcome(() => calls.read(together))).toBe(outcome(() => calls.read(alone)));
    }
  });

  test('with probability 0 never happens', () => {
    const backend = faulty({ operation: 'any', errno: 'EIO', afterCalls: 0, probability: 0 });
    for (let i = 0; i < 100; i++) expect(outcome(() => calls.read(backend))).toBe('ok');
  });

  test('does not reach the storage', () => {
    const disk = SharedMemory.ofSize(512);
    const plan = { operation: 'write', errno: 'EIO', afterCalls: 0, probability: 1 } as const;
    const backend = new FaultyBackend(new MemoryBackend(disk, false), [plan], new Rng(1));
    expect(outcome(() => backend.write(0, sector, 0, 512))).toBe('EIO');
    expect(disk.load8(0)).toBe(0);
  });
});

test('of two faults at one call the first gives the reason, and both count', () => {
  const backend = faulty(
    { operation: 'write', errno: 'ENOSPC', afterCalls: 1, probability: 1 },
    { operation: 'any', errno: 'EIO', afterCalls: 0, probability: 1 },
  );
  const write = (): string => outcome(() => backend.write(0, sector, 0, 512));
  expect([write(), write()]).toEqual(['EIO', 'ENOSPC']);
});

test('size and kind of the backend behind show through', () => {
  const inner = new MemoryBackend(SharedMemory.ofSize(1024), true);
  const backend = new FaultyBackend(inner, [], new Rng(1));
  expect([backend.sizeBytes, backend.readOnly]).toEqual([1024, true]);
});
