import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Finished, Scratch } from '../support/e2e/vring.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/bench-peers.js', import.meta.url));
const HAS_COMPILER = spawnSync('cc', ['--version']).status === 0;

const scratch = new Scratch();
const log = scratch.path('log');

function program(name: string, ...lines: string[]): string {
  const file = scratch.path(name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Notes how it was called, and takes a while unless it is for one buffer. */
const ringtest = program(
  'ringtest',
  '#!/bin/sh',
  `echo ringtest "$@" >> '${log}'`,
  'if [ "$2" != 1 ]; then sleep 0.2; fi',
);
const results = [{ ns_per_buffer: 80, latency_ns: { p50: 5000 } }];
const vring = program(
  'vring.cjs',
  "const line = ['vring', ...process.argv.slice(2)].join(' ');",
  `require('node:fs').appendFileSync('${log}', line + '\\n');`,
  `process.stdout.write('${JSON.stringify({ results })}');`,
);
const broken = program('broken.cjs', "process.stderr.write('a reason');", 'process.exitCode = 2;');

function peers(...words: string[]): Finished {
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, [SCRIPT, ...words], { encoding: 'utf8' });
  return { code, stdout, stderr };
}

beforeEach(() => {
  rmSync(log, { force: true });
});

afterAll(() => {
  scratch.remove();
});

describe('bench:peers', () => {
  test('runs the two programs in turn, each with what makes them alike', () => {
    const options = ['--rounds', '2', '--run-cycles', '1000', '--round-trips', '300'];
    const { code, stdout, stderr } = peers('--ringtest', ringtest, '--vring', vring, ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const ring = (wait: string, batch: number, layout: string): string =>
      `vring bench ring --wait ${wait} --batch ${batch} --layout ${layout} --buffers 1000 --repetitions 1 --json`;
    const pairs = [
      ['ringtest --run-cycles 1000 --batch 1', ring('poll', 1, 'split')],
      ['ringtest --run-cycles 1000 --batch 1', ring('poll', 1, 'packed')],
      ['ringtest --run-cycles 1000 --batch 32', ring('poll', 32, 'split')],
      ['ringtest --run-cycles 1000 --batch 1 --sleep', ring('block', 1, 'split')],
    ];
    // First beside Atomics alone, then beside eventfds.
    const waits = HAS_COMPILER ? ['block', 'adaptive', 'block'] : ['block'];
    const roundTrips = waits.map((wait) => `vring bench roundtrip --wait ${wait} --buffers 300 --json`);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
      ...Array.from({ length: 3 }, () => 'ringtest --run-cycles 1'),
      ...pairs.flatMap((pair) => [...pair, ...pair]),
      ...roundTrips.flatMap((words) => [words, words]),
    ]);
    expect(stdout.match(/^ {2}median +[\d.]+ +80\.0$/gm)).toHaveLength(4);
    expect(stdout.match(/^ {2}vring \/ virtio_ring_0_9 = \d+\.\d\d of the medians$/gm)).toHaveLength(4);
    expect(stdout.match(/^ {2}median +\d+\.\d +5000\.0$/gm)).toHaveLength(waits.length);
    expect(stdout).toMatch(/^ {2}vring \/ Atomics alone = [\d.]+ of the medians$/m);
    if (!HAS_COMPILER) expect(stdout).toContain('no C compiler');
  });

  test('without another ring it compares round trips alone', () => {
    const { code, stdout } = peers('--vring', vring, '--rounds', '4', '--round-trips', '50');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^no --ringtest/m);
    if (!HAS_COMPILER) return;
    expect(stdout.match(/^ {2}[1-4] +\d+\.\d +5000\.0$/gm)).toHaveLength(12);
    expect(stdout.match(/^ {2}spread +\d+(\.\d)? % +0\.0 %$/gm)).toHaveLength(3);
    expect(stdout).toMatch(/vring \/ eventfd = [\d.]+ of the medians, 95 % interval [\d.]+ to [\d.]+$/m);
  });

  test.each<[string, number, RegExp, string[]]>([
    [
      'rounds that are none',
      2,
      /^--rounds is not a whole number above 0: many\nusage: /,
      ['--rounds', 'many'],
    ],
    ['an option that there is not', 2, /'--ring'[^]*\nusage: /, ['--ring', 'x']],
    ['a program that is not there', 1, /ENOENT/, ['--ringtest', scratch.path('absent')]],
    [
      'a program that fails',
      1,
      /broken\.cjs bench ring .*: it ended with 2\na reason$/,
      ['--ringtest', ringtest, '--vring', broken],
    ],
  ])('refuses %s', (_what, code, message, words) => {
    const refused = peers('--rounds', '1', '--run-cycles', '7', ...words);
    expect(refused.code).toBe(code);
    expect(refused.stderr.trimEnd()).toMatch(message);
    expect(refused.stderr).not.toContain('    at ');
  });
});
