import type { BlockSamples } from './blocks.js';

/**
 * How far two runs of the same program are apart, as nothing in one run can tell: its two sides fall into one rhythm or
 * another, and may keep it for seconds. Of 40 runs of `blk-randread` of 5 s, on an idle virtual machine with two CPUs,
 * 780 pairs: one in twenty differed by more than 42 % of the rate, 61 % of the p50, 128 % of the p99. With these, and
 * with what the samples themselves say, 13 of the 780 pairs are told apart; with 10 % for all, 134 are.
 */
export const RUN_MARGINS: Readonly<Record<keyof BlockSamples, number>> = {
  operations_per_s: 0.25,
  latency_p50_ns: 0.6,
  latency_p99_ns: 1,
};
