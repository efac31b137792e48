import type { FailureReport } from '../../../explore/failure-report.js';
import { causePart, failureTitle, stepsPart } from '../../explore-html.js';
import { failureText } from '../../explore-text.js';
import { exitCodeName } from '../../findings.js';
import { formatSeconds, plural } from '../../format.js';
import { type ExplanationReport, exploredLines } from '../../stress-explanation.js';
import type { StressFailureReport, StressReport } from '../../stress-json.js';
import { eventsKept } from '../../stress-words.js';
import { commandPart } from '../heading.js';
import { markup, type Markup } from '../markup.js';
import { eventsPart } from './events-part.js';

/** The failure whose execution the page steps through: the first one of which there is one. */
export function steppedFailure({ failures }: StressReport): StressFailureReport | null {
  return failures.find(({ explanation }) => explanation !== null && explanation.failure !== null) ?? null;
}

/** What failed, how to see it again, and why; null where nothing did. */
export function findingSection(report: StressReport): Markup | null {
  const { failures } = report;
  if (failures.length === 0) return null;
  const stepped = steppedFailure(report);
  return markup`<section id="findings"><h2>What went wrong</h2>
${failures.map((failure) => findingPart(failure, failure === stepped))}</section>
`;
}

function findingPart(failure: StressFailureReport, isStepped: boolean): Markup {
  const { message, code, exitCode, configuration, ring, v8, stack, replay, explanation } = failure;
  const [first = '', ...rest] = message.split('\n');
  return markup`<div class="finding"><h3><span class="bad">✗ ${exitCodeName(exitCode)}</span> ${first}</h3>
<p class="dim">${code}</p>
<p>${configuration}, ring ${ring}${v8 === 'as-is' ? null : `, V8 ${v8}`}</p>
${rest.length === 0 ? null : markup`<pre>${rest.map((line) => line.trimStart()).join('\n')}</pre>`}
${stack === null ? null : markup`<details><summary>where it was thrown</summary><pre>${stack}</pre></details>`}
${commandPart('this round again', replay)}
${eventsPart('what both sides did last', failure.last_events)}<p class="dim">${eventsKept(failure)}</p>
${explanation === null ? null : explanationPart(explanation, isStepped)}</div>
`;
}

function explanationPart(explanation: ExplanationReport, isStepped: boolean): Markup {
  const { explored, failure, beyond, verdict } = explanation;
  return markup`${shrunkPart(explanation)}<h3>Explored</h3>
${
  explored.length === 0
    ? markup`<p>Nothing: there was no time.</p>`
    : markup`<ul>${exploredLines(explored).map((line) => markup`<li>${line}</li>`)}</ul>`
}
${
  failure === null
    ? markup`<p>No execution of these shows it. They do not have:</p>
<ul>${beyond.map((what) => markup`<li>${what}</li>`)}</ul>`
    : markup`<h3>${verdict === 'reproduced' ? 'One execution that shows it' : 'Not this, but what may be why'}</h3>
<p><strong>${failureTitle(failure)}</strong>: ${failure.message}</p>
${causePart(failure)}
${commandPart('the same execution again', failure.replay)}
${isStepped ? stepsPart(failure) : textPart(failure)}`
}
`;
}

function shrunkPart({ shrunk }: ExplanationReport): Markup {
  if (shrunk === null)
    return markup`<p>It did not fail again: what follows is of the configuration as it was.</p>\n`;
  const { left_out: without, attempts, configuration, code, replay } = shrunk;
  const left = without.length === 0 ? 'with all of it' : `without ${without.join(', ')}`;
  return markup`<h3>Made smaller</h3>
<p>${configuration}</p>
<p>${plural(attempts, 'configuration')} raced; ${code} in round ${shrunk.failed_after_rounds}, after
${formatSeconds(shrunk.failed_after_s)}, ${left}.</p>
${commandPart('the smaller one again', replay)}
${eventsPart('what both sides did last in the smaller one', shrunk.last_events)}`;
}

function textPart(failure: FailureReport): Markup {
  return markup`<details><summary>its accesses, as text</summary><pre>${failureText(failure)}</pre></details>`;
}
