import { expect, test } from 'vitest';
import { Fifo } from '../../../src/checkers/fifo.js';
import { Rng } from '../../../src/rng.js';

// Long enough in places for what was dropped to be moved out of the way, short enough in others for none to be left.
test.each([
  ['never longer than 3', 3],
  ['up to 600, dropped one by one', 600],
  ['up to 5000, far behind its first', 5000],
])('%s: first and last are those of an array', (_, longest) => {
  const rng = new Rng(longest);
  const fifo = new Fifo<number>();
  const model: number[] = [];
  let isGrowing = true;
  for (let step = 0; step < 30_000; step++) {
    if (model.length === 0) isGrowing = true;
    if (model.length === longest) isGrowing = false;
    if (model.length === 0 || (model.length < longest && rng.below(8) < (isGrowing ? 7 : 1))) {
      fifo.push(step);
      model.push(step);
    } else {
      fifo.drop();
      model.shift();
    }
    if (fifo.first !== model[0] || fifo.last !== model.at(-1)) {
      expect([step, fifo.first, fifo.last]).toEqual([step, model[0], model.at(-1)]);
    }
  }
  expect([fifo.first, fifo.last]).toEqual([model[0], model.at(-1)]);
});
