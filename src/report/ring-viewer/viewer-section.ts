import type { Recording } from '../../recording/recording.js';
import { formatNs } from '../format.js';
import { jsonForHtml, markup, type Markup } from '../html/markup.js';
import { type ViewerLife, type ViewerLine, viewerLives } from './viewer-data.js';

/** Lines of the table that is there without a script. */
const PLAIN_LINES = 60;

/** A recorded ring, to be stepped through: null where no job was recorded. */
export function ringViewerSection(recordings: readonly Recording[]): Markup | null {
  const lives = recordings.flatMap((recording) =>
    viewerLives(recording).map((life) => {
      return { ...life, title: recordings.length > 1 ? `${recording.job}, ${life.title}` : life.title };
    }),
  );
  const [first] = lives;
  if (first === undefined) return null;
  return markup`<section id="ring-viewer" class="rv"><h2>The ring, step by step</h2>
<p>Everything that <b class="driver" style="color:var(--side)">driver</b> and <b class="device"
style="color:var(--side)">device</b> did and stored, one after the other. The bytes are those that were in the ring at
that moment; numbers such as 2.7.6 are sections of VIRTIO 1.4. <span class="rv-keys" hidden><kbd>\u2190</kbd>
<kbd>\u2192</kbd> one event, with <kbd>Shift</kbd> up to the next thing that is done, <kbd>Space</kbd> plays,
<kbd>Home</kbd> <kbd>End</kbd>.</span></p>
${leftOut(recordings, lives)}${APP}${plainTable(first)}
<script type="application/json" class="rv-data">${jsonForHtml(lives)}</script></section>
`;
}

function leftOut(recordings: readonly Recording[], lives: readonly ViewerLife[]): Markup | null {
  const rings = recordings.reduce((sum, recording) => sum + recording.lives.length, 0) - lives.length;
  const cut = lives.filter(({ steps, events }) => steps.length < events).length;
  const unknown = recordings.reduce((sum, recording) => sum + recording.livesLeftOut, 0);
  const notes = [
    ...(rings === 0
      ? []
      : [`${rings} more recorded rings are too many for a page: they are with the run that is kept`]),
    ...(cut === 0 ? [] : ['the last events of a long ring are not here']),
    ...(unknown === 0 ? [] : [`of ${unknown} rings too little was recorded to show them`]),
  ];
  return notes.length === 0 ? null : markup`<p class="dim">Not shown: ${notes.join('; ')}.</p>`;
}

/** Shapes of the buttons, in a square of 14. */
const SHAPES: Readonly<Record<string, string>> = {
  first: 'M1 1h2v12H1zM13 1v12L4 7z',
  back: 'M11 1v12L2 7z',
  play: 'M3 1l10 6-10 6z',
  next: 'M3 1v12l9-6z',
  last: 'M11 1h2v12h-2zM1 1v12l9-6z',
};

const BUTTONS: Markup[] = [
  ['first', 'to the beginning'],
  ['back', 'one event back'],
  ['play', 'play'],
  ['next', 'one event on'],
  ['last', 'to the end'],
].map(
  ([name = '', label = '']) =>
    markup`<button type="button" data-do="${name}" aria-label="${label}" title="${label}"><svg viewBox="0 0 14 14"
aria-hidden="true"><path d="${SHAPES[name] ?? ''}"/></svg></button>`,
);

const APP: Markup = markup`<div class="rv-app" tabindex="0" role="group" aria-label="ring viewer" hidden>
<select class="rv-life" aria-label="which ring"></select>
<div class="rv-bar"><span class="rv-buttons">${BUTTONS}</span>
<input class="rv-slider" type="range" min="0" value="0" aria-label="event"><output class="rv-count"></output></div>
<div class="rv-now" aria-live="polite"><span class="rv-who"></span><span class="rv-text"></span><span
class="rv-section"></span><span class="rv-note"></span></div>
<div class="rv-sides">${side('driver')}${side('device')}</div>
<div class="rv-memory"></div>
<h3>Buffers in flight</h3><div class="rv-chips"></div>
<form class="rv-jump"><label>go to buffer # <input name="ordinal" inputmode="numeric" autocomplete="off"></label>
<label>or token <input name="token" inputmode="numeric" autocomplete="off"></label><button>go</button><span
class="rv-found dim" role="status"></span></form>
<div class="rv-followed"></div>
<details class="rv-log" open><summary>Events around this one</summary><ol></ol></details>
</div>`;

function side(name: 'driver' | 'device'): Markup {
  return markup`<div class="rv-side ${name}"><h3>${name} <small>what it keeps to itself</small></h3><dl></dl></div>`;
}

function plainTable({ steps, title }: ViewerLife): Markup {
  const shown = steps.slice(0, PLAIN_LINES);
  return markup`<div class="rv-plain scroll"><table>
<caption>The first ${shown.length} of ${steps.length} events of ${title}</caption>
<thead><tr><th class="n">time</th><th>who</th><th>what</th><th>section</th></tr></thead>
<tbody>${shown.map(plainRow)}</tbody></table></div>`;
}

function plainRow([timeNs, isDevice, , text, section]: ViewerLine): Markup {
  const who = isDevice === 1 ? 'device' : 'driver';
  return markup`<tr><td class="n">${formatNs(timeNs)}</td><td class="${who}" style="color:var(--side)">${who}</td>
<td>${text}</td><td>${section}</td></tr>`;
}
