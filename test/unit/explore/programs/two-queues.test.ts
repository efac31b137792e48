import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../../../src/explore/models/profiles.js';
import { twoQueuesProgram } from '../../../../src/explore/programs/two-queues.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { onFaultyMachine } from '../../../support/explore/faulty-port.js';

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  const shape = { layout, size: 2, eventIdx: true };

  it.each(PROFILES)('passes with one I/O thread under %s', (profile) => {
    expectToPass(twoQueuesProgram({ ...shape, twoDevices: false }), profile);
  });

  it('passes with two I/O threads', () => {
    expectToPass(twoQueuesProgram({ ...shape, twoDevices: true }), 'sc');
  });

  it('shows that interrupts are acknowledged in more than one step', () => {
    const program = onFaultyMachine(twoQueuesProgram({ ...shape, twoDevices: true }), (port) => ({
      and32: (address, bits) => {
        const before = port.load32Acquire(address);
        port.store32Release(address, (before & bits) >>> 0);
        return before;
      },
    }));
    const { finding } = explore(program, 'sc');
    expect(finding).toMatchObject({ kind: 'lost-wakeup', message: expect.stringContaining('vcpu0 sleeps') });
  });
});
