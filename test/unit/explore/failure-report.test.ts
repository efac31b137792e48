import { expect, test } from 'vitest';
import { type FailureReport, failureReport } from '../../../src/explore/failure-report.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import type { Program } from '../../../src/explore/program.js';
import type { Recording } from '../../../src/explore/recording.js';
import type { TraceRow } from '../../../src/explore/trace.js';
import type { OrderChange } from '../../../src/explore/weaken.js';
import { type Failing, failing, failingRing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

test('a lost kick: the store that is still buffered, the stale read, the two who sleep, and the cause', async () => {
  const report = reportOf(await failingRing('tso', 'split', [NO_KICK_FENCE], { buffers: 2, eventIdx: true }));
  expect(report.simplicity).toMatchObject({ staleReads: 1, switches: 4 });
  const [published, looked] = pairOf(report);
  expect(published).toMatchObject({ text: 'W avail.idx=2', order: 'release', thread: 0 });
  expect(looked).toMatchObject({ text: 'R avail_event=0', from: 0, newer: null, thread: 0 });
  expect(report.cause).toMatchObject({ kind: 'reordering' });
  expect(report.cause.text).toContain('not ordered (store->load)');
  // The device's last look is what the store was not in time for.
  const stale = report.trace.rows.filter((row) => row.newer !== null);
  expect(stale).toMatchObject([{ text: 'R avail.idx=1', thread: 1, newer: published.number }]);
  expect(published.arrivesAfter).toBe(stale[0]?.number);
  expect(published.source).toMatchObject({ name: 'SplitDriver.publish' });
  expect(published.source.file).toMatch(/split-driver\.[jt]s$/);
  const [first] = report.trace.rows.filter(({ text }) => text === 'notify kick');
  expect(report.trace.sleepers).toEqual([
    {
      thread: 'guest',
      on: 'irq',
      since: report.trace.rows.length,
      wakers: [{ thread: 'device', rings: [], end: 'asleep' }],
    },
    {
      thread: 'device',
      on: 'kick',
      since: report.trace.rows.find((row) => row.isAsleep && row.thread === 1)?.number,
      wakers: [{ thread: 'guest', rings: [first?.number], end: 'asleep' }],
    },
  ]);
});

const REORDERED: readonly (readonly [ProfileName, 'split' | 'packed', OrderChange, RegExp, RegExp])[] = [
  ['tso', 'split', fence('SplitDevice.enableKicks'), /^W used.flags=0$/, /^R avail.idx=0$/],
  ['armv8', 'split', fence('SplitDriver.kickPrepare'), /^W avail.idx=1$/, /^R used.flags=1$/],
  ['rc11', 'split', fence('SplitDriver.armAt'), /^W avail.flags=0$/, /^R used.idx=0$/],
  [
    'tso',
    'packed',
    fence('PackedDriver.kickPrepare'),
    /^W desc\[0\].flags=0x81$/,
    /^R device_event.flags=1$/,
  ],
  [
    'tso',
    'packed',
    fence('OwnEvents.arm'),
    /^W (driver|device)_event.flags=2$|^W .*flags=0$/,
    /^R desc\[.\].flags=/,
  ],
];

test.each(REORDERED)(
  'under %s, a %s ring with %o: the pair is named',
  async (profile, layout, change, a, b) => {
    const report = reportOf(await failingRing(profile, layout, [change]));
    expect(report.kind).toBe('lost-wakeup');
    expect(report.cause.kind).toBe('reordering');
    // The other pair of the cycle has its barrier.
    expect(report.cause.pairs).toHaveLength(1);
    const [first, second] = pairOf(report);
    expect(first.thread).toBe(second.thread);
    expect([first.text, second.text]).toEqual([expect.stringMatching(a), expect.stringMatching(b)]);
  },
);

test('stores that become visible in the other order', async () => {
  const change: OrderChange = { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' };
  const report = reportOf(await failingRing('armv8', 'split', [change]));
  expect(report.kind).toBe('assertion');
  const [first, second] = pairOf(report);
  expect(report.cause.text).toContain('(store->store)');
  expect(second.text).toBe('W avail.idx=1');
  expect(first.isPlain).toBe(true);
});

test('a race: the pair, and what came over between them without ordering them', () => {
  const report = reportOf(failing(small.UNPUBLISHED, 'rc11'));
  expect(report.cause.kind).toBe('race');
  const [write, read] = pairOf(report);
  expect([write.text, read.text]).toEqual(['W x=7', 'R x=7']);
  const [, message] = report.cause.pairs;
  expect(message?.text).toMatch(
    /takes \d+ \(R y=1\), which does not order them \(relaxed store, acquire load\)/,
  );
});

test('an interleaving: each side looked before the other wrote', () => {
  const report = reportOf(failing(small.NO_RECHECK, 'sc'));
  expect(report.cause.kind).toBe('interleaving');
  expect(report.simplicity.staleReads).toBe(0);
  const [looked, written] = pairOf(report);
  expect(report.cause.pairs).toHaveLength(2);
  expect(looked.thread).not.toBe(written.thread);
  expect(report.cause.text).toMatch(/sleeper's last look at \d+ \(R x=0\) misses waker's W x=1 at \d+/);
  expect(report.cause.text).toMatch(/waker's last look at \d+ \(R y=0\) misses sleeper's W y=1 at \d+/);
  expect(report.trace.sleepers).toMatchObject([
    { thread: 'sleeper', on: 'bell', wakers: [{ thread: 'waker', rings: [], end: 'ended' }] },
  ]);
});

test('a check that fails in a sequence: what the threads last heard of each other', () => {
  const check = (): never => {
    throw new Error('never right');
  };
  const report = reportOf(failing({ ...small.SILENT_CHANGE, check }, 'sc'));
  expect(report.kind).toBe('lost-wakeup');
  const other = reportOf(failing({ ...small.UNPUBLISHED, check }, 'sc'));
  expect(other).toMatchObject({ kind: 'assertion', message: 'never right', cause: { kind: 'interleaving' } });
});

test('rows refer to rows: a read to its write, and a read-modify-write is one', async () => {
  const { trace } = reportOf(
    await failingRing('tso', 'split', [NO_KICK_FENCE], { buffers: 2, eventIdx: true }),
  );
  expect(trace.rows.map(({ number }) => number)).toEqual(trace.rows.map((_, at) => at + 1));
  const value = ({ text }: TraceRow): string => /=(\w+)( ->|$)/.exec(text)?.[1] ?? '';
  const reads = trace.rows.filter(({ from, isAsleep }) => from !== null && from > 0 && !isAsleep);
  expect(reads.length).toBeGreaterThan(5);
  for (const row of reads) {
    const write = trace.rows[(row.from as number) - 1] as TraceRow;
    expect(write.number).toBeLessThan(row.number);
    expect(write.written?.value).toBe(value(row));
  }
  expect(trace.rows.filter(({ text }) => text === 'RMW kick=0 -> 1')).toHaveLength(1);
});

test('payloads are told apart by their checksum', () => {
  const { trace } = reportOf(failing(small.TORN_ORDER, 'armv8'));
  const texts = trace.rows.map(({ text }) => text);
  // CRC-32 of the bytes 1 to 5, and of five zeros.
  expect(texts).toContain('W [0x10]=<5 bytes, crc 470b99f4>');
  expect(texts).toContain('R [0x10]=<5 bytes, crc c622f71d>');
});

function fence(site: string): OrderChange {
  return { site, kind: 'fence', order: 'none' };
}

function reportOf({ program, spec, profile, best }: Failing): FailureReport {
  expect(best.best).not.toBeNull();
  return failureReport(program satisfies Program, spec, profile, best.best as Recording);
}

function pairOf({ cause, trace }: FailureReport): readonly [TraceRow, TraceRow] {
  const [pair] = cause.pairs;
  const rows = [pair?.first, pair?.second].map((number) => trace.rows[(number ?? 0) - 1]);
  expect(rows).not.toContain(undefined);
  return rows as unknown as readonly [TraceRow, TraceRow];
}
