import type { CompareReport, ComparisonReport, SubjectReport } from '../../compare-json.js';
import { adviceOf, intervalText, type Labeller, pText, sideText } from '../../compare-words.js';
import { formatShare, plural } from '../../format.js';
import { markup, type Markup, type Part } from '../markup.js';
import { drawRows } from '../plot/draw-rows.js';
import { tableOf } from '../table.js';
import { ratioDomain, ratioFigure } from './ratio-figure.js';

/** More rows than this are no overview. */
const ROWS_MAX = 40;

/** The ratios as a picture, of many those that tell most. */
export function ratioSection({ comparisons }: CompareReport, label: Labeller): Markup | null {
  if (comparisons.length === 0) return null;
  const shown = comparisons.length > ROWS_MAX ? telling(comparisons) : comparisons;
  const domain = ratioDomain(shown);
  const figures = (['higher', 'lower'] as const)
    .map((better) => ({ better, own: shown.filter((pair) => pair.better === better) }))
    .filter(({ own }) => own.length > 0)
    .map(({ better, own }) => ({ better, figure: ratioFigure(own, better, domain, label) }));
  const rows = figures.flatMap(({ figure }) => figure.rows);
  const hidden = comparisons.length - shown.length;
  return markup`<section id="ratios"><h2>Ratios</h2>
<p class="dim">The line at 1 is no change; within the shade, the margin, a change counts as none. A triangle is slower,
a diamond faster, a square the same, a ring unclear.</p>
${figures.map(({ better, figure }) => markup`<h3>${better} is better</h3>${drawRows(figure, rows)}`)}
${
  hidden === 0
    ? null
    : markup`<p>Of ${plural(comparisons.length, 'comparison')}, ${shown.length} are drawn: slower or
faster ones first, then those farthest from 1.</p>`
}</section>
`;
}

function telling(comparisons: readonly ComparisonReport[]): readonly ComparisonReport[] {
  const rank = ({ verdict, ratio }: ComparisonReport): number =>
    Math.abs(Math.log(ratio)) + (verdict === 'slower' || verdict === 'faster' ? 1000 : 0);
  const first = comparisons.toSorted((one, other) => rank(other) - rank(one)).slice(0, ROWS_MAX);
  return comparisons.filter((pair) => first.includes(pair));
}

const SIGNS = {
  slower: { sign: '✗', style: 'bad' },
  faster: { sign: '✓', style: 'good' },
  same: { sign: '=', style: 'dim' },
  unclear: { sign: '?', style: 'warn' },
} as const;

/** A line for each pair, with what to make of it where it is unclear, and what has no pair. */
export function comparisonSection(report: CompareReport, label: Labeller): Markup {
  const { comparisons, confidence, kind } = report;
  const columns = [
    { title: 'verdict' },
    { title: kind === 'run' ? 'job' : 'bench' },
    ...['A (samples, spread)', 'B', 'B/A', `${formatShare(confidence)} interval`, 'p'].map((title) => {
      return { title, isNumber: true };
    }),
    { title: 'in words' },
  ];
  const table = tableOf(
    columns,
    comparisons.map((pair) => rowOf(pair, label(pair))),
    'all comparisons',
  );
  const isLong = comparisons.length > ROWS_MAX;
  return markup`<section id="comparisons"><h2>Comparisons</h2>
${comparisons.length === 0 ? markup`<p>Nothing in A has its like in B.</p>` : null}
${isLong ? markup`<details><summary>all ${comparisons.length}</summary>${table}</details>` : table}
${onlyIn('A', report.only_in_a, label)}${onlyIn('B', report.only_in_b, label)}</section>
`;
}

function rowOf(pair: ComparisonReport, name: string): readonly Part[] {
  const { verdict, metric, a, b, ratio, p_holm: p, sentence } = pair;
  const { sign, style } = SIGNS[verdict];
  const advice = adviceOf(pair);
  const below = advice === null ? null : markup`<br><span class="dim">${advice}</span>`;
  return [
    markup`<span class="${style}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`,
    markup`<span class="wrap">${name}</span>`,
    sideText(metric, a),
    sideText(metric, b),
    ratio.toFixed(3),
    intervalText(pair),
    pText(p),
    markup`<span class="wrap words">${sentence}${below}</span>`,
  ];
}

function onlyIn(side: 'A' | 'B', subjects: readonly SubjectReport[], label: Labeller): Markup | null {
  if (subjects.length === 0) return null;
  return markup`<h3>Only in ${side}: ${plural(subjects.length, 'result')}</h3>
<ul>${subjects.map((only) => markup`<li>${label(only)}</li>`)}</ul>
`;
}
