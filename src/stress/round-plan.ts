import { mix32, Rng } from '../rng.js';
import type { WaitPolicy } from '../transport/waiter.js';
import { END_FEATURES, type EndFeature } from '../explore/load-ends.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import { isSlow, type V8Mode } from './v8-mode.js';
import type { Perturbation, PerturbationPlan } from './perturbation.js';

/** What the user left open is drawn anew for each round. */
export interface RoundChoices {
  readonly seed: number;
  readonly layouts: readonly RingLayout[];
  readonly perturbations: readonly Perturbation[];
  readonly wait: WaitPolicy['policy'] | null;
  /** How the engine works; as it is, unless told. Where it is slow, large rings live for fewer buffers. */
  readonly v8?: V8Mode;
  /** One large ring for as long as it is raced, instead of many small ones. */
  readonly isLong?: boolean;
  /** What the ends can; all of it, unless told. */
  readonly features?: readonly EndFeature[];
}

/** Notifications that go wrong in ways that are allowed. Chances in 256ths. */
export interface NotificationFaults {
  /** Of each turn, that the other side is told of nothing. */
  readonly spurious: number;
  /** Of each notification, that it comes some turns later, and together with those that follow. */
  readonly late: number;
}

/** How one side behaves. */
export interface SidePlan {
  readonly wait: WaitPolicy;
  readonly faults: NotificationFaults;
  readonly perturbation: PerturbationPlan;
  /** Chance in 256ths that a turn takes long. */
  readonly slow: number;
  /** Buffers that are shown together. */
  readonly batch: number;
  readonly seed: number;
}

/** The configuration of one round: some rings, all alike, one after the other. */
export interface RoundPlan {
  readonly round: number;
  readonly layout: RingLayout;
  readonly perturbation: Perturbation;
  readonly size: number;
  readonly startIndex: number;
  readonly eventIdx: boolean;
  readonly inOrder: boolean;
  readonly indirect: boolean;
  /** Elements that stay direct in front of a table. */
  readonly directCount: number;
  readonly elementsMax: number;
  /** Buffers in flight at most. */
  readonly depth: number;
  readonly rings: number;
  readonly buffersPerRing: number;
  /** The ring ends before that when the pair is told to stop. */
  readonly isLong: boolean;
  /** The driver takes buffers back only when it has posted so many. */
  readonly reapAfter: number;
  /** The driver asks to be told after three quarters of its buffers, not after the first. */
  readonly asksLate: boolean;
  readonly serviceOrder: 'oldest' | 'newest' | 'random';
  /** The device begins to return buffers when it has so many, or finds no more. */
  readonly window: number;
  readonly guest: SidePlan;
  readonly host: SidePlan;
}

const RINGS_PER_ROUND = 8;
const SMALL_SIZE_MAX = 16;

/** A perturbed buffer takes many times as long, and where there is room for few, both sides wait for each of them. */
const BUFFERS_PER_ENTRY: Readonly<Record<Perturbation, number>> = { none: 128, delay: 16, tso: 32, weak: 32 };
const BUFFERS_PER_RING_MAX: Readonly<Record<Perturbation, number>> = {
  none: 1024,
  delay: 128,
  tso: 256,
  weak: 256,
};

/** Of the rounds without perturbation: rings with room for many, for the sake of numbers. */
const LARGE_SHARE = 0.6;
const LARGE_BUFFERS_PER_RING = 65_536;
const SLOW_BUFFERS_PER_RING = 4096;

const LONG_SALT = 0x10_9c_a7;
/** Some half an hour at full speed. Both sides count the buffers of a ring in 32 bits. */
const LONG_BUFFERS_PER_RING = 2 ** 31;
/** Early loads copy all of a round's memory now and then. */
const SNAPSHOT_DEPTH_MAX = 64;

/** Round `round` of a seed. `repetition` draws other moments for the same configuration. */
export function drawRound(choices: RoundChoices, round: number, repetition: number): RoundPlan {
  if (choices.isLong === true) return drawLongRound(choices, round, repetition);
  const rng = new Rng(mix32(choices.seed, round));
  const layout = pick(rng, choices.layouts);
  const perturbation = pick(rng, choices.perturbations);
  const isLarge = perturbation === 'none' && rng.chance(LARGE_SHARE);
  const size = isLarge ? 2 ** (6 + rng.below(3)) : smallSize(rng, layout);
  const elementsMax = Math.min(size, 1 + rng.below(3));
  const depth = isLarge ? size : 1 + rng.below(size);
  const { features = END_FEATURES } = choices;
  const inOrder = rng.chance(0.3) && features.includes('in_order');
  // One by one would take a sleep and a wakeup each, and that is what small rings are for.
  const batches = (most: number): number[] =>
    isLarge ? [most >> 3, most >> 2, most >> 1] : [1, 1, 2, 3, most];
  return {
    round,
    layout,
    perturbation,
    size,
    startIndex: startIndex(rng, layout, size),
    eventIdx: rng.chance(0.6) && features.includes('event_idx'),
    inOrder,
    indirect: rng.chance(0.4) && features.includes('indirect_desc'),
    directCount: rng.below(2),
    elementsMax,
    depth,
    rings: RINGS_PER_ROUND,
    isLong: false,
    buffersPerRing: isLarge ? largeBuffers(choices) : buffersPerRing(perturbation, depth),
    reapAfter: rng.chance(0.6) ? 1 : 1 + rng.below(depth),
    asksLate: rng.chance(0.3),
    serviceOrder: inOrder ? 'oldest' : pick(rng, ['oldest', 'newest', 'random'] as const),
    window: !isLarge && rng.chance(0.5) ? 1 : 1 + rng.below(size),
    guest: drawSide(rng.fork(1), choices, perturbation, batches(depth), mix32(repetition, 1)),
    host: drawSide(rng.fork(2), choices, perturbation, batches(size), mix32(repetition, 2)),
  };
}

