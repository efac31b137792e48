import { describe, expect, test } from 'vitest';
import { loadProgram, resolveProgram } from '../../../src/explore/load-program.js';
import { profilesFor, programsFor } from '../../../src/stress/explain/programs-of.js';
import { leaveOut } from '../../../src/stress/explain/simpler.js';
import { PERTURBATIONS } from '../../../src/stress/perturbation.js';
import { drawRound, type RoundPlan } from '../../../src/stress/round-plan.js';

const SEED = 12;
const CHOICES = {
  seed: SEED,
  layouts: ['split', 'packed'],
  perturbations: PERTURBATIONS,
  wait: null,
} as const;
const ROUNDS: readonly RoundPlan[] = Array.from({ length: 200 }, (_, round) => drawRound(CHOICES, round, 0));

describe(`programs for rounds of seed ${SEED}`, () => {
  test('the explorer takes them all, with the features of the round, fewest buffers first', async () => {
    for (const plan of ROUNDS) {
      const refs = [...programsFor(plan, null)];
      for (const ref of refs) {
        expect(resolveProgram(ref.program, ref.options)).toEqual(ref);
        const { eventIdx, inOrder, indirect } = plan;
        expect(ref).toMatchObject({ program: plan.layout, options: { eventIdx, inOrder, indirect } });
        expect((await loadProgram(ref)).threads).toHaveLength(2);
      }
      const buffers = refs.map(({ options }) => Number(options['buffers']));
      expect(buffers).toEqual([...buffers].sort((a, b) => a - b));
      expect(new Set(buffers)).toEqual(new Set([1, 2, 3]));
      // None is explored twice.
      expect(new Set(refs.map((ref) => JSON.stringify(ref))).size).toBe(refs.length);
    }
  });

  test('a round that begins before a wrap has programs that come past one, and no other has', () => {
    for (const plan of ROUNDS) {
      for (const { options } of programsFor(plan, null)) {
        const [start, size] = [Number(options['startIndex']), Number(options['ringSize'])];
        const left = plan.layout === 'split' ? 0x1_0000 - start : size - (start % size);
        expect(left === 1).toBe(plan.startIndex !== 0);
      }
      for (const { options } of programsFor(leaveOut(plan, ['wrap']), null))
        expect(options['startIndex']).toBe(0);
    }
  });

  test('what holds stores back is explored under TSO, and only what is weaker under models that are', () => {
    for (const plan of ROUNDS) {
      const profiles = profilesFor(plan);
      expect(profiles[0]).toBe('sc');
      expect(profiles).toContain('tso');
      expect(profiles.includes('rc11')).toBe(plan.perturbation === 'weak');
    }
  });
});
