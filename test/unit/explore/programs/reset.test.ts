import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../../src/explore/models/model.js';
import { resetProgram } from '../../../../src/explore/programs/reset.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../../src/transport/window.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { addressesLoaded, onFaultyMachine } from '../../../support/explore/faulty-port.js';

const ONE = { size: 2, eventIdx: true, before: 1, after: 1 };

/** The others, explored by hand, pass too; each takes a second or more, RC11 ten. */
const PASSES: Readonly<Record<'split' | 'packed', readonly ProfileName[]>> = {
  split: ['armv8', 'js'],
  packed: ['sc', 'tso'],
};

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  it.each(PASSES[layout])('passes under %s', { timeout: 120_000 }, (profile) => {
    expectToPass(resetProgram({ ...ONE, layout }), profile);
  });

  it('shows that a driver does not wait for the acknowledgement', () => {
    const [acknowledged, live] = addressesLoaded(WINDOW_BYTES, (port) =>
      new DeviceWindow(port).isQueueSettled(1),
    );
    const program = onFaultyMachine(resetProgram({ ...ONE, layout }), (port) => ({
      load32Acquire: (address) => port.load32Acquire(address === acknowledged ? (live as number) : address),
    }));
    expect(explore(program, 'js', 'race').finding).not.toBeNull();
    expect(explore(program, 'sc', 'assertion').finding).not.toBeNull();
  });
});
