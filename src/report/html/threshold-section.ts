import { thresholdActual, type ThresholdReport } from '../findings.js';
import { formatMetric, plural } from '../format.js';
import { markup, type Markup } from './markup.js';
import { verdictSign } from './verdict-sign.js';
import { tableOf } from './table.js';

/** More lines than this are folded, and each threshold gets one over all jobs. */
const LINES_MAX = 12;

const COLUMNS = [
  { title: '' },
  { title: 'threshold' },
  { title: 'actual', isNumber: true },
  { title: 'job' },
] as const;

/** Each threshold with what was measured; null without any. */
export function thresholdSection(thresholds: readonly ThresholdReport[]): Markup | null {
  if (thresholds.length === 0) return null;
  const all = tableOf(COLUMNS, thresholds.map(rowOf), 'thresholds');
  const breached = thresholds.filter(({ passed }) => !passed);
  if (thresholds.length <= LINES_MAX) return section(all);
  const texts = [...new Set(thresholds.map(({ text }) => text))];
  return section(markup`${tableOf(
    [{ title: '' }, { title: 'threshold' }, { title: 'actual' }, { title: 'held in' }],
    texts.map((text) => summaryOf(thresholds.filter((threshold) => threshold.text === text))),
    'thresholds over all jobs',
  )}${breached.length === 0 || breached.length > LINES_MAX ? null : tableOf(COLUMNS, breached.map(rowOf), 'breaches')}
<details><summary>each job</summary>${all}</details>`);
}

function section(content: Markup): Markup {
  return markup`<section id="thresholds"><h2>Thresholds</h2>
${content}</section>
`;
}

function rowOf(threshold: ThresholdReport): (Markup | string)[] {
  return [signOf(threshold.passed), threshold.text, thresholdActual(threshold), threshold.job];
}

function summaryOf(results: readonly ThresholdReport[]): (Markup | string)[] {
  const held = results.filter(({ passed }) => passed).length;
  const [first] = results;
  return [
    signOf(held === results.length),
    first?.text ?? '',
    rangeOf(results),
    `${held} of ${plural(results.length, 'job')}`,
  ];
}

function rangeOf(results: readonly ThresholdReport[]): string {
  const values = results.flatMap(({ actual }) => (actual === null ? [] : [actual]));
  const metric = results[0]?.metric ?? '';
  if (values.length === 0) return 'no value';
  const [low, high] = [
    values.reduce((least, value) => Math.min(least, value)),
    values.reduce((most, value) => Math.max(most, value)),
  ].map((value) => formatMetric(metric, value));
  return low === high ? `${low} in all` : `${low} to ${high}`;
}

function signOf(passed: boolean): Markup {
  return verdictSign(passed ? 'pass' : 'fail');
}
