import { unreachable } from '../assert.js';
import type { CompareVerdict } from '../bench/compare.js';
import type { CompareReport, ComparisonReport, SideReport, SubjectReport } from './compare-json.js';
import { formatCount, formatMetric, formatNs, formatShare, plural } from './format.js';
import type { Paint } from './paint.js';
import { type Align, tableLines } from './table.js';

const VERDICTS: readonly CompareVerdict[] = ['slower', 'faster', 'same', 'unclear'];
/** Of runs, the sentence comes behind. */
const ALIGN: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'left'];

/** The verdict, a line for each pair, and what to make of those that are unclear. */
export function compareText(report: CompareReport, paint: Paint): string {
  const subjects = [...report.comparisons, ...report.only_in_a, ...report.only_in_b];
  const label = labeller(subjects);
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

function titleLine({ verdict, counts, exitCode }: CompareReport, paint: Paint): string {
  const found = VERDICTS.filter((word) => counts[word] > 0).map((word) => `${counts[word]} ${word}`);
  switch (verdict) {
    case 'pass':
      return `${paint('green', '✓ PASS')} ${found.join(', ')}`;
    case 'regression':
      return `${paint('red', '✗ REGRESSION')} ${found.join(', ')}  exit ${exitCode}`;
    case 'nothing':
      return `${paint('red', '✗ NOTHING TO COMPARE')} nothing in A has its like in B  exit ${exitCode}`;
    default:
      return unreachable(verdict);
  }
}

function methodLine({ kind, a, b, alpha, margin }: CompareReport): string {
  const samples = kind === 'run' ? '; samples are blocks of intervals' : '';
  return `A ${a.file}, B ${b.file}; margin ${formatShare(margin)}, alpha ${alpha}${samples}`;
}

function pairLines(report: CompareReport, label: (subject: SubjectReport) => string, paint: Paint): string[] {
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

function sideText(metric: string, { median, spread, samples }: SideReport): string {
  const isTime = /(^|_)ns(_per_|$|\.)/.test(metric);
  const figure = isTime ? formatNs(median) : formatMetric(metric, median);
  return `${figure} (${formatCount(samples)}, ${formatShare(spread)})`;
}

function intervalText({ ratio_low: low, ratio_high: high }: ComparisonReport): string {
  return low === null || high === null ? 'none' : `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

function adviceLines({ comparisons }: CompareReport, label: (subject: SubjectReport) => string): string[] {
  return comparisons.flatMap((pair) => {
    if (pair.more === null) return [];
    const { reason, samples_each: each } = pair.more;
    if (reason === 'busy')
      return [`unclear: ${label(pair)}: other programs had too much of the machine; repeat both`];
    const enough =
      each === null ? 'no number of samples is likely to tell' : `${each} samples each might tell`;
    return [`unclear: ${label(pair)}: ${reasonText(reason, pair)}; ${enough}`];
  });
}

function reasonText(reason: string, { a, b, p_holm: p, margin }: ComparisonReport): string {
  if (reason === 'too-few')
    return `${a.samples} and ${b.samples} samples can show no difference, however large`;
  if (reason === 'chance') return `p is ${pText(p)} among so many comparisons`;
  return `the interval reaches over an end of the margin of ${formatShare(margin)}`;
}

function onlyLines(
  side: 'A' | 'B',
  subjects: readonly SubjectReport[],
  label: (subject: SubjectReport) => string,
): string[] {
  if (subjects.length === 0) return [];
  return [
    `only in ${side}: ${plural(subjects.length, 'result')}`,
    ...subjects.map((only) => `  ${label(only)}`),
  ];
}

/** The name, the metric, and of the configuration what is not the same everywhere. */
function labeller(subjects: readonly SubjectReport[]): (subject: SubjectReport) => string {
  const keys = [...new Set(subjects.flatMap(({ configuration }) => Object.keys(configuration)))];
  const varying = keys.filter(
    (key) => new Set(subjects.map(({ configuration }) => JSON.stringify(configuration[key]))).size > 1,
  );
  return ({ name, metric, configuration }) => {
    const parts = varying.flatMap((key) =>
      configuration[key] === undefined ? [] : [`${key}=${valueText(configuration[key])}`],
    );
    return [name, ...parts, metric].join(' ');
  };
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join('+') || 'none' : String(value);
}
