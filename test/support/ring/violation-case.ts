import type { Rig, RigOptions } from './rig.js';

/** A way for one end to misbehave, by bytes alone, and what the other end has to say to that. */
export interface ViolationCase {
  readonly title: string;
  readonly code: string;
  readonly section: string;
  readonly options?: RigOptions;
  /** Honest traffic and then the bad bytes. The next `getBuf` or `pop` must fail. */
  readonly arrange: (rig: Rig) => void;
  readonly actual: string | number;
}
