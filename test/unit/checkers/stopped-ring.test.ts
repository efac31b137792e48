import { describe, expect, test } from 'vitest';
import { type StoppedRing, whereBuffersWait } from '../../../src/checkers/lost-notification.js';

const QUIET: StoppedRing = {
  posted: 40,
  popped: 40,
  used: 40,
  returned: 40,
  isDriverAsleep: true,
  isDeviceAsleep: true,
};

describe('what the counts of a stuck queue say', () => {
  test.each<[Partial<StoppedRing>, string[]]>([
    [{}, ['no buffer is out: the driver has posted nothing more']],
    [
      { popped: 30, used: 30, returned: 30 },
      ['the device has not seen 10 of the buffers; it sleeps: a kick was lost, or was not thought necessary'],
    ],
    [
      { popped: 30, used: 30, returned: 30, isDeviceAsleep: false },
      ['the device has not seen 10 of the buffers; it is awake, and takes none'],
    ],
    [{ used: 38, returned: 38 }, ['the device has taken 2 buffers, and has not finished them']],
    [
      { returned: 39 },
      [
        'the driver has not seen that 1 buffers were finished; ' +
          'it sleeps: an interrupt was lost, or was not thought necessary',
      ],
    ],
    [
      { returned: 39, isDriverAsleep: false },
      ['the driver has not seen that 1 buffers were finished; it is awake, and takes none'],
    ],
  ])('%j', (changes, lines) => {
    expect(whereBuffersWait({ ...QUIET, ...changes })).toEqual(lines);
  });

  test('buffers can wait in several places at once', () => {
    expect(whereBuffersWait({ ...QUIET, popped: 30, used: 20, returned: 10 })).toHaveLength(3);
  });
});
