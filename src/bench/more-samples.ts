import { normalAbove } from '../stats/normal.js';
import { smallestP } from '../stats/rank-test.js';

/** Why nothing could be said, and how many samples on each side might change that. */
export interface MoreSamples {
  /**
   * `too-few`: no difference, however large, could have shown. `wide`: the interval reaches over an end of the margin.
   * `chance`: the interval does not, but among so many pairs such a p comes about by chance. `busy`: other programs had
   * the machine.
   */
  readonly reason: 'too-few' | 'wide' | 'chance' | 'busy';
  /** A guess, from the samples that there are. Null where the ratio is so near an end of the margin that none do. */
  readonly samplesEach: number | null;
}

interface Known {
  readonly m: number;
  readonly n: number;
  readonly ratio: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Corrected, and the smallest that it could have been. */
  readonly p: number;
  readonly smallestP: number;
  readonly z: number;
  readonly pairs: number;
}

interface Bounds {
  readonly alpha: number;
  readonly margin: number;
}

/** Nobody takes more. */
const SAMPLES_MAX = 1000;

export function moreSamples(known: Known, bounds: Bounds): MoreSamples {
  const { m, n, interval } = known;
  const needed = first(2, (each) => known.pairs * smallestP(each, each) < bounds.alpha);
  if (interval === null) return { reason: 'too-few', samplesEach: needed };
  const margin = Math.log1p(bounds.margin);
  const off = Math.abs(Math.log(known.ratio));
  const [low, high] = [Math.log(interval.low), Math.log(interval.high)];
  const isBeyond = low > margin || high < -margin;
  if (off > margin && known.smallestP >= bounds.alpha) return { reason: 'too-few', samplesEach: needed };
  // As many on both sides as would tell as much as these.
  const each = 2 / (1 / m + 1 / n);
  if (isBeyond) {
    const alone = known.p / (2 * normalAbove(known.z));
    const found = first(Math.floor(each) + 1, (count) => {
      return alone * 2 * normalAbove(known.z * Math.sqrt(count / each)) < bounds.alpha;
    });
    return { reason: 'chance', samplesEach: found };
  }
  // The interval becomes narrower with the root of the samples, and must fit between the ratio and the nearer end.
  const room = Math.abs(off - margin);
  const wanted = Math.ceil(each * ((high - low) / 2 / room) ** 2);
  const enough = Math.max(wanted, Math.max(m, n) + 1, off > margin ? (needed ?? 0) : 0);
  return { reason: 'wide', samplesEach: enough <= SAMPLES_MAX ? enough : null };
}

function first(from: number, does: (count: number) => boolean): number | null {
  for (let count = from; count <= SAMPLES_MAX; count++) if (does(count)) return count;
  return null;
}
