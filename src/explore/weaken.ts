import { ExploreError } from './errors.js';
import type { AccessKind, Adjust } from './execution.js';
import { Order } from './order.js';
import type { ProgramSpec } from './program-spec.js';
import { currentSite } from './sites.js';

const ACCESS_KINDS: readonly AccessKind[] = ['load', 'store', 'update', 'fence', 'await'];

/** The orders by name, as they are written in data. */
export type OrderName = keyof typeof Order;

/** One access of a program that gets another order than the code says. Plain data. */
export interface OrderChange {
  /** The code that makes the access, by {@link Site.name}: `SplitDriver.kickPrepare`. */
  readonly site: string;
  readonly kind: AccessKind;
  readonly order: OrderName;
}

export interface Weakening {
  readonly adjust: Adjust;
  /** Changes that no access has met yet: after an exploration, these name something that is not there. */
  readonly unmet: () => readonly OrderChange[];
}

/** Carries out changes of orders, such as a barrier that is taken away: `order: 'none'`. */
export function weakening(changes: readonly OrderChange[]): Weakening {
  const kinds = new Set(changes.map(({ kind }) => kind));
  const met = new Set<OrderChange>();
  const adjust = (kind: AccessKind, order: number): number => {
    // To ask for the site costs microseconds.
    if (!kinds.has(kind)) return order;
    const { name } = currentSite();
    const change = changes.find((candidate) => candidate.kind === kind && candidate.site === name);
    if (change === undefined) return order;
    met.add(change);
    return Order[change.order];
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
