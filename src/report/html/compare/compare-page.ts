import { DATA_SCRIPT, dataSection } from '../data-section.js';
import { contentsPart } from '../heading.js';
import { markup, type Markup } from '../markup.js';
import { pageHtml } from '../page.js';
import { PLOT_SCRIPT } from '../plot/plot-script.js';
import { PLOT_STYLE } from '../plot/plot-style.js';
import { REPORT_STYLE } from '../report-style.js';
import { compareHeading } from './compare-heading.js';
import { type CompareData, pageLabeller } from './compare-data.js';
import { comparisonSection, ratioSection } from './comparison-section.js';
import { latencySection } from './latency-section.js';
import { sidesSection } from './sides-section.js';

/** A comparison as a page of one file, which fetches nothing and can be read without a script. */
export function compareHtml(data: CompareData): string {
  const { report } = data;
  const label = pageLabeller(data);
  const ratios = ratioSection(report, label);
  const latency = latencySection(data);
  const link = (section: Markup | null, id: string, title: string): [string, string][] =>
    section === null ? [] : [[id, title]];
  const links = [
    ...link(ratios, 'ratios', 'ratios'),
    ['comparisons', 'comparisons'],
    ...link(latency, 'latency', 'latency'),
    ['environment', 'A and B'],
    ['raw', 'raw data'],
  ] as const;
  return pageHtml({
    title: `${report.verdict}: ${report.a.file} against ${report.b.file}`,
    style: PLOT_STYLE + REPORT_STYLE,
    scripts: [PLOT_SCRIPT, DATA_SCRIPT],
    body: markup`${compareHeading(data, label)}${contentsPart(links)}
<main>${ratios}${comparisonSection(report, label)}${latency}${sidesSection(data)}
${dataSection('compare', report)}</main>`,
  });
}
