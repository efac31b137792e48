import { expect, it } from 'vitest';
import { PROFILES } from '../../../../src/explore/models/profiles.js';
import { configProgram } from '../../../../src/explore/programs/config.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { DEAF, onFaultyMachine } from '../../../support/explore/faulty-port.js';

it.each(PROFILES)('passes under %s', (profile) => {
  expectToPass(configProgram({ changes: 1, checksGeneration: true }), profile);
});

it('passes when the configuration changes twice', () => {
  expectToPass(configProgram({ changes: 2, checksGeneration: true }), 'sc');
});

it('shows that a driver does not look at the generation', () => {
  const { finding } = explore(configProgram({ changes: 1, checksGeneration: false }), 'sc');
  expect(finding).toMatchObject({ kind: 'assertion', message: expect.stringContaining('half of the') });
});

it('shows that the interrupt of a change is missing', () => {
  const program = onFaultyMachine(configProgram({ changes: 1, checksGeneration: true }), DEAF, ['host']);
  expect(explore(program, 'sc').finding?.kind).toBe('lost-wakeup');
});
