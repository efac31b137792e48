import { PAGE_SCRIPT, PAGE_STYLE } from '../../explore-page.js';
import { exitCodeName } from '../../findings.js';
import type { StressReport } from '../../stress-json.js';
import { stressTotals } from '../../stress-words.js';
import { DATA_SCRIPT, dataSection } from '../data-section.js';
import { environmentSection } from '../environment-section.js';
import { commandPart, contentsPart, startedText } from '../heading.js';
import { markup, type Markup } from '../markup.js';
import { pageHtml } from '../page.js';
import { REPORT_STYLE } from '../report-style.js';
import { type SignedVerdict, verdictTitle } from '../verdict-sign.js';
import { findingSection, steppedFailure } from './finding-section.js';
import { frequencySection, outcomeSection } from './outcome-section.js';

const SIGNS: Readonly<Record<StressReport['verdict'], SignedVerdict>> = {
  pass: 'pass',
  fail: 'fail',
  error: 'fail',
  interrupted: 'interrupted',
};

/** A stress as a page of one file: what failed and why, what was seen, and how often. */
export function stressHtml(report: StressReport): string {
  const { verdict, seed, environment } = report;
  const findings = findingSection(report);
  const isStepped = steppedFailure(report) !== null;
  const links = [
    ...(findings === null ? [] : [['findings', 'what went wrong'] as const]),
    ['outcomes', 'what was seen'],
    ...(report.outcomes.length === 0 ? [] : [['frequencies', 'how often'] as const]),
    ['environment', 'environment'],
    ['raw', 'raw data'],
  ] as const;
  return pageHtml({
    title: `${verdict}: stress, seed ${seed}`,
    style: (isStepped ? PAGE_STYLE : '') + REPORT_STYLE,
    scripts: [...(isStepped ? [PAGE_SCRIPT] : []), DATA_SCRIPT],
    body: markup`${heading(report)}${contentsPart(links)}
<main>${findings}${outcomeSection(report)}${frequencySection(report)}${environmentSection(environment)}
${dataSection('stress', report)}</main>`,
  });
}

function heading(report: StressReport): Markup {
  const { verdict, seed, exitCode } = report;
  const reason = exitCode === 0 ? '' : `${exitCodeName(exitCode)}, exit ${exitCode}: `;
  return markup`<header id="verdict">
<p class="dim top">vring stress, ${startedText(report.started_at)}</p>
${verdictTitle(SIGNS[verdict], verdict.toUpperCase(), `stress, seed ${seed}`)}
<p><strong>${reason}${stressTotals(report)}</strong></p>
${commandPart('the same race again', report.replay)}</header>
`;
}
