import type { FailureReport } from '../explore/failure-report.js';
import { PROFILE_TITLES } from '../explore/models/profiles.js';
import { memorySteps } from './explore-memory.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './explore-page.js';
import { lanesSvg } from './explore-svg.js';
import { traceText } from './explore-text.js';
import { jsonForHtml, markup, type Markup } from './html/markup.js';
import { pageHtml } from './html/page.js';

/**
 * A failure as a page of one file: nothing is fetched. The lanes, the cause and the text need no script; the script
 * adds the slider, which steps through the accesses and shows what is in memory behind each.
 */
export function failureHtml(report: FailureReport): string {
  const { message, program, replay } = report;
  const title = failureTitle(report);
  const options = Object.entries(program.options).map(([name, value]) => `${name}=${String(value)}`);
  return pageHtml({
    title,
    style: PAGE_STYLE,
    scripts: [PAGE_SCRIPT],
    body: markup`<header>
<p class="dim top">vring explore${options.length === 0 ? null : `, ${options.join(' ')}`}</p>
<h1><span class="bad" role="img" aria-label="fail">✗</span> ${title}</h1>
<p>${message}</p>
<p class="dim">the same execution again</p>
<pre class="command">${replay}</pre>
</header>
<main>
<h2>Cause</h2>
${causePart(report)}
<h2>What happened</h2>
${stepsPart(report)}
</main>`,
  });
}

/** `split: lost wakeup under x86-TSO`. */
export function failureTitle({ program, kind, profile }: FailureReport): string {
  return `${program.program}: ${kind.replace('-', ' ')} under ${PROFILE_TITLES[profile]}`;
}

export function causePart({ cause, fix }: FailureReport): Markup {
  const causes = cause.pairs.length === 0 ? [cause.text] : cause.pairs.map(({ text }) => text);
  return markup`<ul>${causes.map((text) => markup`<li>${text}</li>`)}</ul>
${fix === null ? null : markup`<p><strong>${fix.verified ? 'Verified fix' : 'Fix'}:</strong> ${fix.text}</p>`}`;
}

/** The lanes, with the slider and the memory of `PAGE_SCRIPT`; once in a page at most. */
export function stepsPart(report: FailureReport): Markup {
  return markup`<p class="dim">Time goes down, a lane for each thread. An arrow leads from a write to the read on
another thread that took its value; a dashed one from the write that a stale read should have seen.</p>
<div id="stepper" hidden>
<label>access <input id="step" type="range" min="0" max="${report.trace.rows.length}" value="0"></label>
<button id="back" type="button">back</button> <button id="next" type="button">next</button>
<output id="now"></output>
</div>
<div class="panes">
<div class="lanes" role="region" aria-label="lanes" tabindex="0">${lanesSvg(report)}</div>
<div id="memory" class="memory" hidden></div>
</div>
<details>
<summary>As text</summary>
<pre>${traceText(report)}</pre>
</details>
<script type="application/json" id="steps">${jsonForHtml(memorySteps(report))}</script>`;
}
