import { exitCodeName, findingsOf, type Finding } from '../findings.js';
import { plural } from '../format.js';
import { runWarnings } from '../warnings.js';
import { cutShortTexts, runTotals } from '../run-summary.js';
import type { RunReport } from '../run-json.js';
import { commandPart, startedText, warningsPart } from './heading.js';
import { markup, type Markup } from './markup.js';
import { jobAnchor } from './run-data.js';
import { verdictTitle } from './verdict-sign.js';

/** The rest of a hundred failed matrix cells is folded away. */
const FINDINGS_SHOWN = 10;

/** What came of the run, why, and how to see it again: what a reader wants in the first second. */
export function verdictSection(report: RunReport): Markup {
  const { verdict } = report;
  const reason = report.exitCode === 0 ? '' : `${exitCodeName(report.exitCode)}, exit ${report.exitCode}`;
  const { name, description } = report.scenario;
  const findings = findingsOf(report.jobs, report.thresholds);
  const warnings = runWarnings(report.jobs, report.environment);
  return markup`<header id="verdict">
<p class="dim top">vring run, ${startedText(report.started_at)}, seed ${report.seed}</p>
${verdictTitle(verdict, verdict.toUpperCase(), name)}
<p>${description}</p>
<p><strong>${[reason, runTotals(report.jobs)].filter((text) => text !== '').join(': ')}</strong></p>
${cutShortTexts(report).map((text) => markup`<p class="warn">${text}</p>\n`)}
${commandPart('the same run again', report.replay)}${findingList(findings, report)}
${warningsPart(warnings)}</header>
`;
}

function findingList(findings: readonly Finding[], report: RunReport): Markup | null {
  if (findings.length === 0) return null;
  const shown = findings.slice(0, FINDINGS_SHOWN).map((finding) => findingItem(finding, report));
  const rest = findings.slice(FINDINGS_SHOWN).map((finding) => findingItem(finding, report));
  return markup`<section id="findings"><h2>What went wrong</h2>
<ul class="findings">${shown}</ul>
${
  rest.length === 0
    ? null
    : markup`<details><summary>${plural(rest.length, 'finding')} more</summary>
<ul class="findings">${rest}</ul></details>`
}</section>
`;
}

function findingItem({ exitCode, job, text }: Finding, { jobs, violations }: RunReport): Markup {
  const [first = '', ...rest] = text.split('\n');
  const index = jobs.findIndex(({ name }) => name === job);
  const section = violations.find((violation) => violation.job === job && first.startsWith(violation.message))
    ?.fields['section'];
  return markup`<li><strong class="bad">${exitCodeName(exitCode)}</strong> <a href="#${jobAnchor(index)}">${job}</a>
${section === undefined ? null : markup`<span class="dim">virtio 1.4, ${section}</span>`}
<div>${first}</div>${rest.length === 0 ? null : markup`<pre>${rest.join('\n')}</pre>`}</li>
`;
}
