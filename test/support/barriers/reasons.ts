import type { BarrierScore } from '../../../src/explore/barriers.js';

/** Why nothing notices that a point is weakened, or what is to be said about how it shows. */
interface Remark {
  readonly site: RegExp;
  /** The order it is weakened to; all when it is left out. */
  readonly to?: string;
  readonly text: string;
}

const SURVIVORS: readonly Remark[] = [
  {
    site: /^OwnEvents\.arm$/,
    to: 'wmb',
    text: 'enough: it is the store of the slot that has to come first',
  },
  {
    site: /^OwnEvents\.disarm$/,
    text: 'redundant: nobody who reads DISABLE reads anything on the strength of it, so a relaxed store would do',
  },
  {
    site: /^Doorbell\.ring$/,
    to: 'release',
    text: 'the acquire half is redundant: who rings reads nothing on the strength of the old count',
  },
];

const SHOWN: readonly Remark[] = [
  {
    site: /^(OwnEvents\.arm|PeerEvents\.load)$/,
    to: 'relaxed',
    text: 'a notification that nobody asked for; no wakeup is lost (see below)',
  },
  {
    site: /^(Split|Packed)/,
    to: 'wmb',
    text: 'a buffer is read after it was given away',
  },
  {
    site: /^Doorbell\.ring$/,
    to: 'relaxed',
    text: 'redundant in the rings (B1, B4, P1, P5 come first); needed where the bell alone publishes',
  },
  {
    site: /^Doorbell\.sequence$/,
    to: 'relaxed',
    text: 'redundant in the rings (B6, B8, P8 stand behind it); needed where nothing is armed before the second look',
  },
  {
    site: /^Doorbell\.wait$/,
    to: 'relaxed',
    text: 'redundant in the rings (B3, B7, P4, P9 come behind it); needed where the woken side reads at once',
  },
];

/** Null for a survivor that nobody has explained: it may just not be tested. */
export function remarkOn(score: BarrierScore): string | null {
  const remarks = score.caughtIn === null ? SURVIVORS : SHOWN;
  const found = remarks.find(
    ({ site, to }) => site.test(score.point.site) && (to === undefined || to === weakenedName(score)),
  );
  if (found !== undefined && score.point.kind !== 'fence') return found.text;
  return score.caughtIn === null ? null : '';
}

/** What a point is weakened to, in the words that kernels use for barriers. */
export function weakenedName({ weakened }: BarrierScore): string {
  const { order, fenceBefore } = weakened;
  if (fenceBefore === 'writes' || order === 'writes') return 'wmb';
  return order === 'reads' ? 'rmb' : order;
}
