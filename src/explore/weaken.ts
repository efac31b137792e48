import { ExploreError } from './errors.js';
import type { AccessKind, Adjust, Adjustment } from './execution.js';
import { Order } from './order.js';
import type { ProgramSpec } from './program-spec.js';
import { currentSite, type Site } from './sites.js';

const ACCESS_KINDS: readonly AccessKind[] = ['load', 'store', 'update', 'fence', 'await'];

/** The orders by name, as they are written in data. */
export type OrderName = keyof typeof Order;

/** One access of a program that gets another order than the code says. Plain data. */
export interface OrderChange {
  /** The code that makes the access, by {@link Site.name}: `SplitDriver.kickPrepare`. */
  readonly site: string;
  readonly kind: AccessKind;
  readonly order: OrderName;
  /** Only an access of this order, in a method that makes several. */
  readonly from?: OrderName;
  /** Only the access at this place of the file that runs. */
  readonly line?: number;
  readonly column?: number;
  /** Only when this thread makes it; it counts from 0. */
  readonly thread?: number;
  /** A fence in front of the access, or a full one behind it, that the code does not have. */
  readonly fenceBefore?: OrderName;
  readonly isFencedBehind?: boolean;
}

export interface Weakening {
  readonly adjust: Adjust;
  /** Changes that no access has met yet: after an exploration, these name something that is not there. */
  readonly unmet: () => readonly OrderChange[];
}

/**
 * Carries out changes of orders, such as a barrier that is taken away: `order: 'none'`. A later change sees what an
 * earlier one made of the access.
 */
export function weakening(changes: readonly OrderChange[]): Weakening {
  const met = new Set<OrderChange>();
  const adjust = (kind: AccessKind, order: number, thread: number): number | Adjustment => {
    // To ask for the site costs microseconds, so all else is looked at first.
    let site: Site | null = null;
    let adjusted: Adjustment = { order };
    for (const change of changes) {
      if (!mayConcern(change, kind, adjusted.order, thread)) continue;
      site ??= currentSite();
      if (!isAt(change, site)) continue;
      met.add(change);
      adjusted = changed(adjusted, change);
    }
    return adjusted;
  };
  return { adjust, unmet: () => changes.filter((change) => !met.has(change)) };
}

/** The changes of a program's options, carried out; null when there are none. */
export function adjustOf({ options }: ProgramSpec): Adjust | null {
  const changes = changesOf(options);
  return changes.length === 0 ? null : weakening(changes).adjust;
}

/** The `weaken` of a program's options. It can come from a replay token, so it is checked. */
function changesOf(options: ProgramSpec['options']): readonly OrderChange[] {
  const { weaken = [] } = options;
  if (Array.isArray(weaken) && weaken.every(isOrderChange)) return weaken;
  const message = 'weaken is a list of accesses, each with its site, kind and order';
  throw new ExploreError('EXPLORE_WEAKEN', message);
}

function isOrderChange(value: unknown): value is OrderChange {
  if (typeof value !== 'object' || value === null) return false;
  const { site, kind, order } = value as Record<keyof OrderChange, unknown>;
  return (
    typeof site === 'string' &&
    ACCESS_KINDS.some((name) => name === kind) &&
    Object.hasOwn(Order, String(order))
  );
}

function mayConcern(change: OrderChange, kind: AccessKind, order: number, thread: number): boolean {
  return (
    change.kind === kind &&
    (change.from === undefined || Order[change.from] === order) &&
    (change.thread === undefined || change.thread === thread)
  );
}

function isAt(change: OrderChange, { name, line, column }: Site): boolean {
  return (
    change.site === name &&
    (change.line === undefined || change.line === line) &&
    (change.column === undefined || change.column === column)
  );
}

function changed(before: Adjustment, change: OrderChange): Adjustment {
  const { fenceBefore, isFencedBehind } = change;
  return {
    ...before,
    order: Order[change.order],
    ...(fenceBefore === undefined ? {} : { fenceBefore: Order[fenceBefore] }),
    ...(isFencedBehind === undefined ? {} : { isFencedBehind }),
  };
}
