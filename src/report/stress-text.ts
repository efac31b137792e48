import { ExitCode } from '../exit-code.js';
import type { Grade } from '../stress/outcomes.js';
import type { StressPlan, StressProgress } from '../stress/run-stress.js';
import { exitCodeName } from './findings.js';
import { formatCount, formatEta, formatRate, formatShare, plural } from './format.js';
import { lastEventsLines } from './last-events.js';
import type { Paint } from './paint.js';
import type { StressFailureReport, StressReport } from './stress-json.js';
import { explanationLines } from './stress-explanation.js';
import { eventsKept, outcomeClasses, stressTotals } from './stress-words.js';
import { tableLines } from './table.js';

/** `stress 41% 120 rounds 12.3M buffers 1.02M op/s eta 0m23s`. */
export function stressProgressLine(now: StressProgress, plan: StressPlan): string {
  const { rounds, buffers, elapsedMs } = now;
  const shares = [
    ...(plan.rounds === null ? [] : [rounds / plan.rounds]),
    ...(plan.durationMs === null ? [] : [elapsedMs / plan.durationMs]),
  ];
  const share = Math.min(1, Math.max(...shares));
  const parts = ['stress', `${Math.floor(share * 100)}%`, plural(rounds, 'round')];
  parts.push(`${formatCount(buffers)} buffers`, formatRate((buffers * 1000) / Math.max(1, elapsedMs)));
  if (share > 0) parts.push(`eta ${formatEta((elapsedMs * (1 - share)) / share / 1000)}`);
  return parts.join(' ');
}

export function stressText(report: StressReport, paint: Paint, isQuiet: boolean): string {
  const lines = isQuiet ? [] : tablesOf(report, paint);
  for (const failure of report.failures) lines.push(...failureLines(failure, paint), '');
  lines.push(verdictLine(report, paint), `replay: ${report.replay}`);
  return `${lines.join('\n')}\n`;
}

function tablesOf(report: StressReport, paint: Paint): string[] {
  return outcomeClasses(report).flatMap(({ title, rows }) => {
    const header = ['  result', 'samples', 'frequency', 'grade', 'section', 'reason'];
    const cells = rows.map((row) => [
      `  ${row.result}`,
      String(row.samples),
      formatShare(row.frequency),
      row.grade,
      row.section,
      row.reason,
    ]);
    const align = ['left', 'right', 'right', 'left', 'left', 'left'] as const;
    const [head = '', ...body] = tableLines([header, ...cells], align);
    const painted = body.map((line, i) => paintGrade(paint, rows[i]?.grade ?? 'acceptable', line));
    return [paint('bold', title), paint('dim', head), ...painted, ''];
  });
}

function paintGrade(paint: Paint, grade: Grade, line: string): string {
  if (grade === 'forbidden') return paint('red', line);
  return grade === 'interesting' ? paint('cyan', line) : line;
}

function failureLines(failure: StressFailureReport, paint: Paint): string[] {
  const [first = '', ...rest] = failure.message.split('\n');
  const { stack, v8 } = failure;
  return [
    paint(
      'red',
      `${failure.exitCode === ExitCode.internal ? 'ERROR' : 'FORBIDDEN'} ${first} (${failure.code})`,
    ),
    `  ${failure.configuration}, ring ${failure.ring}${v8 === 'as-is' ? '' : `, V8 ${v8}`}`,
    ...rest,
    ...(stack === null ? [] : framesOf(stack)),
    ...lastEventsLines(failure.last_events).map((line) => `  ${line}`),
    `  ${eventsKept(failure)}`,
    `  replay: ${failure.replay}`,
    ...(failure.explanation === null
      ? []
      : ['', ...explanationLines(failure.explanation, eventsKept(failure), paint)]),
  ];
}

/** Where an error was thrown, without its message. */
function framesOf(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
  return frames.map((line) => `  ${line.trim()}`);
}

function verdictLine(report: StressReport, paint: Paint): string {
  const { verdict, exitCode } = report;
  const words = { pass: 'PASS', fail: 'FAIL', error: 'ERROR', interrupted: 'INTERRUPTED' } as const;
  const style = verdict === 'pass' ? 'green' : verdict === 'interrupted' ? 'yellow' : 'red';
  const why = verdict === 'pass' ? '' : ` (${exitCodeName(exitCode)}, exit ${exitCode})`;
  return `${paint(style, words[verdict])}${why}: ${stressTotals(report)}`;
}
