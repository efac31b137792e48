import { expect, test } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import { Explorer } from '../../../src/explore/explorer.js';
import { FailureBook } from '../../../src/explore/failure-book.js';
import { type FailureReport, failureReport, reportOfScript } from '../../../src/explore/failure-report.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { Kind, Order } from '../../../src/explore/order.js';
import type { Program } from '../../../src/explore/program.js';
import { type Extract, extract, record, type Recording } from '../../../src/explore/recording.js';
import { replay, ReplayDiverged } from '../../../src/explore/replay.js';
import { type Script, scriptOf } from '../../../src/explore/script.js';
import { decodeToken, encodeToken } from '../../../src/explore/token.js';
import { failureHtml } from '../../../src/report/explore-html.js';
import { failureText } from '../../../src/report/explore-text.js';
import * as early from '../../support/explore/early-programs.js';
import { type Failing, failing } from '../../support/explore/failing.js';
import { reusedBuffer, writesBeforeWrites } from '../../support/explore/reused-buffer.js';

const NOTE = 'a read takes its value from a write that comes of it (load buffering)';
const RING: Program = reusedBuffer(writesBeforeWrites);
/** The first failures of the ring; it has thousands. */
const OF_RING: readonly Recording[] = firstFailures(RING, 500);

/** Program, kind of failure, early reads of each failure that has some, and how simple the simplest is. */
const PROGRAMS: readonly (readonly [Program, string, readonly number[], object])[] = [
  [early.CHECKED, 'assertion', [1], { staleReads: 0, switches: 1, events: 4 }],
  [early.THROWING, 'assertion', [1], { staleReads: 0, switches: 1, events: 4 }],
  [early.TWO_IN_A_THREAD, 'assertion', [2], { staleReads: 0, switches: 1, events: 8 }],
  [early.TWO_THROWING, 'assertion', [2, 2, 1, 1], { staleReads: 0, switches: 2, events: 8 }],
  [early.TWO_PAIRS, 'assertion', [2], { staleReads: 0, switches: 3, events: 8 }],
  [early.NOT_REACHED, 'assertion', [1, 1], { staleReads: 0, switches: 1, events: 6 }],
  [early.BESIDE, 'assertion', [1, 1, 1, 1], { staleReads: 0, switches: 1, events: 4 }],
  [early.TWICE, 'assertion', [2], { earlyReads: 1, staleReads: 0, switches: 1, events: 5 }],
  [early.STALE_AT_FIRST, 'assertion', [1, 1], { staleReads: 0, switches: 2, events: 7 }],
  [early.PAYLOADS, 'assertion', [1], { staleReads: 0, switches: 1, events: 4 }],
  [early.REFUSED, 'assertion', [1], { staleReads: 0, switches: 1, events: 4 }],
  [early.WOKEN, 'lost-wakeup', [1, 1], { staleReads: 0, switches: 2, events: 6 }],
];

const NAMED = PROGRAMS.map((row) => [row[0].name, ...row] as const);

test.each(NAMED)('%s comes back a hundred times out of a hundred', (_, program, kind, counts, simplicity) => {
  const found = earlyOnes(failing(program, 'armv8'));
  expect(found.map(({ earlyReads }) => earlyReads.length)).toEqual(counts);
  for (const recording of found) {
    expect(replayed(program, scriptOf(recording))).toEqual(recording);
    const stale = recording.events.filter(({ kind: what, behind }) => what === Kind.read && behind > 0);
    expect(recording.simplicity.staleReads).toBe(stale.length);
  }
  const report = failureReport(program, SPEC, 'armv8', simplest(found));
  expect(report.kind).toBe(kind);
  expect(report.message.endsWith(NOTE)).toBe(true);
  expect(report.simplicity).toEqual({ earlyReads: Math.min(...counts), ...simplicity });
  expectToReplayFromToken(program, report);
});

test('a ring: the simplest of hundreds has one early read, and comes back a hundred times', () => {
  expect(Math.max(...OF_RING.map(({ earlyReads }) => earlyReads.length))).toBeGreaterThan(3);
  for (const recording of OF_RING.filter((_, at) => at % 10 === 0))
    expect(replayed(RING, scriptOf(recording))).toEqual(recording);
  const report = failureReport(RING, SPEC, 'armv8', simplest(OF_RING));
  expect(report.simplicity).toMatchObject({ earlyReads: 1, staleReads: 0 });
  const [row] = report.trace.rows.filter(({ isEarly }) => isEarly);
  expect(report.trace.rows[(row?.from ?? 0) - 1]?.written?.value).toBe('2');
  expect(report.cause.text).toContain('(load->store)');
  const text = failureText(report);
  expect(text).toContain('plain accesses');
  expect(text.match(/EARLY/g)).toHaveLength(1);
  const [odd] = OF_RING.toSorted((a, b) => b.earlyReads.length - a.earlyReads.length);
  const all = failureText(failureReport(RING, SPEC, 'armv8', odd as Recording));
  expect(all.match(/EARLY/g)).toHaveLength((odd as Recording).simplicity.earlyReads);
  expectToReplayFromToken(RING, report);
});

