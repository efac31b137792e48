import type { FailureReport } from '../explore/failure-report.js';
import { PROFILE_TITLES } from '../explore/models/profiles.js';
import { memorySteps } from './explore-memory.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './explore-page.js';
import { lanesSvg } from './explore-svg.js';
import { escapeHtml } from './escape-html.js';
import { traceText } from './explore-text.js';

/**
 * A failure as a page of one file: nothing is fetched. The lanes, the cause and the text need no script; the script
 * adds the slider, which steps through the accesses and shows what is in memory behind each.
 */
export function failureHtml(report: FailureReport): string {
  const { message, profile, program, replay, cause, fix } = report;
  const title = `${program.program}: ${report.kind.replace('-', ' ')} under ${PROFILE_TITLES[profile]}`;
  const causes = cause.pairs.length === 0 ? [cause.text] : cause.pairs.map(({ text }) => text);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(message)}</p>
<pre class="command">${escapeHtml(replay)}</pre>
<p>${escapeHtml(JSON.stringify(program.options))}</p>
<h2>Cause</h2>
<ul>${causes.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>
${fix === null ? '' : `<p>${fix.verified ? 'Verified fix' : 'Fix'}: ${escapeHtml(fix.text)}</p>`}
<h2>What happened</h2>
<div id="stepper" hidden>
<label>access <input id="step" type="range" min="0" max="${report.trace.rows.length}" value="0"></label>
<button id="back" type="button">back</button> <button id="next" type="button">next</button>
<output id="now"></output>
</div>
<div class="panes">
<div class="lanes">${lanesSvg(report)}</div>
<div id="memory" class="memory" hidden></div>
</div>
<details open>
<summary>As text</summary>
<pre>${escapeHtml(traceText(report))}</pre>
</details>
<script type="application/json" id="steps">${jsonForHtml(memorySteps(report))}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** The page can load nothing from anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Nothing in it can end the script element. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
