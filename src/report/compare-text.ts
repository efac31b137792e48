import { unreachable } from '../assert.js';
import type { CompareVerdict } from '../bench/compare.js';
import type { CompareReport, SubjectReport } from './compare-json.js';
import {
  adviceOf,
  countsText,
  intervalText,
  type Labeller,
  labellerOf,
  pText,
  sideText,
  marginText,
} from './compare-words.js';
import { formatShare, plural } from './format.js';
import type { Paint } from './paint.js';
import { type Align, tableLines } from './table.js';

/** Of runs, the sentence comes behind. */
const ALIGN: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'left'];

/** The verdict, a line for each pair, and what to make of those that are unclear. */
export function compareText(report: CompareReport, paint: Paint): string {
  const label = labellerOf(report);
  const lines = [titleLine(report, paint), paint('dim', methodLine(report))];
  if (report.comparisons.length > 0) lines.push('', ...pairLines(report, label, paint));
  const advice = adviceLines(report, label);
  if (advice.length > 0) lines.push('', ...advice);
  const lonely = [...onlyLines('A', report.only_in_a, label), ...onlyLines('B', report.only_in_b, label)];
  if (lonely.length > 0) lines.push('', ...lonely);
  if (report.warnings.length > 0)
    lines.push('', ...report.warnings.map((text) => paint('yellow', `! ${text}`)));
  return `${lines.join('\n')}\n`;
}

function titleLine(report: CompareReport, paint: Paint): string {
  const { verdict, exitCode } = report;
  const found = countsText(report);
  switch (verdict) {
    case 'pass':
      return `${paint('green', '✓ PASS')} ${found}`;
    case 'regression':
      return `${paint('red', '✗ REGRESSION')} ${found}  exit ${exitCode}`;
    case 'nothing':
      return `${paint('red', '✗ NOTHING TO COMPARE')} nothing in A has its like in B  exit ${exitCode}`;
    default:
      return unreachable(verdict);
  }
}

function methodLine({ kind, a, b, alpha, margin }: CompareReport): string {
  const samples = kind === 'run' ? '; samples are blocks of intervals' : '';
  return `A ${a.file}, B ${b.file}; margin ${marginText(margin)}, alpha ${alpha}${samples}`;
}

function pairLines(report: CompareReport, label: Labeller, paint: Paint): string[] {
  const header = [
    'verdict',
    report.kind === 'run' ? 'job' : 'bench',
    'A (samples, spread)',
    'B',
    'B/A',
    `${formatShare(report.confidence)} interval`,
    'p',
    ...(report.kind === 'run' ? [''] : []),
  ];
  const rows = report.comparisons.map((pair) => [
    pair.verdict,
    label(pair),
    sideText(pair.metric, pair.a),
    sideText(pair.metric, pair.b),
    pair.ratio.toFixed(3),
    intervalText(pair),
    pText(pair.p_holm),
    ...(report.kind === 'run' ? [pair.sentence] : []),
  ]);
  const [first = '', ...others] = tableLines([header, ...rows], ALIGN);
  const painted = others.map((line, index) => paintVerdict(line, report.comparisons[index]?.verdict, paint));
  return [paint('dim', first), ...painted];
}

/** After the columns are in place: a colour has no width. */
function paintVerdict(line: string, verdict: CompareVerdict | undefined, paint: Paint): string {
  if (verdict === undefined || verdict === 'same') return line;
  const style = { slower: 'red', faster: 'green', unclear: 'yellow' } as const;
  return paint(style[verdict], verdict) + line.slice(verdict.length);
}

function adviceLines({ comparisons }: CompareReport, label: Labeller): string[] {
  return comparisons.flatMap((pair) => {
    const advice = adviceOf(pair);
    return advice === null ? [] : [`unclear: ${label(pair)}: ${advice}`];
  });
}

function onlyLines(side: 'A' | 'B', subjects: readonly SubjectReport[], label: Labeller): string[] {
  if (subjects.length === 0) return [];
  return [
    `only in ${side}: ${plural(subjects.length, 'result')}`,
    ...subjects.map((only) => `  ${label(only)}`),
  ];
}
