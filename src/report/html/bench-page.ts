import { type BenchResult, median } from '../../bench/bench-result.js';
import type { BenchReport } from '../bench-json.js';
import { benchTable, resultName } from '../bench-table.js';
import { workerGains } from '../bench-text.js';
import { figureText } from '../compare-words.js';
import { exitCodeName } from '../findings.js';
import { plural } from '../format.js';
import { DATA_SCRIPT, dataSection } from './data-section.js';
import { environmentSection } from './environment-section.js';
import { contentsPart, startedText } from './heading.js';
import { markup, type Markup } from './markup.js';
import { pageHtml } from './page.js';
import { drawRows } from './plot/draw-rows.js';
import { PLOT_STYLE } from './plot/plot-style.js';
import { REPORT_STYLE } from './report-style.js';
import { samplesFigure } from './samples-figure.js';
import { tableOf } from './table.js';
import { verdictTitle } from './verdict-sign.js';

/** A bench as a page of one file: every repetition as a dot, the table, and where it was measured. */
export function benchHtml(report: BenchReport): string {
  const { what, exitCode, environment } = report;
  const word = exitCode === 0 ? 'MEASURED' : exitCodeName(exitCode).toUpperCase();
  const links = [
    ['repetitions', 'repetitions'],
    ['results', 'results'],
    ['environment', 'environment'],
    ['raw', 'raw data'],
  ] as const;
  return pageHtml({
    title: `bench ${what}`,
    style: PLOT_STYLE + REPORT_STYLE,
    scripts: [DATA_SCRIPT],
    body: markup`<header id="verdict">
<p class="dim top">vring bench, ${startedText(report.started_at)}</p>
${verdictTitle(exitCode === 0 ? 'pass' : 'interrupted', word, `bench ${what}`)}
<p><strong>${summaryOf(report)}</strong></p></header>
${contentsPart(links)}
<main>${repetitionsSection(report)}${resultsSection(report)}${environmentSection(environment)}
${dataSection(`bench-${what}`, report)}</main>`,
  });
}

function summaryOf({ results }: BenchReport): string {
  const sorted = measured(results).toSorted((one, other) => median(one.samples) - median(other.samples));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'Nothing was measured.';
  const text = ({ metric, samples }: BenchResult): string => figureText(metric, median(samples));
  const repetitions = `median of ${plural(first.repetitions, 'repetition')}`;
  if (first === last) return `${text(first)}, ${repetitions}: ${resultName(first)}.`;
  const [least, most] = [first, last].map((one) => `${text(one)} (${resultName(one)})`);
  return `${plural(results.length, 'result')}, each the ${repetitions}: from ${least} to ${most}.`;
}

/** A plot for each metric. */
function repetitionsSection({ results }: BenchReport): Markup | null {
  const plotted = measured(results);
  if (plotted.length === 0) return null;
  const metrics = [...new Set(plotted.map(({ metric }) => metric))];
  return markup`<section id="repetitions"><h2>Repetitions</h2>
<p class="dim">A dot is a repetition, the diamond their median, the line goes from the smallest to the largest. A long
one: the repetitions do not agree, as on a machine that does something else too.</p>
${metrics.map((metric) => {
  return drawRows(
    samplesFigure(
      metric,
      plotted.filter((result) => result.metric === metric),
    ),
  );
})}</section>
`;
}

/** One that was interrupted may have none. */
function measured(results: readonly BenchResult[]): readonly BenchResult[] {
  return results.filter(({ samples }) => samples.length > 0);
}

function resultsSection(report: BenchReport): Markup {
  const { header, rows, leftColumns } = benchTable(report);
  const columns = header.map((title, i) => ({ title, isNumber: i >= leftColumns }));
  return markup`<section id="results"><h2>Results</h2>
${tableOf(columns, rows, 'all results')}
${workerGains(report.results).map((text) => markup`<p>${text}</p>\n`)}</section>
`;
}
