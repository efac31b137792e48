import { describe, expect, test } from 'vitest';
import { type QueueProgress, verdicts } from '../../../src/machine/stuck-queue.js';

const QUIET: QueueProgress = {
  posted: 40,
  popped: 40,
  used: 40,
  got: 40,
  hasRestarted: false,
  guestSleeps: true,
  hostSleeps: true,
};

describe('what the counts of a stuck queue say', () => {
  test.each<[Partial<QueueProgress>, string[]]>([
    [{}, ['no buffer is out: the driver has posted nothing more']],
    [
      { popped: 30, used: 30, got: 30 },
      ['the device has not seen 10 of the buffers; it sleeps: a kick was lost, or was not thought necessary'],
    ],
    [
      { popped: 30, used: 30, got: 30, hostSleeps: false },
      ['the device has not seen 10 of the buffers; it is awake, and takes none'],
    ],
    [{ used: 38, got: 38 }, ['the device has taken 2 buffers, and has not finished them']],
    [
      { got: 39 },
      [
        'the driver has not seen that 1 buffers were finished; ' +
          'it sleeps: an interrupt was lost, or was not thought necessary',
      ],
    ],
    [
      { got: 39, guestSleeps: false },
      ['the driver has not seen that 1 buffers were finished; it is awake, and takes none'],
    ],
    // Of two rings that a reset lies between.
    [{ hasRestarted: true, used: 3 }, ['the ring was reset in this run: the counts are over all its lives']],
  ])('%j', (changes, lines) => {
    expect(verdicts({ ...QUIET, ...changes })).toEqual(lines);
  });

  test('buffers can wait in several places at once', () => {
    expect(verdicts({ ...QUIET, popped: 30, used: 20, got: 10 })).toHaveLength(3);
  });
});
