import type { TransportName } from '../../../src/scenario/plan.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import type { OperationKind } from '../ring/operations.js';
import type { FaultName } from './faults.js';

/** What a driver may take or leave beside RING_RESET and SUSPEND, which all of this is about. */
export const STACK_FEATURES = ['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER', 'NOTIFICATION_DATA'] as const;

export type StackFeature = (typeof STACK_FEATURES)[number];

/** What is chosen by hand, so that every combination gets its share. */
export interface StackKind {
  readonly layout: RingLayout;
  readonly transport: TransportName;
  readonly features: readonly StackFeature[];
}

/** Calls on the driver's end that make nothing available: it may make them while the device is suspended (3.4.1). */
export const DRIVER_CALLS_AT_REST: readonly OperationKind[] = [
  'getBuf',
  'drain',
  'pollDriver',
  'disableCallbacks',
  'enableCallbacks',
  'enableCallbacksDelayed',
];

/** All calls on the driver's end of a ring. */
export const DRIVER_CALLS: readonly OperationKind[] = [
  'add',
  'stage',
  'fill',
  'publish',
  'kick',
  ...DRIVER_CALLS_AT_REST,
];

/** Calls on the device's end, made by the service of the queue when its I/O thread has a turn. */
export const DEVICE_CALLS: readonly OperationKind[] = [
  'pop',
  'popAll',
  'push',
  'stageUsed',
  'stageUsedAll',
  'publishUsed',
  'pollDevice',
  'interrupt',
];

/** What the I/O thread does itself: before it goes to sleep, and when it was woken. */
export type SleepCall = 'enableKicks' | 'disableKicks';

/**
 * What the driver does with the device. `restart` brings up what there is not: the device, or the ring; a ring that
 * there is, it resets and enables again, with another size.
 */
export type StackCall =
  'restart' | 'resetDevice' | 'resetRing' | 'suspend' | 'giveUpSuspend' | 'resume' | 'changeConfig';

export type StackCallName = OperationKind | StackCall;

/** A call, and two numbers that choose sizes, buffers, lengths, and how slow the I/O thread is. */
export type StackCommand = readonly [call: StackCallName, a: number, b: number];

/** All that a run depends on: the same again is the same run. */
export interface StackSequence extends StackKind {
  /** On PCI: messages, and not the line. */
  readonly msix: boolean;
  readonly size: number;
  readonly startIndex: number;
  /** Ranges in front of an indirect table, where there are any. */
  readonly directCount: number;
  /** Something that is wrong on purpose. */
  readonly fault?: FaultName;
  readonly commands: readonly StackCommand[];
}

const REPLAY_FILE = 'test/stack/replay.test.ts';

/** The variable that {@link REPLAY_FILE} takes a sequence from. */
export const SEQUENCE_VARIABLE = 'VRING_SEQUENCE';

/** The one line that runs this sequence again, alone. */
export function replayLine(sequence: StackSequence): string {
  return `${SEQUENCE_VARIABLE}='${JSON.stringify(sequence)}' npx vitest run --project unit ${REPLAY_FILE}`;
}

export function parseSequence(text: string): StackSequence {
  return JSON.parse(text) as StackSequence;
}
