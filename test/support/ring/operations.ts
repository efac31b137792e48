/** One call on one end. `a` and `b` are any numbers: they choose sizes, buffers and lengths. */
export interface Operation {
  readonly kind: OperationKind;
  readonly a: number;
  readonly b: number;
}

export type OperationKind =
  | ('add' | 'stage' | 'fill' | 'publish' | 'kickPrepare' | 'kick' | 'getBuf' | 'drain' | 'pollDriver')
  | ('disableCallbacks' | 'enableCallbacks' | 'enableCallbacksDelayed')
  | ('pop' | 'popAll' | 'push' | 'stageUsed' | 'stageUsedAll' | 'publishUsed' | 'pollDevice')
  | ('interruptPrepare' | 'interrupt' | 'disableKicks' | 'enableKicks');

/** How often each is chosen; the heavy ones are those that move buffers on. */
const WEIGHTS: Record<OperationKind, number> = {
  add: 3,
  stage: 3,
  fill: 1,
  publish: 1,
  kickPrepare: 1,
  kick: 3,
  getBuf: 3,
  drain: 1,
  pollDriver: 1,
  disableCallbacks: 1,
  enableCallbacks: 2,
  enableCallbacksDelayed: 2,
  pop: 3,
  popAll: 1,
  push: 3,
  stageUsed: 3,
  stageUsedAll: 1,
  publishUsed: 1,
  pollDevice: 1,
  interruptPrepare: 1,
  interrupt: 3,
  disableKicks: 1,
  enableKicks: 2,
};

/** Every kind, as many times as it weighs. */
export const OPERATION_KINDS: readonly OperationKind[] = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as OperationKind),
);

/** How often things happened, so that a test can tell whether it tested anything. */
export class Tally {
  refused = 0;
  buffersReturned = 0;
  usedEntries = 0;
  indirectChains = 0;
  kicksSent = 0;
  kicksSuppressed = 0;
  interruptsSent = 0;
  interruptsSuppressed = 0;

  add(other: Tally): void {
    for (const key of Object.keys(other) as (keyof Omit<Tally, 'add'>)[]) this[key] += other[key];
  }
}
