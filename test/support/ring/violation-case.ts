import type { AnyRig, Rig, RigOptions } from './rig.js';

/** A way for one end to misbehave, by bytes alone, and what the other end has to say to that. */
export interface ViolationCase<R extends AnyRig = Rig> {
  readonly title: string;
  readonly code: string;
  readonly section: string;
  readonly options?: RigOptions;
  /** Honest traffic and then the bad bytes. The next {@link call} must fail. */
  readonly arrange: (rig: R) => void;
  /** `getBuf` or `pop` unless told otherwise. */
  readonly call?: 'kick' | 'kickPrepare' | 'interrupt' | 'interruptPrepare';
  readonly actual: string | number;
}

/** The end that has to notice. */
export type Victim = 'driver' | 'device';

export interface VictimCase<R extends AnyRig = Rig> extends ViolationCase<R> {
  readonly victim: Victim;
}

export function victimCases<R extends AnyRig>(
  driver: readonly ViolationCase<R>[],
  device: readonly ViolationCase<R>[],
): VictimCase<R>[] {
  return [
    ...driver.map((violation) => ({ ...violation, victim: 'driver' as const })),
    ...device.map((violation) => ({ ...violation, victim: 'device' as const })),
  ];
}
