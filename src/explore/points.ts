import type { AccessKind } from './execution.js';
import { Explorer } from './explorer.js';
import { memoryModel } from './models/profiles.js';
import { Order } from './order.js';
import type { Program } from './program.js';
import { currentSite, type Site } from './sites.js';
import { exploreStretch } from './stretch.js';
import { STUCK_MS } from './watch.js';
import { type OrderChange, type OrderName, weakening } from './weaken.js';

/** A place in the code where a thread makes an access, and the order that it has there. Plain data. */
export interface ProgramPoint {
  readonly site: Site;
  readonly thread: number;
  readonly kind: AccessKind;
  readonly order: OrderName;
}

const ORDER_NAMES = Object.keys(Order) as readonly OrderName[];

/**
 * The points that a program comes to in its first `limit` executions, in the order in which it comes to them. Weaker
 * memory may lead it to places that it does not see here; what it does there at all, it does under the strongest too.
 */
export function programPoints(
  program: Program,
  limit: number,
  changes: readonly OrderChange[] = [],
): ProgramPoint[] {
  const { adjust } = weakening(changes);
  const points = new Map<string, ProgramPoint>();
  const explorer = new Explorer(program, memoryModel('sc', program.threads.length), {
    onFinding: () => false,
    adjust: (kind, declared, thread) => {
      const adjusted = adjust(kind, declared, thread);
      const order = typeof adjusted === 'number' ? adjusted : adjusted.order;
      const site = currentSite();
      const key = [thread, kind, order, site.file, site.line, site.column].join(' ');
      if (!points.has(key)) points.set(key, { site, thread, kind, order: orderKey(order) });
      return adjusted;
    },
  });
  exploreStretch(explorer, Infinity, limit, STUCK_MS);
  return [...points.values()];
}

function orderKey(order: number): OrderName {
  return ORDER_NAMES.find((name) => Order[name] === order) as OrderName;
}
