import { expect, test } from 'vitest';
import { failureReport } from '../../../../src/explore/failure-report.js';
import type { Recording } from '../../../../src/explore/recording.js';
import { abstractRing } from '../../../../src/explore/programs/abstract-ring.js';
import { failing } from '../../../support/explore/failing.js';

test('a failure of the abstract ring is told in the names of the spec', () => {
  const program = abstractRing(2, 'no-fence-before-avail-event');
  const { spec, best } = failing(program, 'tso');
  const { trace, cause } = failureReport(program, spec, 'tso', best.best as Recording);
  expect(cause.text).toMatch(/not ordered \(store->load\): guest's W avail\.idx=2 and R avail_event=0$/);
  const names = trace.cells.map(({ name }) => name);
  expect(names).toEqual([
    'avail.idx',
    'used.idx',
    'avail_event',
    'used_event',
    'kick',
    'irq',
    'desc[0]',
    'desc[1]',
    'avail.ring[0]',
    'avail.ring[1]',
    'used.ring[0]',
    'answer 0',
  ]);
});
