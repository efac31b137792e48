import { describe, expect, test } from 'vitest';
import type { BenchResult } from '../../src/bench/explore-bench.js';
import { vring } from '../support/e2e/vring.js';

describe('vring bench explore', () => {
  test('the report has every key of the contract', async () => {
    const args = ['bench', 'explore', '--only', 'abstract-1', '--repetitions', '2', '--json'];
    const { code, stdout } = await vring(args);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { readonly results: readonly BenchResult[] };
    expect(report).toMatchObject({ schemaVersion: 1, command: 'bench', what: 'explore', exitCode: 0 });
    expect(report).toHaveProperty('environment.cpu_model');
    expect(report.results.map(({ profile }) => profile)).toEqual(['sc', 'tso']);
    for (const result of report.results) {
      expect(result).toMatchObject({ name: 'abstract-1', workers: 1, repetitions: 2 });
      // 16 complete and 5 blocked at a time.
      expect(result.graphs % 21).toBe(0);
      expect(result.graphs_per_s).toBeCloseTo(result.graphs / result.elapsed_s, 6);
      expect(result.spread).toBeGreaterThanOrEqual(0);
    }
  });

  test('a bench that there is not is refused', async () => {
    const { code, stderr } = await vring(['bench', 'explore', '--only', 'abstract-9']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no bench 'abstract-9'.*abstract-1/);
  });
});
