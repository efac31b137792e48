import assert from 'node:assert/strict';
import * as z from 'zod';

/** The trace format as ui.perfetto.dev reads it, as far as vring uses it; written down again, not taken from there. */
const Event = z.object({
  ph: z.enum(['X', 'b', 'e', 's', 'f', 'C', 'i', 'M']),
  name: z.string().min(1),
  cat: z.string().optional(),
  pid: z.number().int(),
  tid: z.number().int(),
  ts: z.number().nonnegative(),
  dur: z.number().nonnegative().optional(),
  id: z.string().optional(),
  bp: z.literal('e').optional(),
  s: z.literal('g').optional(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
});

export type CheckedEvent = z.infer<typeof Event>;

const Trace = z.object({ displayTimeUnit: z.literal('ns'), traceEvents: z.array(Event) }).loose();

/** The events of a trace in which time goes on, slices do not overlap, spans nest and arrows have two ends. */
export function checkedTrace(text: string): CheckedEvent[] {
  const { traceEvents } = Trace.parse(JSON.parse(text));
  const events = traceEvents.filter(({ ph }) => ph !== 'M');
  for (const track of groups(events, ({ pid, tid }) => `${pid}.${tid}`)) checkTrack(track);
  for (const span of groups(
    events.filter(({ ph }) => ph === 'b' || ph === 'e'),
    ({ cat, id }) => `${cat} ${id}`,
  ))
    checkSpan(span);
  for (const arrow of groups(
    events.filter(({ ph }) => ph === 's' || ph === 'f'),
    ({ cat, id }) => `${cat} ${id}`,
  ))
    checkArrow(arrow, events);
  const named = traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name');
  for (const { pid, tid } of events) assert.ok(named.some((one) => one.pid === pid && one.tid === tid));
  return events;
}

function checkTrack(track: readonly CheckedEvent[]): void {
  let before = 0;
  let busyUntil = 0;
  for (const { ph, ts, dur, name } of track) {
    assert.ok(ts >= before, `time goes back at ${name}, from ${before} to ${ts}`);
    before = ts;
    if (ph !== 'X') continue;
    assert.ok(
      dur !== undefined && ts >= busyUntil - 1e-6,
      `${name} begins at ${ts}, in a slice up to ${busyUntil}`,
    );
    busyUntil = ts + dur;
  }
}

function checkSpan(span: readonly CheckedEvent[]): void {
  const open: string[] = [];
  for (const { ph, name } of span) {
    if (ph === 'b') open.push(name);
    else assert.equal(open.pop(), name, 'a span ends that is not the innermost');
  }
  assert.deepEqual(open, [], 'spans without an end');
}

function checkArrow(arrow: readonly CheckedEvent[], events: readonly CheckedEvent[]): void {
  assert.deepEqual(
    arrow.map(({ ph }) => ph),
    ['s', 'f'],
    `an arrow of ${arrow.length} ends`,
  );
  for (const { pid, tid, ts } of arrow) {
    const isHeld = events.some((one) => {
      return (
        one.ph === 'X' && one.pid === pid && one.tid === tid && one.ts <= ts && ts <= one.ts + (one.dur ?? 0)
      );
    });
    assert.ok(isHeld, `an arrow at ${ts} ends in no slice`);
  }
}

function groups(events: readonly CheckedEvent[], keyOf: (event: CheckedEvent) => string): CheckedEvent[][] {
  const found = new Map<string, CheckedEvent[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = found.get(key);
    if (group === undefined) found.set(key, [event]);
    else group.push(event);
  }
  return [...found.values()];
}
