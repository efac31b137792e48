const DEFAULT_SEED = 20_261_122;

/**
 * Parameters for a property of the ring: the same seed in every run, so that a failure on one machine is one on all.
 * `salt` keeps properties from all seeing the same sequences; VRING_TEST_SEED moves the lot, to search further.
 */
export function seeded(numRuns: number, salt = 0): { seed: number; numRuns: number } {
  const base = Number(process.env['VRING_TEST_SEED'] ?? DEFAULT_SEED);
  return { seed: (base + salt) | 0, numRuns };
}
