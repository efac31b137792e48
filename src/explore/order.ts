/** What an event of an execution graph is. A read-modify-write is a read and the write behind it, both flagged. */
export const Kind = { read: 0, write: 1, fence: 2, notify: 3 } as const;

/**
 * How strongly an access or a fence is ordered, in the words of the C11 model. What each means on a machine is the
 * memory model's to say.
 */
export const Order = {
  plain: 0,
  relaxed: 1,
  /** An acquire that a release in front of it may be overtaken by: `ldapr`, C's acquire. */
  acquirePc: 2,
  /** An acquire that stays behind an earlier release: `ldar`. */
  acquire: 3,
  release: 4,
  /** Of both halves of a read-modify-write. */
  acquireRelease: 5,
  sequential: 6,
  /** Fences: all, writes before writes (`smp_wmb`), reads before all (`smp_rmb`). */
  full: 7,
  writes: 8,
  reads: 9,
  /** A fence that was taken away: it orders nothing. */
  none: 10,
} as const;

const ORDER_NAMES: readonly string[] = [
  'plain',
  'relaxed',
  'acquire',
  'acquire (RCsc)',
  'release',
  'acq_rel',
  'seq_cst',
  'full',
  'wmb',
  'rmb',
  'none',
];

export function orderName(order: number): string {
  return ORDER_NAMES[order] as string;
}

/** Whether a read of this order takes what a release published. */
export function acquires(order: number): boolean {
  return (
    order === Order.acquirePc ||
    order === Order.acquire ||
    order === Order.acquireRelease ||
    order === Order.sequential
  );
}

/** Whether a write of this order publishes all that came before it. */
export function releases(order: number): boolean {
  return order === Order.release || order === Order.acquireRelease || order === Order.sequential;
}

/** Marks of an event. */
export const Flag = {
  /** Half of a read-modify-write. */
  update: 1,
  /** A sleep: a read that goes on only with a value other than the expected one. */
  await: 2,
  /** A fence that an adjustment put there: the code does not know of it. */
  inserted: 4,
  /** A full fence is to follow, before the thread's next access. */
  fencedBehind: 8,
} as const;
