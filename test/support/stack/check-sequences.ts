import fc from 'fast-check';
import { seeded } from '../ring/seeded.js';
import type { FaultName } from './faults.js';
import {
  DEVICE_CALLS,
  DRIVER_CALLS,
  replayLine,
  STACK_FEATURES,
  type StackCallName,
  type StackCommand,
  type StackFeature,
  type StackKind,
  type StackSequence,
} from './sequence.js';
import { RING_SIZES } from './stack-machine.js';
import { StackRun, StackTally } from './stack-run.js';

/** Calls that follow each other in a driver or a device that works, so that a sequence gets somewhere. */
const PHRASES: readonly (readonly StackCallName[])[] = [
  ['add', 'kick'],
  ['stage', 'stage', 'kick'],
  ['fill', 'kick'],
  ['pop', 'push', 'interrupt'],
  ['popAll', 'stageUsed', 'stageUsed', 'interrupt'],
  ['popAll', 'stageUsedAll', 'interrupt'],
  ['popAll', 'enableKicks'],
  ['drain', 'enableCallbacks'],
  ['drain', 'enableCallbacksDelayed'],
];

/** And any call by itself, those that say so more often than once. */
const SINGLE: readonly StackCallName[] = [
  ...DRIVER_CALLS,
  ...DEVICE_CALLS,
  ...(['add', 'stage', 'kick', 'getBuf', 'getBuf', 'pop', 'push', 'stageUsed', 'interrupt'] as const),
  ...(['enableKicks', 'disableKicks', 'enableCallbacks'] as const),
  ...([
    'restart',
    'resetDevice',
    'resetRing',
    'suspend',
    'suspend',
    'giveUpSuspend',
    'changeConfig',
    'resume',
    'resume',
    'resume',
  ] as const),
];

const PHRASES_MIN = 6;
const PHRASES_MAX = 30;

const phrase: fc.Arbitrary<StackCommand[]> = fc
  .tuple(
    fc.constantFrom(...SINGLE.map((call) => [call]), ...PHRASES, ...PHRASES, ...PHRASES),
    fc.nat(0xff),
    fc.nat(0xff),
  )
  .map(([calls, a, b]) => calls.map((call, i) => [call, a + i, b + i]));

const commands: fc.Arbitrary<StackCommand[]> = fc
  .array(phrase, { minLength: PHRASES_MIN, maxLength: PHRASES_MAX, size: 'max' })
  .map((phrases) => phrases.flat());

/** Sequences for one kind of device; what is not chosen by hand is chosen with them. */
function sequences(kind: StackKind, fault?: FaultName): fc.Arbitrary<StackSequence> {
  return fc.record({
    layout: fc.constant(kind.layout),
    transport: fc.constant(kind.transport),
    features: fc.constant(kind.features),
    msix: kind.transport === 'pci' ? fc.boolean() : fc.constant(false),
    size: fc.constantFrom(...RING_SIZES[kind.layout]),
    startIndex: fc.oneof(fc.constant(0), fc.nat(20), fc.integer({ min: 0xfff0, max: 0xffff })),
    directCount: kind.features.includes('INDIRECT_DESC') ? fc.nat(2) : fc.constant(0),
    ...(fault === undefined ? {} : { fault: fc.constant(fault) }),
    commands,
  });
}

/** A sequence that failed, as short as it can be. */
export class SequenceError extends Error {
  readonly sequence: StackSequence;
  /** What went wrong in it. */
  readonly reason: string;
  /** What to type to see it again. */
  readonly line: string;

  constructor(sequence: StackSequence, cause: unknown, found: string) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const line = replayLine(sequence);
    super(`${reason}\n${found}\n${line}`, { cause });
    this.sequence = sequence;
    this.reason = reason;
    this.line = line;
  }
}

/** Runs random sequences on one kind of device, and returns what happened in all of them. */
export function checkSequences(
  kind: StackKind,
  numRuns: number,
  salt: number,
  fault?: FaultName,
): StackTally {
  const total = new StackTally();
  const property = fc.property(sequences(kind, fault), (sequence) => {
    total.add(new StackRun(sequence).play().tally);
  });
  const {
    seed,
    failed,
    counterexample,
    errorInstance,
    numShrinks,
    numRuns: ran,
  } = fc.check(property, seeded(numRuns, salt));
  if (!failed || counterexample === null) return total;
  const [sequence, cause] = shortened(counterexample[0], errorInstance);
  const { length } = sequence.commands;
  const found = `sequence ${ran} of seed ${seed}, shrunk ${numShrinks} times to ${length} commands`;
  throw new SequenceError(sequence, cause, found);
}

/** What fast-check leaves, without the commands that it fails without; it drops phrases, and never the last one. */
function shortened(sequence: StackSequence, cause: unknown): [StackSequence, unknown] {
  for (let i = sequence.commands.length - 1; i >= 0; i--) {
    const shorter = { ...sequence, commands: sequence.commands.toSpliced(i, 1) };
    const error = failure(shorter);
    if (error !== null) return shortened(shorter, error);
  }
  return [sequence, cause];
}

/** What goes wrong in a sequence; null when nothing does. */
export function failure(sequence: StackSequence): unknown {
  try {
    new StackRun(sequence).play();
    return null;
  } catch (error) {
    return error;
  }
}

/** All kinds of devices with one layout. */
export function stackKinds(layout: StackKind['layout']): StackKind[] {
  const subsets = Array.from({ length: 1 << STACK_FEATURES.length }, (_, mask): StackFeature[] =>
    STACK_FEATURES.filter((__, bit) => ((mask >> bit) & 1) === 1),
  );
  return (['mmio', 'pci'] as const).flatMap((transport) =>
    subsets.map((features) => ({ layout, transport, features })),
  );
}