test('of failures that say the same, the simplest is kept, in whatever order they come', () => {
  const orders = [OF_RING, OF_RING.toReversed()];
  const kept = orders.map((recordings) => {
    const book = new FailureBook();
    for (const recording of recordings) book.add({ recording, graphs: 1, run: 0 });
    return book.notes.map(({ recording, graphs }) => ({ graphs, simplicity: recording.simplicity }));
  });
  expect(kept[0]).toEqual([{ graphs: OF_RING.length, simplicity: simplest(OF_RING).simplicity }]);
  expect(kept[1]).toEqual(kept[0]);
});

test('an early read names the later write it took, and every row its place in the code', () => {
  const report = reportOf(early.THROWING);
  const { rows } = report.trace;
  expect(rows.map(({ text, from, isEarly }) => [text, from, isEarly])).toEqual([
    ['R x=1', 4, true],
    ['W y=1', null, false],
    ['R y=1', 2, false],
    ['W x=1', null, false],
  ]);
  for (const { source } of rows) expect(source.file).toMatch(/early-programs\.ts$/);
  const text = failureText(report);
  expect(text).toMatch(/^replay: vring replay v2\.armv8\.none\.[\w-]+$/m);
  expect(text).toContain('1 early read, 0 stale reads');
  expect(text).toMatch(/^1 {2}R x=1 <- 4 {2}EARLY: 4 comes of this /m);
  const html = failureHtml(report);
  expect(html).toContain('EARLY: 4 comes of this');
  expect(html.match(/<path class="early"/g)).toHaveLength(1);
});

type Run = Program['threads'][number]['run'];

/** The first thread of {@link early.THROWING}, changed. */
const CHANGED: readonly (readonly [string, Run, RegExp])[] = [
  [
    'stores something else',
    (port) => leftOf(port, { stored: 2 }),
    /: access 2 of left, now W y=2 in .*, was another one$/,
  ],
  [
    'stores what depends on the read',
    (port) => leftOf(port, { isDependent: true }),
    /: access 2 of left, W y=1 in .*, is another one when access 1 of left, R x=1 in .*, has a value that comes of it$/,
  ],
  [
    'throws before the write that the early one comes of',
    (port) => leftOf(port, { throwsAfter: 1 }),
    /: access 2 of left, W y=1 in .*, is another one when access 1 of left/,
  ],
  ['throws later', (port) => leftOf(port, { throwsAfter: 3 }), /nothing is wrong any more/],
  [
    'throws something else',
    (port) => leftOf(port, { message: 'oh' }),
    /now ends with another failure: oh; a read/,
  ],
  ['is through with it', (port) => leftOf(port, { throwsAfter: 9 }), /nothing is wrong any more/],
];

test.each(CHANGED)('a thread that %s is refused, with the access that differs', (_, run, message) => {
  const [, right] = early.THROWING.threads;
  // What is left of the threads is not to be checked as if they had ended.
  const check = (): never => {
    throw new Error('x was written already');
  };
  const program = { ...early.THROWING, threads: [{ name: 'left', run }, right as never], check };
  const script = scriptOf(simplest(earlyOnes(failing(early.THROWING, 'armv8'))));
  const error = divergence(program, script);
  expect(error.message).toMatch(message);
  expect(error.exitCode).toBe(ExitCode.replayDiverged);
});

test('the thread that the changes above begin with fails as the recorded one does', () => {
  const [, right] = early.THROWING.threads;
  const left = { name: 'left', run: (port: Parameters<Run>[0]) => leftOf(port, {}) };
  const script = scriptOf(simplest(earlyOnes(failing(early.THROWING, 'armv8'))));
  const program = { ...early.THROWING, threads: [left, right as never] };
  expect(replayed(program, script).finding.message).toContain('x was written already');
});

test('a thread that throws earlier than it did is refused', () => {
  const [, right] = early.THROWING.threads;
  const throwing = (throwsAfter: number): Program => ({
    ...early.THROWING,
    threads: [{ name: 'left', run: (port) => leftOf(port, { throwsAfter }) }, right as never],
  });
  const [late, soon] = [throwing(3), throwing(2)];
  const script = scriptOf(simplest(earlyOnes(failing(late, 'armv8'))));
  expect(replayed(late, script).simplicity.events).toBe(5);
  expect(divergence(soon, script).message).toMatch(/left throws after 2 accesses, and did not$/);
});

test('a thread that goes on after its last access, given the later write, is refused', () => {
  const script = scriptOf(simplest(earlyOnes(failing(early.CHECKED, 'armv8'))));
  const [left, right] = early.CHECKED.threads;
  const run: Run = (port) => {
    const value = left?.run(port);
    if (value === 1) port.fence();
    return value;
  };
  const program = { ...early.CHECKED, threads: [{ name: 'left', run }, right as never] };
  expect(divergence(program, script).message).toMatch(
    /left goes on after its last access, number 2, when access 1/,
  );
  const { check: _, ...harmless } = early.CHECKED;
  expect(divergence(harmless, script).message).toMatch(/nothing is wrong any more/);
});

