import { expect, test } from 'vitest';
import { drawRound } from '../../../src/stress/round-plan.js';
import { V8_MODES, v8Flags } from '../../../src/stress/v8-mode.js';

test('Node 20 counts the way to optimised code in bytes, later ones in calls', () => {
  expect(v8Flags('optimised', '20.20.2')).toContain('--interrupt-budget=2000');
  for (const version of ['22.1.0', '24.0.0'])
    expect(v8Flags('optimised', version)).toContain('--invocation-count-for-turbofan=50');
});

test('a round is the same in all modes, but for how long a large ring lives', () => {
  const choices = { seed: 3, layouts: ['split'], perturbations: ['none'], wait: null } as const;
  for (let round = 0; round < 50; round++) {
    const [asIs, ...others] = V8_MODES.map((v8) => drawRound({ ...choices, v8 }, round, 0));
    const isLarge = asIs?.buffersPerRing === 65_536;
    for (const other of others) {
      const differs = isLarge && other.buffersPerRing !== 65_536;
      expect(other).toEqual(differs ? { ...asIs, buffersPerRing: 4096 } : asIs);
    }
  }
});
