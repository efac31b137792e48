import type { FailureReport } from '../explore/failure-report.js';
import type { ProfileName } from '../explore/models/model.js';
import { PROFILE_TITLES } from '../explore/models/profiles.js';
import type { Sleeper, TraceRow } from '../explore/trace.js';
import { type Paint, plain } from './paint.js';
import { type Align, tableLines } from './table.js';

/** How a program fared under one profile. */
export interface ProfileVerdict {
  readonly profile: ProfileName;
  readonly verdict: 'ok' | 'fail' | 'unfinished';
  /** Executions that failed, and all that were seen. */
  readonly failing: number;
  readonly seen: number;
  /** Such as why it is masked. */
  readonly note?: string;
}

export interface FailureTextOptions {
  readonly paint?: Paint;
  /** Every access, and how each is ordered. */
  readonly verbose?: boolean;
  /** The same program under all profiles, where that was looked at. */
  readonly matrix?: readonly ProfileVerdict[];
}

/** A failure for the console: the first screen says how to see it again, what happened, and why. */
export function failureText(report: FailureReport, options: FailureTextOptions = {}): string {
  const { paint = plain, verbose = false, matrix = [] } = options;
  const { trace, cause, fix } = report;
  const fixLines = fix === null ? [] : [`${fix.verified ? 'fix verified' : 'fix'}: ${fix.text}`];
  const lines = [
    `replay: ${report.replay}`,
    '',
    ...headLines(report, paint),
    ...(matrix.length === 0 ? [] : ['', ...matrixLines(matrix, paint)]),
    '',
    ...traceLines(report, paint, verbose),
    '',
    ...trace.sleepers.map((sleeper) => sleeperText(sleeper)),
    ...cause.pairs.map(({ text }, at) =>
      at === 0 ? `${paint('bold', 'cause:')} ${text}` : `       ${text}`,
    ),
    ...(cause.pairs.length === 0 ? [`${paint('bold', 'cause:')} ${cause.text}`] : []),
    ...fixLines,
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function headLines({ kind, message, profile, program, simplicity }: FailureReport, paint: Paint): string[] {
  const { earlyReads, staleReads, switches, events } = simplicity;
  const noun = kind.replace('-', ' ');
  const size = [
    ...(earlyReads === 0 ? [] : [count(earlyReads, 'early read')]),
    count(staleReads, 'stale read'),
    count(switches, 'switch', 'switches'),
    count(events, 'access', 'accesses'),
  ];
  return [
    `${paint('red', 'FAIL')} ${program.program}  ${paint('bold', noun)} under ${PROFILE_TITLES[profile]}: ${message}`,
    `     ${JSON.stringify(program.options)}`,
    `     ${size.join(', ')}`,
  ];
}

function matrixLines(matrix: readonly ProfileVerdict[], paint: Paint): string[] {
  const rows = matrix.map(({ profile, verdict, failing, seen, note = '' }) => {
    const figures = verdict === 'fail' ? `${failing} of ${seen}` : String(seen);
    return [profile, verdict === 'fail' ? 'FAIL' : verdict, figures, note];
  });
  const lines = tableLines(rows, ['left', 'left', 'right', 'left']);
  return lines.map((line, at) => (matrix[at]?.verdict === 'fail' ? paint('red', line) : line));
}

interface Line {
  readonly number: string;
  readonly thread: number;
  readonly text: string;
  readonly where: string;
  readonly style: 'dim' | 'yellow' | 'red' | null;
}

function traceLines(report: FailureReport, paint: Paint, verbose: boolean): string[] {
  const { threads } = report.trace;
  const lines = linesOf(report, verbose);
  const cells = lines.map(({ number, thread, text, where }) => [
    number,
    ...threads.map((_, t) => (t === thread ? text : '')),
    where,
  ]);
  const align: Align[] = ['right', ...threads.map(() => 'left' as const), 'left'];
  const head = ['#', ...threads.map(({ name }) => name), 'where'];
  const [first = '', ...rest] = tableLines([head, ...cells], align);
  return [
    paint('bold', first),
    ...rest.map((line, at) => {
      const { style } = lines[at] as Line;
      return style === null ? line : paint(style, line);
    }),
  ];
}

/** What of the trace is shown: plain accesses only where the failure is about them. */
function linesOf({ trace, cause, profile }: FailureReport, verbose: boolean): Line[] {
  const key = new Set([...cause.pairs.flatMap(({ first, second }) => [first, second]), ...cause.cycle]);
  const lines: Line[] = [];
  let folded: TraceRow[] = [];
  const unfold = (): void => {
    if (folded.length > 0) lines.push(foldedLine(folded));
    folded = [];
  };
  for (const row of trace.rows) {
    const isFolded = !verbose && row.isPlain && !isOdd(row) && !key.has(row.number);
    if (!isFolded || folded.at(-1)?.thread !== row.thread) unfold();
    if (isFolded) folded.push(row);
    else lines.push(lineOf(row, key.has(row.number), { profile, verbose }));
    const arrived = trace.rows.filter(({ arrivesAfter }) => arrivesAfter === row.number);
    if (arrived.length > 0) unfold();
    for (const write of arrived) lines.push(arrivalLine(write));
  }
  unfold();
  return lines;
}

function lineOf(row: TraceRow, isKey: boolean, shown: { profile: ProfileName; verbose: boolean }): Line {
  const { number, thread, source } = row;
  const where = source.file === '' ? source.name : `${source.file}:${source.line}  ${source.name}`;
  const order = shown.verbose && row.order !== '' ? ` (${row.order})` : '';
  const text = `${row.text}${order}${rowNote(row, shown.profile)}`;
  const style = row.isAsleep || isOdd(row) || row.arrivesAfter !== null ? 'red' : isKey ? 'yellow' : null;
  return { number: String(number), thread, text, where, style };
}

/** It read what no sequence would have given it. */
function isOdd({ newer, isEarly }: TraceRow): boolean {
  return isEarly || newer !== null;
}

/** Where a value came from, and what is odd about it. */
export function rowNote(row: TraceRow, profile: ProfileName): string {
  const from = row.from === null ? '' : row.from === 0 ? ' <- init' : ` <- ${row.from}`;
  const early = row.isEarly ? `  EARLY: ${row.from} comes of this` : '';
  const stale = row.newer === null ? '' : `  STALE: ${row.newer} is newer`;
  const held = profile === 'tso' ? 'BUFFERED' : 'DELAYED';
  const late = row.arrivesAfter === null ? '' : `  ${held}, seen after ${row.arrivesAfter}`;
  return `${from}${early}${stale}${late}${row.isAsleep ? '  ASLEEP FOR EVER' : ''}`;
}

function arrivalLine({ number, thread }: TraceRow): Line {
  return { number: '', thread, text: `(${number} reaches memory)`, where: '', style: 'red' };
}

function foldedLine(rows: readonly TraceRow[]): Line {
  const { thread, number } = rows[0] as TraceRow;
  const last = rows.at(-1) as TraceRow;
  const text = rows.length === 1 ? last.text : `... ${rows.length} plain accesses`;
  return {
    number: rows.length === 1 ? String(number) : `${number}-${last.number}`,
    thread,
    text,
    where: '',
    style: 'dim',
  };
}

/** Who could have ended a sleep, and what came of it. */
function sleeperText({ thread, on, since, wakers }: Sleeper): string {
  const others = wakers.map(({ thread: other, rings, end }) => {
    const rang = rings.length === 0 ? 'never rang it' : `rang it at ${rings.join(', ')}`;
    const now = { asleep: 'sleeps too', ended: 'has ended', threw: 'threw', open: 'went on' }[end];
    return `${other} ${rang} and ${now}`;
  });
  return `${thread} sleeps on ${on} since ${since}: ${others.join('; ')}`;
}

/** The trace alone, every access of it; for a page that wants it as text. */
export function traceText(report: FailureReport): string {
  const lines = traceLines(report, plain, true);
  const sleepers = report.trace.sleepers.map(sleeperText);
  return [...lines, '', ...sleepers].map((line) => `${line.trimEnd()}\n`).join('');
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}
