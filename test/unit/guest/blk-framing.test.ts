import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlkStatus } from '../../../src/devices/blk.js';
import { seeded } from '../../support/ring/seeded.js';
import type { PlanChanges } from '../../support/transport/job-plan.js';
import { expectBytes, pattern, Requests } from '../../support/transport/requests.js';

const SECTORS = 32;
const BLOCK_SECTORS = 8;

const machine: fc.Arbitrary<PlanChanges> = fc.record({
  queue: fc.record({
    layout: fc.constantFrom('split', 'packed'),
    size: fc.constantFrom(16, 64),
    startIndex: fc.constantFrom(0, 0xfff8),
    directCount: fc.constantFrom(0, 1, 3),
    features: fc.subarray(['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER'] as const),
  }),
  blk: fc.record({ sizeMaxBytes: fc.constantFrom(null, 512, 1000, 4096), segMax: fc.constant(null) }),
  workload: fc.record({
    framing: fc.constantFrom('separate' as const, 'merged' as const),
    blocks: fc.constant([{ sizeBytes: BLOCK_SECTORS * 512, weight: 1 }]),
  }),
});

const operation = fc.record({
  kind: fc.constantFrom('read', 'write', 'discard', 'writeZeroes', 'flush'),
  sector: fc.nat(SECTORS - BLOCK_SECTORS),
  count: fc.integer({ min: 1, max: BLOCK_SECTORS }),
  segments: fc.integer({ min: 1, max: 5 }),
  slot: fc.nat(3),
});

test('any sequence of requests, in any framing, does to the disk what it says', () => {
  const property = fc.property(machine, fc.array(operation, { maxLength: 30 }), (changes, operations) => {
    const rig = new Requests(changes);
    const disk = Uint8Array.from(rig.machine.disk?.bytes(0, SECTORS * 512) ?? []);
    operations.forEach(({ kind, sector, count, segments, slot }, i) => {
      const [from, bytes] = [sector * 512, count * 512];
      if (kind === 'write') rig.fill(slot, pattern(bytes, i));
      const status = rig.do((blk) => {
        if (kind === 'read') return blk.read(slot, sector, bytes, segments);
        if (kind === 'write') return blk.write(slot, sector, bytes, segments);
        if (kind === 'discard') return blk.discard(slot, sector, bytes);
        return kind === 'flush' ? blk.flush(slot) : blk.writeZeroes(slot, sector, bytes);
      });
      expect(status).toBe(BlkStatus.ok);
      if (kind === 'read') expectBytes(rig.data(slot, bytes), disk.slice(from, from + bytes));
      if (kind === 'write') disk.set(pattern(bytes, i), from);
      // A discard leaves anything; this backend leaves zeros.
      if (kind === 'discard' || kind === 'writeZeroes') disk.fill(0, from, from + bytes);
    });
    expectBytes(rig.machine.disk?.bytes(0, SECTORS * 512), disk);
    expect(rig.machine.violations).toEqual([]);
  });
  fc.assert(property, seeded(200));
});
