import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { requestsOf } from '../../src/recording/requests.js';
import { readRecordings } from '../../src/runs/read-recordings.js';
import { RunStore } from '../../src/runs/run-store.js';
import { RunFile } from '../../src/runs/stored-run.js';
import { Scratch, sets, vring } from '../support/e2e/vring.js';
import { lies } from '../support/recording/apply.js';
import { type CheckedEvent, checkedTrace } from '../support/recording/trace-rules.js';

const scratch = new Scratch();
const store = new RunStore(scratch.path('store'));
const env = { VRING_STORE: store.directory };

afterAll(() => {
  scratch.remove();
});

async function recorded(which: string, settings: Record<string, string | number>): Promise<string> {
  const all = { operations: 300, warmup: 0, 'backend.size': '1MiB', depth: 16, ...settings };
  const { code, stderr } = await vring(
    ['run', 'blk-randread', '--record', which, ...sets(all)],
    undefined,
    env,
  );
  expect(stderr).toContain('kept in');
  expect([0, 21]).toContain(code);
  return store.find('latest').directory;
}

/** The trace that the command prints, checked by the rules of the format. */
async function traceOf(directory: string): Promise<CheckedEvent[]> {
  const { code, stdout } = await vring(['report', directory, '--format', 'trace']);
  expect(code).toBe(0);
  return checkedTrace(stdout);
}

describe.each([
  ['split over mmio', { 'queue.layout': 'split' }],
  ['packed over pci', { 'queue.layout': 'packed', transport: 'pci' }],
  ['packed, sleeping', { 'queue.layout': 'packed', wait: 'block', 'queue.size': 16, depth: 4 }],
])('a recording of two threads: %s', (_, settings) => {
  test('has every read behind the store that it saw, whole requests, and a trace by the rules', async () => {
    const directory = await recorded('first:16000', settings);
    const [recording] = readRecordings(directory);
    expect(recording?.livesLeftOut).toBe(0);
    expect(recording?.lives).toHaveLength(1);
    for (const life of recording?.lives ?? []) {
      expect(lies(life)).toEqual([]);
      expect(life).toMatchObject({ isFromStart: true, isToEnd: true });
      const requests = requestsOf(life.events);
      expect(requests.length).toBeGreaterThanOrEqual(300);
      for (const { times } of requests) expect(times.reapedNs).not.toBeNull();
    }
    const events = await traceOf(directory);
    const spans = events.filter(({ ph, name }) => ph === 'b' && name.startsWith('#'));
    expect(spans.length).toBeGreaterThanOrEqual(300);
  });
});

describe('a recording', () => {
  test('of the last events has what was before a stall, and its trace says why', async () => {
    const fault = '{ worker: guest, how: lose_notification, after: 100 }';
    const directory = await recorded('last:512', { wait: 'block', stall_timeout: '2s', fault });
    const [life] = readRecordings(directory)[0]?.lives ?? [];
    expect(life).toMatchObject({ isFromStart: false, isToEnd: true });
    expect(lies(life as NonNullable<typeof life>)).toEqual([]);
    // Both went to sleep, and nothing came until the job was given up.
    for (const side of ['driver', 'device']) {
      const own = (life?.events ?? []).filter((event) => event.side === side).map(({ event }) => event);
      const long = own.filter(({ timeNs }, i) => (own[i + 1]?.timeNs ?? 0) - timeNs > 1.5e9);
      expect(long.map(({ kind }) => kind)).toEqual(['slept']);
    }
    const [series] = store.find('latest').series;
    expect(series?.faults).toMatchObject([{ thread: 'guest 0', how: 'lose_notification', for_ms: null }]);
    const names = (await traceOf(directory)).map(({ name }) => name);
    expect(names).toContain('FAIL STALL');
  });

  test.each([
    ['first:10', 'expected first, last, or either with 64 to 65536 events'],
    ['middle', '--record middle: expected first, last'],
  ])('--record %s is refused', async (which, why) => {
    const { code, stderr } = await vring(['run', 'quickstart', '--record', which], undefined, env);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  test('of a run that is not kept is refused', async () => {
    const { code, stderr } = await vring(['run', 'quickstart', '--record', 'first', '--no-store']);
    expect(code).toBe(2);
    expect(stderr).toContain('a recording is kept with its run');
  });

  test('is not there unless asked for: the trace says how to get one', async () => {
    const out = scratch.path('plain');
    await vring(['run', 'blk-randread', ...sets({ operations: 10, warmup: 0 }), '--out', out]);
    expect(existsSync(path.join(out, RunFile.events))).toBe(false);
    expect(readFileSync(path.join(out, RunFile.document), 'utf8')).not.toContain('--record');
    const { code, stderr } = await vring(['report', out, '--format', 'trace']);
    expect(code).toBe(2);
    expect(stderr).toContain('run it again with `vring run --record first`');
  });
});
