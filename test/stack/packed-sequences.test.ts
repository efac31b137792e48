import { performance } from 'node:perf_hooks';
import { afterAll, describe, expect, it } from 'vitest';
import { seeded } from '../support/ring/seeded.js';
import { checkSequences, stackKinds } from '../support/stack/check-sequences.js';
import { sequenceReport } from '../support/stack/sequence-report.js';
import { StackTally } from '../support/stack/stack-run.js';

const SEQUENCES_PER_KIND = 350;
const SEQUENCES_MIN = 10_000;

const kinds = stackKinds('packed').map((kind, salt) => ({
  ...kind,
  name: kind.features.join(' '),
  salt: 3000 + salt,
}));

describe('packed: the whole stack against five lists, any sequence of calls', () => {
  const total = new StackTally();
  const start = performance.now();

  it.each(kinds)('$transport $name', ({ salt, layout, transport, features }) => {
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
    console.log(sequenceReport('packed', total, seeds, performance.now() - start));
  });
});
