import { loadEnds } from '../explore/load-ends.js';
import type { MemoryPort } from '../memory/port.js';
import { type QueueEnds, VRING_ENDS } from '../virtqueue/queue-ends.js';
import { drawRound, type RoundChoices, type RoundPlan, varyRound } from './round-plan.js';

/** Which rounds a pair of threads races. */
export interface RoundRange {
  readonly choices: RoundChoices;
  readonly first: number;
  /** To the next round of this pair; the others have those between. 0: the same round again and again. */
  readonly step: number;
  /** Null: until told to stop. */
  readonly count: number | null;
  /** Not drawn but given: this configuration again and again. */
  readonly fixed?: RoundPlan;
}

/** What both threads of a pair are started with; the host has other boards. */
export interface StressThreadConfig {
  readonly range: RoundRange;
  /** The file of a module with ends of the user's own; null: vring's. */
  readonly module: string | null;
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly meeting: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
  readonly tally: SharedArrayBuffer;
  /** The thread's own ring of events. */
  readonly events: SharedArrayBuffer;
}

/** What a worker can be asked for. */
export interface StressApi {
  guest(config: StressThreadConfig): Promise<void>;
  host(config: StressThreadConfig): Promise<void>;
}

/** Stands between a ring's end and its port, to break one thing: for who wants to see the stress find it. */
export type Weaken = (port: MemoryPort) => MemoryPort;

/** The ends that this thread has one of. */
export async function endsOf({ module }: StressThreadConfig): Promise<QueueEnds> {
  return module === null ? VRING_ENDS : (await loadEnds(module)).ends;
}

/** What the pair races as its turn number `turn`. */
export function planOfTurn({ choices, first, step, fixed }: RoundRange, turn: number): RoundPlan {
  if (fixed !== undefined) return varyRound(fixed, turn);
  return drawRound(choices, first + turn * step, step === 0 ? turn : 0);
}
