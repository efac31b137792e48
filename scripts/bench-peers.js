// Measures vring beside programs in C that do the same: virtio_ring_0_9 of Linux (tools/virtio/ringtest, built with
// `make`), and a round trip over eventfds. One after the other in turn, never at the same time, so that both meet the
// same machine.
//
//   npm run build && npm run bench:peers -- --ringtest path/to/virtio_ring_0_9
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, spread } from '../dist/src/bench/bench-result.js';
import { ratioOf } from '../dist/src/stats/rank-test.js';

const USAGE = `usage: npm run bench:peers -- [--ringtest PATH] [--rounds 5] [--run-cycles 10000000]
                              [--round-trips 100000] [--vring PATH]

  --ringtest     virtio_ring_0_9, built in tools/virtio/ringtest of Linux; without it, only round trips
  --rounds       measurements of each program, in turn
  --run-cycles   buffers of one measurement, of either program
  --round-trips  the same, of a round trip
  --vring        the command to measure, where it is not bin/vring.js of this folder
`;

const CONFIDENCE = 0.95;
/** Half a CPU that somebody else has. */
const LOAD_MAX = 0.5;

/** What only says what the user has to do: no stack. */
class Refusal extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

try {
  comparePeers(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

function readOptions(words) {
  const text = (value) => ({ type: 'string', default: value });
  const options = {
    ringtest: { type: 'string' },
    rounds: text('5'),
    'run-cycles': text('10000000'),
    'round-trips': text('100000'),
    vring: text(fileURLToPath(new URL('../bin/vring.js', import.meta.url))),
  };
  const values = parsed(words, options);
  const count = (name) => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Refusal(`--${name} is not a whole number above 0: ${values[name]}\n${USAGE}`, 2);
  };
  return {
    ringtest: values.ringtest,
    vring: values.vring,
    rounds: count('rounds'),
    buffers: count('run-cycles'),
    roundTrips: count('round-trips'),
  };
}

function parsed(words, options) {
  try {
    return parseArgs({ args: words, options }).values;
  } catch (error) {
    throw new Refusal(`${error.message}\n${USAGE}`, 2);
  }
}

function comparePeers(options) {
  const load = loadavg()[0] ?? 0;
  if (load > LOAD_MAX) {
    print(`! load ${load.toFixed(2)}: whatever polls waits for its CPU too, and these figures say little`);
  }
  if (options.ringtest === undefined) print('no --ringtest: the rings are not compared');
  else compareRings(options);
  compareRoundTrips(options);
}

function compareRings({ ringtest, vring, rounds, buffers }) {
  const startMs = median([1, 2, 3].map(() => wallMs(ringtest, ['--run-cycles', '1'])));
  print(`virtio_ring_0_9 takes ${startMs.toFixed(1)} ms for one buffer, which its other figures are without`);
  print('and counts batches where it kicks alone: --batch changes nothing while it polls');
  print('and waits 1000 cycles more at each notification of --sleep, in the place of an exit\n');
  const cases = [
    { wait: 'poll', batch: 1, layout: 'split' },
    { wait: 'poll', batch: 1, layout: 'packed' },
    { wait: 'poll', batch: 32, layout: 'split' },
    { wait: 'block', batch: 1, layout: 'split' },
  ];
  for (const { wait, batch, layout } of cases) {
    const sleep = wait === 'block' ? ['--sleep'] : [];
    const peerWords = ['--run-cycles', String(buffers), '--batch', String(batch), ...sleep];
    const theirs = () => figure(((wallMs(ringtest, peerWords) - startMs) * 1e6) / buffers);
    const words = ['ring', '--wait', wait, '--batch', batch, '--layout', layout, '--buffers', buffers];
    const ours = () => figure(bench(vring, [...words, '--repetitions', 1]).ns_per_buffer);
    const title = `${wait}, batch ${batch}, ${layout}: ns per buffer`;
    inTurn(title, rounds, ['virtio_ring_0_9', theirs], ['vring', ours]);
  }
}

function compareRoundTrips({ vring, rounds, roundTrips }) {
  const ours = (wait) => () =>
    figure(bench(vring, ['roundtrip', '--wait', wait, '--buffers', roundTrips]).latency_ns?.p50);
  const theirs = (command, ...words) => {
    return () => figure(Number(/^p50 (\d+)$/m.exec(output(command, [...words, String(roundTrips)]))?.[1]));
  };
  const turns = (wait, name, peer) =>
    inTurn(`round trip, vring waits ${wait}: p50 in ns`, rounds, [name, peer], ['vring', ours(wait)]);
  // The means that a ring in JavaScript has to sleep, without the ring.
  turns('block', 'Atomics alone', theirs(process.execPath, peerFile('atomics-pingpong.js')));
  const folder = mkdtempSync(join(tmpdir(), 'vring-peers-'));
  try {
    const program = join(folder, 'eventfd-pingpong');
    if (!compile(peerFile('eventfd-pingpong.c'), program)) {
      print('no C compiler (cc): the round trips are not compared with one');
      return;
    }
    for (const wait of ['adaptive', 'block']) turns(wait, 'eventfd', theirs(program));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function peerFile(name) {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url));
}

/** False where there is no compiler; one that fails is an error. */
function compile(source, program) {
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-pthread', '-o', program, source], {
    encoding: 'utf8',
  });
  if (error?.code === 'ENOENT') return false;
  if (status !== 0) throw new Refusal(`${source} does not compile:\n${error?.message ?? stderr}`);
  return true;
}

/** A measurement of one, then one of the other, and so on; then what they come to. */
function inTurn(title, rounds, [nameA, measureA], [nameB, measureB]) {
  print(title);
  printRow('round', nameA, nameB);
  const [a, b] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    a.push(measureA());
    b.push(measureB());
    printRow(String(round), a.at(-1).toFixed(1), b.at(-1).toFixed(1));
  }
  printRow('median', median(a).toFixed(1), median(b).toFixed(1));
  printRow('spread', percent(spread(a)), percent(spread(b)));
  print(
    `  ${nameB} / ${nameA} = ${(median(b) / median(a)).toFixed(2)} of the medians${intervalText(a, b)}\n`,
  );
}

function intervalText(a, b) {
  const { interval } = ratioOf(a, b, CONFIDENCE);
  if (interval === null) return '';
  const ends = `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`;
  return `, ${percent(CONFIDENCE)} interval ${ends}`;
}

/** The first result of a bench. */
function bench(vring, words) {
  const text = output(process.execPath, [vring, 'bench', ...words.map(String), '--json']);
  const [result] = JSON.parse(text).results;
  if (result === undefined) throw new Refusal(`vring bench ${words.join(' ')} has no result`);
  return result;
}

function figure(value) {
  if (value > 0 && value < Infinity) return value;
  throw new Refusal(`a measurement that came out as ${value}: was it too short?`);
}

function wallMs(program, words) {
  const startMs = performance.now();
  output(program, words);
  return performance.now() - startMs;
}

function output(program, words) {
  const { error, status, signal, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status === 0) return stdout;
  const reason = error?.message ?? `it ended with ${signal ?? status}\n${stderr}`;
  throw new Refusal(`${[program, ...words].join(' ')}: ${reason}`);
}

function percent(share) {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function printRow(first, a, b) {
  print(`  ${first.padEnd(6)}  ${a.padStart(15)}  ${b.padStart(10)}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
