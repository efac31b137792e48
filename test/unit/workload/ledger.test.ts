import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlkOperation } from '../../../src/scenario/plan.js';
import { GuestCounter, newCounters } from '../../../src/stats/counters.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { Ledger } from '../../../src/workload/ledger.js';
import type { Operation } from '../../../src/workload/operation.js';
import type { Request } from '../../../src/workload/request-table.js';
import { seeded } from '../../support/ring/seeded.js';

const KINDS: readonly BlkOperation[] = ['read', 'write', 'flush', 'discard', 'write_zeroes'];

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  sector: fc.nat(2 ** 31),
  count: fc.nat(2048),
  segments: fc.integer({ min: 1, max: 64 }),
  barrier: fc.constant(false),
});
const operations = fc.array(operation, { minLength: 1, maxLength: 20 });

function makeLedger(): {
  ledger: Ledger;
  histogram: Histogram;
  count: (name: keyof typeof GuestCounter) => number;
} {
  const histogram = Histogram.ofMaxNs();
  const ledger = new Ledger(newCounters(), histogram);
  return { ledger, histogram, count: (name) => ledger.counters.get(GuestCounter[name]) };
}

function digest(sequence: readonly Operation[]): string {
  const { ledger } = makeLedger();
  for (const one of sequence) ledger.submitted(one, 1, true);
  return ledger.digest;
}

function request(changes: Partial<Request>): Request {
  const whole = {
    kind: 'read',
    sector: 0,
    count: 8,
    segments: 1,
    generation: 0,
    startNs: 1000,
    measured: true,
  } as const;
  return { ...whole, state: 'posted', ...changes };
}

describe('the digest of what was submitted', () => {
  test('is 16 hex digits that follow from the operations alone', () => {
    const property = fc.property(operations, fc.nat(1e9), (sequence, startNs) => {
      const { ledger } = makeLedger();
      for (const one of sequence) ledger.submitted(one, startNs, false);
      expect(ledger.digest).toMatch(/^[0-9a-f]{16}$/);
      expect(ledger.digest).toBe(digest(sequence));
    });
    fc.assert(property, seeded(100));
  });

  test('changes with kind, place, length and cut of any one of them', () => {
    const property = fc.property(operations, fc.nat(1000), fc.nat(3), (sequence, which, field) => {
      const changed = sequence.map((one) => ({ ...one }));
      const one = changed[which % changed.length] as Operation;
      if (field === 0) one.kind = KINDS[(KINDS.indexOf(one.kind) + 1 + (which % 4)) % 5] as BlkOperation;
      else if (field === 1) one.sector += 1 + which;
      else if (field === 2) one.count += 1 + which;
      else one.segments += 1 + which;
      expect(digest(changed)).not.toBe(digest(sequence));
    });
    fc.assert(property, seeded(500));
  });

  test('changes with their order and their number', () => {
    const property = fc.property(operations, fc.nat(1000), (sequence, which) => {
      const at = which % sequence.length;
      const [left, right] = [sequence[at] as Operation, sequence[at + 1]];
      if (right !== undefined && JSON.stringify(left) !== JSON.stringify(right)) {
        expect(digest(sequence.with(at, right).with(at + 1, left))).not.toBe(digest(sequence));
      }
      expect(digest(sequence.toSpliced(at, 1))).not.toBe(digest(sequence));
      expect(digest(sequence.toSpliced(at, 0, left))).not.toBe(digest(sequence));
    });
    fc.assert(property, seeded(300));
  });
});

describe('the ledger', () => {
  test('counts the bytes that were moved without an error, and only those', () => {
    const { ledger, count } = makeLedger();
    for (const bytes of [512, 4096, 0]) ledger.completed(request({}), null, bytes, true, 2000);
    ledger.completed(request({}), 'IOERR', 1 << 20, true, 2000);
    expect(count('bytes')).toBe(4608);
    expect([count('completed'), count('measured'), count('errors')]).toEqual([4, 4, 1]);
  });

  test('counts errors by what they are and the kind of operation', () => {
    const { ledger } = makeLedger();
    ledger.completed(request({}), 'IOERR', 0, true, 2000);
    ledger.completed(request({}), 'IOERR', 0, true, 2000);
    ledger.completed(request({ kind: 'discard' }), 'UNSUPP', 0, true, 2000);
    ledger.completed(request({ kind: 'flush' }), 'status 77', 0, true, 2000);
    expect(ledger.errorsByKind).toEqual({ 'IOERR read': 2, 'UNSUPP discard': 1, 'status 77 flush': 1 });
  });

  test('counts a warm-up nowhere else, whatever becomes of it', () => {
    const { ledger, histogram, count } = makeLedger();
    ledger.completed(request({ measured: false }), null, 0, true, 2000);
    ledger.completed(request({ measured: false }), 'IOERR', 0, true, 2000);
    expect([count('completed'), count('warmup'), count('measured')]).toEqual([2, 2, 0]);
    expect([count('errors'), count('bytes'), histogram.count]).toEqual([0, 0, 0]);
    expect(ledger.errorsByKind).toEqual({});
  });

  test('records latency from the start of each, and time from the first that is measured', () => {
    const { ledger, histogram, count } = makeLedger();
    const one: Operation = { kind: 'read', sector: 0, count: 8, segments: 1, barrier: false };
    ledger.submitted(one, 500, false);
    ledger.submitted(one, 1000, true);
    ledger.submitted(one, 4000, true);
    ledger.completed(request({ startNs: 500, measured: false }), null, 0, true, 3000);
    expect(count('measuredNs')).toBe(0);
    ledger.completed(request({ startNs: 1000 }), null, 0, true, 7000);
    ledger.completed(request({ startNs: 4000 }), null, 0, true, 9000);
    expect([histogram.min, histogram.max]).toEqual([5000, 6000]);
    expect(count('measuredNs')).toBe(8000);
    expect(count('submitted')).toBe(3);
  });

  test('counts what came back before an older one, and kicks sent and saved', () => {
    const { ledger, count } = makeLedger();
    for (const isOldest of [false, true, false]) ledger.completed(request({}), null, 0, isOldest, 2000);
    expect(count('outOfOrder')).toBe(2);
    for (const notified of [true, false, false]) ledger.kicked(notified);
    expect([count('kicks'), count('kicksSuppressed')]).toEqual([1, 2]);
  });
});
