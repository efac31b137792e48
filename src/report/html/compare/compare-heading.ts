import { unreachable } from '../../../assert.js';
import type { CompareReport, ComparisonReport } from '../../compare-json.js';
import { countsText, figureText, type Labeller, marginText } from '../../compare-words.js';
import { formatShare, plural } from '../../format.js';
import { commandPart, warningsPart } from '../heading.js';
import { markup, type Markup } from '../markup.js';
import { verdictTitle } from '../verdict-sign.js';
import type { CompareData } from './compare-data.js';

/** More than these are in the table. */
const SLOWER_MAX = 5;

/** What can be said of B, and how sure that is. */
export function compareHeading({ report, command }: CompareData, label: Labeller): Markup {
  const { a, b, alpha, margin, exitCode, kind, warnings } = report;
  const slower = report.comparisons.filter(({ verdict }) => verdict === 'slower');
  const samples = kind === 'run' ? 'blocks of intervals' : 'repetitions';
  return markup`<header id="verdict">
<p class="dim top">vring compare, A is ${a.file}, B is ${b.file}</p>
${verdictTitle(exitCode === 0 ? 'pass' : 'fail', wordOf(report), countsText(report))}
<p><strong>${sentenceOf(report)}</strong></p>
${
  slower.length === 0
    ? null
    : markup`<ul class="findings">${slower
        .slice(0, SLOWER_MAX)
        .map(
          (pair) => markup`<li><strong class="bad">slower</strong> ${label(pair)}: ${changeText(pair)}</li>`,
        )}</ul>
${slower.length > SLOWER_MAX ? markup`<p>and ${slower.length - SLOWER_MAX} more, below</p>` : null}`
}
<p class="dim">Margin ${marginText(margin)}, alpha ${alpha}; samples are ${samples}; exit ${exitCode}.</p>
${warningsPart(warnings)}${commandPart('the same comparison again', command)}</header>
`;
}

function wordOf({ verdict }: CompareReport): string {
  return verdict === 'nothing' ? 'NOTHING TO COMPARE' : verdict.toUpperCase();
}

function sentenceOf({ verdict, counts, comparisons }: CompareReport): string {
  const all = comparisons.length;
  const of = (count: number): string => `${count} of ${plural(all, 'comparison')}`;
  const unclear = counts.unclear === 0 ? '' : `; of ${counts.unclear} nothing can be said`;
  switch (verdict) {
    case 'nothing':
      return 'Nothing in A has its like in B.';
    case 'regression': {
      const faster = counts.faster === 0 ? '' : `, and faster in ${counts.faster}`;
      return `B is slower than A in ${of(counts.slower)}${faster}${unclear}.`;
    }
    case 'pass':
      if (counts.faster > 0)
        return `B is faster than A in ${of(counts.faster)}, and in none slower${unclear}.`;
      if (counts.unclear === 0) {
        const within = formatShare(Math.max(...comparisons.map(({ margin }) => margin)));
        return `B is as fast as A in all of ${plural(all, 'comparison')}, within ${within}.`;
      }
      if (counts.same === 0)
        return `No difference can be shown, nor that there is none, in ${plural(all, 'comparison')}.`;
      return `B is as fast as A in ${of(counts.same)}${unclear}.`;
    default:
      return unreachable(verdict);
  }
}

/** `100 ns in A, 125 ns in B, 25 % more (24.6 % to 25.4 %)`. */
function changeText({ metric, a, b, ratio, ratio_low: low, ratio_high: high }: ComparisonReport): string {
  const medians = `${figureText(metric, a.median)} in A, ${figureText(metric, b.median)} in B`;
  const [word, changes] = ratio >= 1 ? ['more', [low, high]] : ['less', [high, low]];
  const [least, most] = changes.map((bound) =>
    bound === null || bound === undefined ? null : changeOf(bound),
  );
  const interval = typeof least !== 'string' || typeof most !== 'string' ? '' : ` (${least} to ${most})`;
  return `${medians}, ${changeOf(ratio)} ${word}${interval}`;
}

function changeOf(ratio: number): string {
  return formatShare(Math.abs(ratio - 1));
}
