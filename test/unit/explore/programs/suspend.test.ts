import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../../../src/explore/models/profiles.js';
import { suspendProgram } from '../../../../src/explore/programs/suspend.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../../src/transport/window.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { addressesLoaded, DEAF, onFaultyMachine } from '../../../support/explore/faulty-port.js';

const ONE = { size: 2, eventIdx: true, before: 1, after: 0 };

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  it.each(PROFILES)('passes under %s', (profile) => {
    expectToPass(suspendProgram({ ...ONE, layout }), profile);
  });

  it('shows that a driver does not wait for the acknowledgement', () => {
    const [acknowledged, live] = addressesLoaded(WINDOW_BYTES, (port) =>
      new DeviceWindow(port).isQueueSettled(1),
    );
    const program = onFaultyMachine(suspendProgram({ ...ONE, layout }), (port) => ({
      load32Acquire: (address) => port.load32Acquire(address === acknowledged ? (live as number) : address),
    }));
    expect(explore(program, 'js', 'race').finding).not.toBeNull();
    expect(explore(program, 'sc', 'assertion').finding).not.toBeNull();
  });

  it('shows that nobody is woken by the resumption', () => {
    const program = onFaultyMachine(suspendProgram({ ...ONE, layout }), DEAF, ['guest']);
    expect(explore(program, 'sc').finding?.kind).toBe('lost-wakeup');
  });
});

it('posts what the ring has no room for when others are back', () => {
  expectToPass(suspendProgram({ ...ONE, layout: 'split', after: 1, eventIdx: false }), 'sc');
}, 60_000);
