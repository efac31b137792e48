import { expect, test } from 'vitest';
import { together } from '../../../src/explore/together.js';

test('no more than so many tasks at a time, until there are no more', async () => {
  let left = 7;
  let running = 0;
  let most = 0;
  await together(
    3,
    () => left > 0,
    async () => {
      left -= 1;
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  );
  expect([left, running, most]).toEqual([0, 0, 3]);
});

test('a task that brings more work is waited for', async () => {
  const work = [3];
  let done = 0;
  await together(
    2,
    () => work.length > 0,
    async () => {
      const size = work.pop() as number;
      await Promise.resolve();
      work.push(...Array.from({ length: size }, () => size - 1));
      done += 1;
    },
  );
  expect(done).toBe(1 + 3 + 6 + 6);
});

test('an error is not lost when another task ends at the same moment; the others are waited for', async () => {
  let begun = 0;
  let ended = 0;
  const all = together(
    3,
    () => begun < 10,
    async () => {
      const number = begun++;
      await Promise.resolve();
      if (number === 1) throw new Error('the second');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      ended += 1;
    },
  );
  await expect(all).rejects.toThrow('the second');
  expect([begun, ended]).toEqual([3, 2]);
});

test('nothing to do is done at once', async () => {
  let begun = 0;
  const begin = async (): Promise<void> => void (begun += 1);
  await together(2, () => false, begin);
  expect(begun).toBe(0);
});
