/**
 * What is done to the accesses of both threads: nothing; pauses; pauses and a store buffer as in x86; pauses, a store
 * buffer that keeps only the declared orders, and reads that may be old.
 */
export const PERTURBATIONS = ['none', 'delay', 'tso', 'weak'] as const;

export type Perturbation = (typeof PERTURBATIONS)[number];

/** How hard a thread is perturbed. Chances are in 256ths, of each access. */
export interface PerturbationPlan {
  readonly kind: Perturbation;
  readonly seed: number;
  readonly pause: number;
  /** Of each access, that one held store reaches memory. */
  readonly drain: number;
  /** Of each plain or relaxed load, that it was carried out early, if that may be. */
  readonly stale: number;
}