/** The same configuration, with other moments. */
export function varyRound(plan: RoundPlan, repetition: number): RoundPlan {
  return {
    ...plan,
    guest: varySide(plan.guest, mix32(repetition, 1)),
    host: varySide(plan.host, mix32(repetition, 2)),
  };
}

function varySide(side: SidePlan, variation: number): SidePlan {
  const { seed, perturbation } = side;
  return {
    ...side,
    seed: mix32(seed, variation),
    perturbation: { ...perturbation, seed: mix32(perturbation.seed, variation) },
  };
}

/** A ring with room for many, whose indices wrap again and again. */
function drawLongRound(choices: RoundChoices, round: number, repetition: number): RoundPlan {
  const short = drawRound({ ...choices, isLong: false }, round, repetition);
  const rng = new Rng(mix32(choices.seed ^ LONG_SALT, round));
  const { layout, perturbation } = short;
  const size = layout === 'split' ? 2 ** (8 + rng.below(3)) : 256 + rng.below(769);
  const most = perturbation === 'weak' ? SNAPSHOT_DEPTH_MAX : size;
  const depth = pick(rng, [most, most, most >> 1, 1 + rng.below(most)]);
  const batch = (): number => pick(rng, [1, 1 + (depth >> 4), 1 + (depth >> 2)]);
  return {
    ...short,
    size,
    depth,
    elementsMax: 1 + rng.below(3),
    rings: 1,
    buffersPerRing: LONG_BUFFERS_PER_RING,
    isLong: true,
    reapAfter: rng.chance(0.6) ? 1 : 1 + rng.below(depth),
    window: rng.chance(0.5) ? 1 : 1 + rng.below(depth),
    guest: { ...short.guest, batch: batch() },
    host: { ...short.host, batch: batch() },
  };
}

function drawSide(
  rng: Rng,
  choices: RoundChoices,
  kind: Perturbation,
  batches: readonly number[],
  variation: number,
): SidePlan {
  const policy = choices.wait ?? pick(rng, ['poll', 'block', 'block', 'adaptive'] as const);
  const hasFaults = rng.chance(0.5);
  return {
    wait: { policy, spinNs: 2000 * (1 + rng.below(10)) },
    faults: {
      spurious: hasFaults ? pick(rng, [0, 1, 8]) : 0,
      late: hasFaults ? pick(rng, [0, 32, 128]) : 0,
    },
    perturbation: {
      kind,
      seed: mix32(rng.next32(), variation),
      pause: kind === 'none' ? 0 : pick(rng, kind === 'delay' ? [4, 16, 48] : [0, 2, 8]),
      drain: pick(rng, [4, 16, 64, 128]),
      stale: pick(rng, [64, 128, 192]),
    },
    slow: rng.chance(0.25) ? 1 + rng.below(16) : 0,
    batch: pick(rng, batches),
    seed: mix32(rng.next32(), variation),
  };
}

function smallSize(rng: Rng, layout: RingLayout): number {
  return layout === 'split' ? 2 ** (1 + rng.below(4)) : 2 + rng.below(SMALL_SIZE_MAX - 1);
}

function buffersPerRing(perturbation: Perturbation, depth: number): number {
  return Math.min(BUFFERS_PER_RING_MAX[perturbation], BUFFERS_PER_ENTRY[perturbation] * depth);
}

function largeBuffers({ v8 = 'as-is' }: RoundChoices): number {
  return isSlow(v8) ? SLOW_BUFFERS_PER_RING : LARGE_BUFFERS_PER_RING;
}

/** Most rounds begin shortly before the indices wrap: at 2^16, and in a packed ring at each lap. */
function startIndex(rng: Rng, layout: RingLayout, size: number): number {
  if (rng.chance(0.2)) return 0;
  const behind = rng.below(2 * size);
  return layout === 'split' ? 0xffff - behind : behind;
}

function pick<T>(rng: Rng, values: readonly T[]): T {
  return values[rng.below(values.length)] as T;
}
