import { expect, it } from 'vitest';
import { PROFILES } from '../../../../src/explore/models/profiles.js';
import { exitsProgram } from '../../../../src/explore/programs/exits.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { DEAF, onFaultyMachine } from '../../../support/explore/faulty-port.js';

const ONE = { vcpus: 1, rounds: 1 };

it.each(PROFILES)('passes under %s', (profile) => {
  expectToPass(exitsProgram(ONE), profile);
});

it('passes for accesses that follow each other', () => {
  expectToPass(exitsProgram({ vcpus: 1, rounds: 2 }), 'sc');
});

it.each(['vcpu0', 'host'])('shows that the notifications of %s are missing', (thread) => {
  const program = onFaultyMachine(exitsProgram(ONE), DEAF, [thread]);
  expect(explore(program, 'sc').finding?.kind).toBe('lost-wakeup');
});

it('shows that a request is seen before what it asks for', () => {
  const program = onFaultyMachine(exitsProgram(ONE), (port) => ({
    store32Release: (address, value) => port.store32(address, value),
  }));
  expect(explore(program, 'js').finding?.kind).toBe('race');
});