test.each([
  { read: 0, write: 1 },
  { read: 1, write: 0 },
  { read: 2, write: 1 },
  { read: 3, write: 3 },
])('a token in which accesses cannot be read early is refused: %o', (one) => {
  const script = scriptOf(simplest(earlyOnes(failing(early.CHECKED, 'armv8'))));
  const token = encodeToken({ profile: 'armv8', spec: SPEC, script: { ...script, earlyReads: [one] } });
  const error = divergence(early.CHECKED, decodeToken(token).script);
  expect(error.message).toMatch(
    /access \d of \w+, .*, cannot take its value from access \d of \w+, .*, under armv8$/,
  );
});

test('an early read of another place is refused', () => {
  const script = scriptOf(simplest(earlyOnes(failing(early.NOT_REACHED, 'armv8'))));
  const other = { ...script, earlyReads: [{ read: 0, write: 4 }] };
  expect(divergence(early.NOT_REACHED, other).message).toMatch(/R x=0 in .*, cannot take .* W p=1 in/);
});

test('what the axioms forbid is refused, and profiles that know of no early reads refuse all', () => {
  const check = (): never => {
    throw new Error('never right');
  };
  const [X, Y] = [0, 4];
  const ordered = (name: string, from: number, to: number): Program['threads'][number] => ({
    name,
    run: (port) => {
      port.load32Acquire(from);
      port.store32(to, 1);
    },
  });
  const program = { ...early.CHECKED, threads: [ordered('left', X, Y), ordered('right', Y, X)], check };
  const { all } = failing(program, 'armv8');
  expect(earlyOnes({ all })).toEqual([]);
  const last = all.find(({ events }) => events.map(({ from }) => from).join() === '-1,-1,1,-1') as Recording;
  const script = { ...scriptOf(last), earlyReads: [{ read: 0, write: 3 }] };
  expect(divergence(program, script).message).toMatch(
    /R x=1 in .*, cannot take .* W x=1 in .*, under armv8$/,
  );
  const fine = scriptOf(simplest(earlyOnes(failing(early.CHECKED, 'armv8'))));
  expect(divergence(early.CHECKED, fine, 'rc11').message).toMatch(/cannot take .* under rc11$/);
});

const SPEC = { program: './none.js', options: {} };

function earlyOnes({ all }: Pick<Failing, 'all'>): readonly Recording[] {
  return all.filter(({ earlyReads }) => earlyReads.length > 0);
}

function firstFailures(program: Program, count: number): readonly Recording[] {
  const names = program.threads.map(({ name }) => name);
  const found: Recording[] = [];
  const explorer: Explorer = new Explorer(program, memoryModel('armv8', names.length), {
    onFinding: (finding, graph) => {
      const part = extract(finding, graph, null) as Extract;
      return found.push(record(finding, graph, explorer.locations, names, part)) >= count;
    },
  });
  explorer.run();
  return found;
}

function simplest(recordings: readonly Recording[]): Recording {
  const rank = ({ simplicity: { earlyReads, staleReads, switches, events } }: Recording): string =>
    [earlyReads, staleReads, switches, events].map((count) => String(count).padStart(4, '0')).join();
  return recordings.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0] as Recording;
}

function reportOf(program: Program): FailureReport {
  return failureReport(program, SPEC, 'armv8', simplest(earlyOnes(failing(program, 'armv8'))));
}

function expectToReplayFromToken(program: Program, report: FailureReport): void {
  const token = report.replay.replace(/^vring replay /, '');
  for (let time = 0; time < 100; time++) {
    const { profile, spec, script } = decodeToken(token);
    expect(reportOfScript(program, spec, profile, script)).toEqual(report);
  }
}

function replayed(program: Program, script: Script, profile: ProfileName = 'armv8'): Recording {
  return replay(program, memoryModel(profile, program.threads.length), script).recording;
}

function divergence(program: Program, script: Script, profile: ProfileName = 'armv8'): ReplayDiverged {
  try {
    replayed(program, script, profile);
  } catch (error) {
    expect(error).toBeInstanceOf(ReplayDiverged);
    return error as ReplayDiverged;
  }
  throw new Error('the replay went through');
}

/** Changes of the first thread of {@link early.THROWING}. */
interface Left {
  readonly stored?: number;
  readonly isDependent?: boolean;
  readonly throwsAfter?: number;
  readonly message?: string;
}

function leftOf(port: Parameters<Run>[0], left: Left): void {
  const { stored = 1, isDependent = false, throwsAfter = 2, message = 'x was written already' } = left;
  const value = port.load32Ordered(0, Order.relaxed);
  const store = [
    () => port.store32Ordered(4, isDependent ? stored + value : stored, Order.relaxed),
    () => port.store32Ordered(8, 1, Order.relaxed),
  ];
  for (let made = 1; made <= store.length + 1; made++) {
    if (value === 1 && made === throwsAfter) throw new Error(message);
    store[made - 1]?.();
  }
  port.load32Ordered(12, Order.relaxed);
}
