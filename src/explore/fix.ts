import type { ProfileName } from './models/model.js';
import { type ProgramPoint, programPoints } from './points.js';
import type { Program } from './program.js';
import type { Site } from './sites.js';
import { type Verdict, verdictOf } from './verdict.js';
import type { OrderChange, OrderName } from './weaken.js';

/** A change of one point with which a program has no failure in any of the profiles. Plain data. */
export interface Fix {
  /** What to do there, for a person: `full fence behind the store`. */
  readonly what: string;
  readonly site: Site;
  readonly change: OrderChange;
  /** Executions that were built to see that nothing fails, in all profiles together. */
  readonly graphs: number;
}

export interface FixSearch {
  /** Null when no change of a single point is enough, or when the search had to stop. */
  readonly fix: Fix | null;
  /** Points that were changed, one at a time. */
  readonly tried: number;
  /** False when the executions were used up: a fix may exist that was not looked at to the end. */
  readonly isComplete: boolean;
}

export interface FixOptions {
  /** What is wrong with the program, when that is not in its code. */
  readonly changes?: readonly OrderChange[];
  /** Executions that the whole search may build. */
  readonly graphs?: number;
}

/** A way to strengthen one point. */
interface Candidate {
  readonly what: string;
  readonly point: ProgramPoint;
  readonly order: OrderName;
  readonly fenceBefore?: OrderName;
  readonly isFencedBehind?: boolean;
}

const DEFAULT_GRAPHS = 200_000;
/** Executions in which to look for the points of a program. */
const POINT_GRAPHS = 1000;

/**
 * Strengthens one point of a program at a time and explores it again, until it passes in all `profiles`. The smallest
 * change comes first: an order in place of none, then a fence. It holds for all threads that run the code.
 */
export function findFix(
  program: Program,
  profiles: readonly ProfileName[],
  options: FixOptions = {},
): FixSearch {
  const { changes = [], graphs: allowed = DEFAULT_GRAPHS } = options;
  let left = allowed;
  const explore = (profile: ProfileName, change?: OrderChange): Verdict => {
    const all = change === undefined ? changes : [...changes, change];
    const verdict = verdictOf(program, profile, all, left);
    left -= verdict.graphs;
    return verdict;
  };
  const outcomes = new Map(profiles.map((profile) => [profile, explore(profile).outcome]));
  const failing = profiles.filter((profile) => outcomes.get(profile) === 'failed');
  if (failing.length === 0) return { fix: null, tried: 0, isComplete: left > 0 };
  // Where it fails now is where most changes are found to be of no use, and soon.
  const order = [...failing, ...profiles.filter((profile) => !failing.includes(profile))];
  const passes = (change: OrderChange): boolean =>
    order.every((profile) => left > 0 && explore(profile, change).outcome === 'passed');
  let tried = 0;
  for (const candidate of candidates(programPoints(program, POINT_GRAPHS, changes))) {
    if (left <= 0) return { fix: null, tried, isComplete: false };
    tried += 1;
    const change = changeOf(candidate);
    const before = left;
    if (passes(change)) {
      const { what, point } = candidate;
      return { fix: { what, site: point.site, change, graphs: before - left }, tried, isComplete: true };
    }
  }
  return { fix: null, tried, isComplete: left > 0 };
}

function changeOf({ point, order, fenceBefore, isFencedBehind }: Candidate): OrderChange {
  const { site, kind } = point;
  return {
    site: site.name,
    line: site.line,
    column: site.column,
    kind,
    from: point.order,
    order,
    ...(fenceBefore === undefined ? {} : { fenceBefore }),
    ...(isFencedBehind === undefined ? {} : { isFencedBehind }),
  };
}

function candidates(points: readonly ProgramPoint[]): Candidate[] {
  const distinct = new Map(points.map((point) => [keyOf(point), point]));
  const some = [...distinct.values()];
  return [
    ...some.filter(({ kind }) => kind !== 'fence').flatMap(ordered),
    ...some.filter(({ kind }) => kind === 'fence').flatMap(ordered),
    ...some.filter(({ kind }) => kind === 'store').map(fencedBehind),
    ...some.filter(({ kind }) => kind === 'load').map(fencedBefore),
  ];
}

function keyOf({ site, kind, order }: ProgramPoint): string {
  return [site.file, site.line, site.column, kind, order].join(' ');
}

/** The order that a point does not have. */
function ordered(point: ProgramPoint): Candidate[] {
  const { kind, order } = point;
  const isUnordered = order === 'plain' || order === 'relaxed';
  switch (kind) {
    case 'load':
      return isUnordered ? [{ what: 'acquire in the load', point, order: 'acquirePc' }] : [];
    case 'await':
      return isUnordered ? [{ what: 'acquire in the sleep', point, order: 'acquirePc' }] : [];
    case 'store':
      return isUnordered ? [{ what: 'release in the store', point, order: 'release' }] : [];
    case 'update':
      return order === 'acquireRelease'
        ? []
        : [{ what: 'acquire and release in the update', point, order: 'acquireRelease' }];
    case 'fence':
      return order === 'full' ? [] : [{ what: 'full fence', point, order: 'full' }];
  }
}

function fencedBehind(point: ProgramPoint): Candidate {
  return { what: 'full fence behind the store', point, order: point.order, isFencedBehind: true };
}

function fencedBefore(point: ProgramPoint): Candidate {
  return { what: 'full fence in front of the load', point, order: point.order, fenceBefore: 'full' };
}
