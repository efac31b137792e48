import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExploreResult, RingResult } from '../../src/bench/bench-result.js';
import { Scratch, vring, Vring } from '../support/e2e/vring.js';

async function bench<Result>(...args: readonly string[]): Promise<readonly Result[]> {
  const { code, stdout, stderr } = await vring(['bench', ...args, '--json']);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout) as { readonly results: readonly Result[] };
  expect(report).toMatchObject({ schemaVersion: 1, command: 'bench', what: args[0], exitCode: 0 });
  expect(report).toHaveProperty('environment.cpu_model');
  return report.results;
}

const scratch = new Scratch();
afterAll(() => scratch.remove());

const FEW = ['--buffers', '3000', '--repetitions', '2'];

describe('vring bench ring', () => {
  test('has every key of the contract, and rates that belong together', async () => {
    const [result] = await bench<RingResult>('ring', '--repetitions', '3', '--buffers', '3000');
    expect(result).toMatchObject({
      name: 'ring',
      layout: 'split',
      wait: 'poll',
      batch: 1,
      ring_size: 256,
      depth: 256,
      queues: 1,
      features: ['event_idx'],
      elements: 1,
      buffers: 3000,
      metric: 'ns_per_buffer',
      better: 'lower',
      repetitions: 3,
      // Nobody is told anything where both sides poll.
      kicks_per_buffer: 0,
      interrupts_per_buffer: 0,
      latency_ns: null,
      bytes_per_s: null,
      memcpy_bytes_per_s: null,
    });
    const { samples, ns_per_buffer, buffers_per_s, heap_bytes_per_buffer } = result as RingResult;
    expect(samples.toSorted((a, b) => a - b)[1]).toBe(ns_per_buffer);
    expect(ns_per_buffer).toBeGreaterThan(0);
    expect(buffers_per_s * ns_per_buffer).toBeCloseTo(1e9, 0);
    expect(heap_bytes_per_buffer).toBeGreaterThanOrEqual(0);
  });

  test('sides that sleep run to the end, in both layouts', async () => {
    for (const layout of ['split', 'packed']) {
      const [result] = await bench<RingResult>('ring', '--wait', 'block', '--layout', layout, ...FEW);
      expect(result).toMatchObject({ layout, wait: 'block', buffers: 3000 });
      expect(result?.kicks_per_buffer).toBeLessThanOrEqual(1);
      expect(result?.interrupts_per_buffer).toBeLessThanOrEqual(1);
    }
  });

  test('takes the features of the ring, and sizes that are no power of 2 where it may', async () => {
    const options = [
      '--layout',
      'packed',
      '--ring-size',
      '7',
      '--in-order',
      '--indirect',
      '--no-event-idx',
      '--batch',
      '3',
    ];
    const [result] = await bench<RingResult>('ring', ...options, ...FEW);
    expect(result).toMatchObject({ ring_size: 7, batch: 3, features: ['indirect_desc', 'in_order'] });
  });

  test.each([
    [['--ring-size', '100'], /--ring-size 100: a split ring has a power of 2/],
    [['--batch', '512'], /--batch 512: a ring of 256 never holds as many/],
    [['--queues', '2'], /--queues is for `bench queues`, not for `bench ring`/],
    [['--wait', 'sleep'], /Allowed choices are poll, block, adaptive/],
  ])('refuses %j', async (options, message) => {
    const { code, stdout, stderr } = await vring(['bench', 'ring', ...options]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('the other benches of the ring', () => {
  test('roundtrip times each buffer', async () => {
    const [result] = await bench<RingResult>('roundtrip', '--wait', 'block', ...FEW);
    expect(result).toMatchObject({ name: 'roundtrip', depth: 1, wait: 'block' });
    // One at a time, each side is asleep most times that the other has something for it.
    expect(result?.kicks_per_buffer).toBeGreaterThan(0);
    expect(result?.interrupts_per_buffer).toBeGreaterThan(0);
    const latency = result?.latency_ns;
    expect(latency?.p50).toBeGreaterThanOrEqual(latency?.min ?? Infinity);
    expect(latency?.max).toBeGreaterThanOrEqual(latency?.p99 ?? Infinity);
  });

  test('chain measures each length direct and indirect', async () => {
    const results = await bench<RingResult>('chain', ...FEW);
    expect(results.map(({ elements }) => elements)).toEqual([1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64]);
    const indirect = results.map(({ features }) => features.includes('indirect_desc'));
    expect(indirect).toEqual(results.map((_, i) => i > 0 && i % 2 === 0));
  });

  test('payload is compared with a copy of as many bytes', async () => {
    const results = await bench<RingResult>('payload', '--buffers', '100', '--repetitions', '1');
    expect(results).toHaveLength(8);
    for (const { element_bytes, ns_per_buffer, bytes_per_s, memcpy_bytes_per_s } of results) {
      expect(bytes_per_s).toBeCloseTo((element_bytes * 1e9) / ns_per_buffer, 0);
      expect(memcpy_bytes_per_s).toBeGreaterThan(0);
    }
  });

  test('suspects differ in one thing each', async () => {
    const results = await bench<RingResult>('suspects', ...FEW);
    const rings = ['bare', 'list', 'latency', 'notification', 'flags', 'order', 'table', 'chain', 'copy'];
    const names = [...rings, 'events', 'stores', 'checks'];
    expect(results.map(({ name }) => name)).toEqual(names.map((name) => `suspects-${name}`));
    const timed = results.filter(({ latency_ns }) => latency_ns !== null);
    expect(timed.map(({ name }) => name)).toEqual(['suspects-latency']);
    expect(timed[0]?.latency_ns?.max).toBeGreaterThanOrEqual(timed[0]?.latency_ns?.p50 ?? Infinity);
  });

  test('queues run at the same time, and sizes go up to the largest ring', async () => {
    const queues = await bench<RingResult>('queues', '--queues', '2', ...FEW);
    expect(queues.map((result) => [result.queues, result.buffers])).toEqual([
      [1, 3000],
      [2, 6000],
    ]);
    const sizes = await bench<RingResult>('sizes', ...FEW);
    expect(sizes.map(({ ring_size }) => ring_size)).toEqual([16, 64, 256, 1024, 4096, 32768]);
  });

  test('several are measured in turn; ended early, each has as many repetitions as the others', async () => {
    const run = new Vring(['bench', 'sizes', '--buffers', '20k', '--repetitions', '100k', '--json']);
    await run.saysOnStderr(/^bench sizes: 0 of 100000 repetitions\nbench sizes: 1 of 100000 repetitions\n/m);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const { results } = JSON.parse(stdout) as { readonly results: readonly RingResult[] };
    expect(results).toHaveLength(6);
    for (const { repetitions, samples, ns_per_buffer } of results) {
      expect(repetitions).toBe(results[0]?.repetitions);
      expect(samples).toHaveLength(repetitions);
      expect(repetitions).toBeGreaterThan(0);
      expect(ns_per_buffer).toBeGreaterThan(0);
    }
  });

  test('ended before the first repetition, there is no result', async () => {
    const run = new Vring(['bench', 'suspects', '--buffers', '1M', '--json']);
    await run.saysOnStderr(/measuring/);
    run.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, results: [] });
  });

  test('what is added to a history can be compared', async () => {
    const file = scratch.path('history.ndjson');
    await bench<RingResult>('ring', ...FEW, '--history', file);
    await bench<RingResult>('ring', ...FEW, '--history', file);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    const compared = await vring(['compare', file, file, '--json']);
    expect(compared.code).toBe(0);
    expect(JSON.parse(compared.stdout)).toMatchObject({ comparisons: [{ name: 'ring' }] });
    const { code, stderr } = await vring(['bench', 'ring', '--history', '/nowhere/at/all']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/history cannot be written: ENOENT/);
  });

  test('the text has a line for each result', async () => {
    const { code, stdout } = await vring(['bench', 'ring', ...FEW]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^vring .*\nbench +ring +wait .*\nring +split 256 +poll +1 +3k /);
  });
});

describe('vring bench explore', () => {
  test('the report has every key of the contract', async () => {
    const results = await bench<ExploreResult>('explore', '--only', 'abstract-1', '--repetitions', '2');
    expect(results.map(({ profile }) => profile)).toEqual(['sc', 'tso']);
    for (const result of results) {
      expect(result).toMatchObject({
        name: 'abstract-1',
        workers: 1,
        repetitions: 2,
        metric: 'graphs_per_s',
      });
      expect(result.samples).toHaveLength(2);
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
