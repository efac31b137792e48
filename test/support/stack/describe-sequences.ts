import { performance } from 'node:perf_hooks';
import { afterAll, describe, expect, it } from 'vitest';
import { seeded } from '../ring/seeded.js';
import { checkSequences, stackKinds } from './check-sequences.js';
import { sequenceReport } from './sequence-report.js';
import type { StackKind } from './sequence.js';
import { StackTally } from './stack-run.js';

const SEQUENCES_PER_KIND = 350;
const SEQUENCES_MIN = 10_000;

/** The tests of all kinds of devices with one layout; `firstSalt` keeps layouts from seeing the same sequences. */
export function describeSequences(layout: StackKind['layout'], firstSalt: number): void {
  const kinds = stackKinds(layout).map((kind, i) => ({
    ...kind,
    name: kind.features.join(' '),
    salt: firstSalt + i,
  }));

  describe(`${layout}: the whole stack against five lists, any sequence of calls`, () => {
    const total = new StackTally();
    const start = performance.now();

    it.each(kinds)('$transport $name', ({ salt, transport, features }) => {
      const tally = checkSequences({ layout, transport, features }, SEQUENCES_PER_KIND, salt);
      expect(tally.sequences).toBe(SEQUENCES_PER_KIND);
      total.add(tally);
    });

    it('was long, and met full rings, tables, batches, resets, suspensions, and notifications of all kinds', () => {
      expect(total.sequences).toBeGreaterThan(SEQUENCES_MIN);
      for (const [event, count] of Object.entries(total)) expect(count, event).toBeGreaterThan(300);
      expect(total.usedEntries, 'batches').toBeLessThan(total.buffersReturned);
    });

    afterAll(() => {
      const seeds = kinds.map(({ salt }) => seeded(0, salt).seed);
      console.log(sequenceReport(layout, total, seeds, performance.now() - start));
    });
  });
}
