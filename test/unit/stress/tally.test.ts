import { expect, test } from 'vitest';
import { outcomeRows, sumOf } from '../../../src/stress/outcome-rows.js';
import { ROUND_CLASSES, Tally } from '../../../src/stress/tally.js';

test('what is added belongs to the class of the round at hand, and outlives who counted', () => {
  const tally = Tally.create();
  const reader = new Tally(tally.buffer);
  tally.enter({ layout: 'packed', perturbation: 'weak' });
  tally.addBuffers(40);
  tally.addRing();
  tally.add('kick', 10);
  tally.enter({ layout: 'split', perturbation: 'none' });
  tally.addBuffers(2);
  tally.add('kick', 1);
  const at = ROUND_CLASSES.findIndex((one) => one.layout === 'packed' && one.perturbation === 'weak');
  expect([reader.buffers(at), reader.rings(at), reader.samples(at, 'kick')]).toEqual([40, 1, 10]);
  expect(sumOf([reader], (one, index) => one.buffers(index))).toBe(42);
});

test('a row for what was seen, of all threads together, and how often for each buffer', () => {
  const [guest, host] = [Tally.create(), Tally.create()];
  for (const tally of [guest, host]) tally.enter({ layout: 'split', perturbation: 'tso' });
  guest.addBuffers(8);
  guest.add('kick', 2);
  host.add('kick', 4);
  host.add('lostKick', 1);
  expect(outcomeRows([guest, host])).toMatchObject([
    {
      layout: 'split',
      perturbation: 'tso',
      result: 'kick',
      samples: 6,
      frequency: 0.75,
      grade: 'acceptable',
    },
    { result: 'lost kick', samples: 1, frequency: 0.125, grade: 'forbidden' },
  ]);
});

test('nothing came back: a frequency of 0, not of infinity', () => {
  const tally = Tally.create();
  tally.enter({ layout: 'split', perturbation: 'tso' });
  tally.add('stall', 1);
  expect(outcomeRows([tally])).toMatchObject([{ result: 'stall', samples: 1, frequency: 0 }]);
});
