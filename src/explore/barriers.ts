import type { AccessKind } from './execution.js';
import type { ProfileName } from './models/model.js';
import { type ProgramPoint, programPoints } from './points.js';
import type { Program } from './program.js';
import { type Verdict, verdictOf } from './verdict.js';
import type { OrderChange, OrderName } from './weaken.js';

/** What to weaken, and where it has to show. */
export interface BarrierSuite {
  /** From small to large: a point counts as caught in the first one that fails. */
  readonly programs: readonly Program[];
  /** The code whose points are weakened. */
  readonly sites: RegExp;
  /** Whether code that several threads run is weakened in one thread at a time. */
  readonly isByThread: boolean;
  /** What the points are called; one that is not here has no name. */
  readonly names: readonly PointName[];
}

export interface PointName {
  readonly name: string;
  readonly site: string;
  readonly kind: AccessKind;
}

/** A point of the code that orders something. */
export interface OrderedPoint {
  readonly name: string | null;
  readonly site: string;
  readonly kind: AccessKind;
  readonly order: OrderName;
  /** Null where it is weakened in all threads at once. */
  readonly thread: number | null;
}

/** What a point is left with. */
export interface Weakened {
  readonly order: OrderName;
  /** A weaker barrier in its place. */
  readonly fenceBefore?: OrderName;
}

/** What one profile says about a weakened point: the first program that fails, or that none does. */
export interface BarrierVerdict extends Verdict {
  readonly profile: ProfileName;
  readonly program: string | null;
}

export interface BarrierScore {
  readonly point: OrderedPoint;
  readonly weakened: Weakened;
  readonly verdicts: readonly BarrierVerdict[];
  /** The first program that any profile fails; null when the point survives, and is redundant or untested. */
  readonly caughtIn: string | null;
}

/** What to weaken an access of this order to: first so that it orders nothing. A plain access can race besides. */
const WEAKER: Partial<Record<OrderName, readonly Weakened[]>> = {
  acquirePc: [{ order: 'relaxed' }, { order: 'plain' }],
  release: [{ order: 'relaxed' }, { order: 'relaxed', fenceBefore: 'writes' }, { order: 'plain' }],
  acquireRelease: [{ order: 'relaxed' }, { order: 'release' }, { order: 'acquire' }],
  full: [{ order: 'none' }, { order: 'writes' }, { order: 'reads' }],
};

/**
 * Weakens every ordered point of a suite, one at a time, and explores its programs up to `limit` executions each. With
 * all of its order gone every program is explored, with some of it left those up to the first that notices.
 */
export function* scoreBarriers(
  suite: BarrierSuite,
  profiles: readonly ProfileName[],
  limit: number,
): Generator<BarrierScore> {
  const points = suite.programs.map((program) => orderedPoints(suite, program, limit));
  const all = new Map(points.flatMap((some) => [...some]));
  for (const [key, point] of all) {
    const programs = suite.programs.filter((_, i) => points[i]?.has(key));
    const [least, ...others] = weakerOrders(point);
    if (least === undefined) continue;
    const result = score(point, least, programs, profiles, limit);
    yield result;
    for (const weakened of others) {
      // Where nothing misses all of the order, nothing misses a part of it.
      if (weakened.order !== 'plain' && result.caughtIn === null) continue;
      yield score(point, weakened, programs, profiles, limit, true);
    }
  }
}

/** Every change that weakens one ordered point of a program, which is one of the suite or like one. */
export function weakeningChanges(suite: BarrierSuite, program: Program, limit: number): OrderChange[] {
  const points = [...orderedPoints(suite, program, limit).values()];
  return points.flatMap((point) => weakerOrders(point).map((weakened) => changeOf(point, weakened)));
}

function weakerOrders({ order, kind }: OrderedPoint): readonly Weakened[] {
  const weaker = WEAKER[order] ?? [];
  // A sleep is an atomic access whatever is said of it.
  return kind === 'await' ? weaker.filter((weakened) => weakened.order !== 'plain') : weaker;
}

function orderedPoints(suite: BarrierSuite, program: Program, limit: number): Map<string, OrderedPoint> {
  const points = programPoints(program, limit)
    .filter(({ site, order }) => suite.sites.test(site.name) && WEAKER[order] !== undefined)
    .map((point) => orderedPoint(point, suite));
  return new Map(points.map((point) => [Object.values(point).join(' '), point]));
}

function orderedPoint({ site, kind, order, thread }: ProgramPoint, suite: BarrierSuite): OrderedPoint {
  const known = suite.names.find((candidate) => candidate.site === site.name && candidate.kind === kind);
  return {
    name: known?.name ?? null,
    site: site.name,
    kind,
    order,
    thread: suite.isByThread ? thread : null,
  };
}

function score(
  point: OrderedPoint,
  weakened: Weakened,
  programs: readonly Program[],
  profiles: readonly ProfileName[],
  limit: number,
  isUpToFirst = false,
): BarrierScore {
  const change = changeOf(point, weakened);
  let verdicts = profiles.map((profile): BarrierVerdict => ({ ...NOTHING_YET, profile }));
  let caughtIn: string | null = null;
  for (const program of programs) {
    verdicts = verdicts.map((before) => explored(before, program, change, limit));
    if (caughtIn === null && verdicts.some(({ outcome }) => outcome === 'failed')) caughtIn = program.name;
    if (caughtIn !== null && isUpToFirst) break;
  }
  return { point, weakened, verdicts, caughtIn };
}

function changeOf({ site, kind, order, thread }: OrderedPoint, weakened: Weakened): OrderChange {
  return { site, kind, from: order, ...(thread === null ? {} : { thread }), ...weakened };
}

const NOTHING_YET = { outcome: 'passed', failure: null, graphs: 0, program: null } as const;

/** A verdict with one more program; the first failure stays. */
function explored(
  before: BarrierVerdict,
  program: Program,
  change: OrderChange,
  limit: number,
): BarrierVerdict {
  if (before.outcome === 'failed') return before;
  const verdict = verdictOf(program, before.profile, [change], limit);
  const graphs = before.graphs + verdict.graphs;
  if (verdict.outcome === 'failed') return { ...before, ...verdict, graphs, program: program.name };
  return { ...before, graphs, outcome: verdict.outcome === 'open' ? 'open' : before.outcome };
}
