import { expect, test } from 'vitest';
import { parseSequence, SEQUENCE_VARIABLE, type StackSequence } from '../support/stack/sequence.js';
import { StackRun } from '../support/stack/stack-run.js';

/** A little of everything, for a run that was given nothing. */
const SAMPLE: StackSequence = {
  layout: 'packed',
  transport: 'pci',
  features: ['EVENT_IDX', 'NOTIFICATION_DATA'],
  msix: true,
  size: 5,
  startIndex: 65_530,
  directCount: 0,
  commands: [
    ['add', 0, 0],
    ['kick', 0, 0],
    ['pop', 0, 0],
    ['suspend', 0, 3],
    ['resume', 0, 0],
    ['getBuf', 0, 0],
    ['add', 1, 1],
    ['restart', 2, 0],
    ['fill', 3, 3],
    ['resetDevice', 4, 1],
    ['add', 5, 5],
  ],
};

test(`the sequence of ${SEQUENCE_VARIABLE}`, () => {
  const given = process.env[SEQUENCE_VARIABLE];
  const sequence = given === undefined ? SAMPLE : parseSequence(given);
  expect(new StackRun(sequence).play().tally).toMatchObject({
    sequences: 1,
    commands: sequence.commands.length,
  });
});
