import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assert } from './assert.js';

type Generator = ReturnType<typeof xoroshiro128plus>;

/** Mixes two 32-bit values into one; the finaliser of MurmurHash3, so that near seeds give far streams. */
export function mix32(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A seeded stream of choices. Every random decision in vring comes from one of these, so that a seed names a run.
 * Give each consumer its own {@link fork}: then one consumer drawing more often does not move the others.
 */
export class Rng {
  readonly seed: number;
  private readonly generator: Generator;

  constructor(seed: number) {
    assert(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff, 'seed % is not a 32-bit integer', seed);
    this.seed = seed;
    this.generator = xoroshiro128plus(seed | 0);
  }

  /** An independent stream for the consumer number `label`. */
  fork(label: number): Rng {
    return new Rng(mix32(this.seed, label));
  }

  /** 0 to 2^32 - 1. */
  next32(): number {
    return this.generator.next() >>> 0;
  }

  /** 0 to 1, never 1. */
  unit(): number {
    return this.next32() / 0x1_0000_0000;
  }

  /** An integer from 0 to `bound - 1`. The bias of the multiplication is below bound / 2^32. */
  below(bound: number): number {
    assert(bound > 0 && bound <= 0x1_0000_0000, 'bound % is out of range', bound);
    return Math.floor(this.unit() * bound);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.unit() < p;
  }
}
