import { markup, jsonForHtml, type Markup } from '../markup.js';
import { projection, ticksOf } from './axis.js';
import { drawPanel, yTicksOf, PANEL_FOOT_PX, PANEL_HEAD_PX, panelHeightPx, type Span } from './draw-panel.js';
import type { Band, Figure, Lane } from './figure.js';

/** One for screens and paper, one for telephones: scaled text would be too small there, or too large here. */
const WIDTHS_PX = { wide: 1024, narrow: 328 } as const;
/** Upper bounds for a character, of the widest of the usual fonts. */
const CHARACTER_PX = 7.4;
const BOLD_PX = 8.6;
const LANE_PX = 30;
const X_TICK_PX = { wide: 80, narrow: 56 } as const;
/** Of the width, what the names of lines may take; where they are longer, there is a legend. */
const NAMES_SHARE = 0.26;

type Width = keyof typeof WIDTHS_PX;

/** Drawn at both widths; the style sheet shows one of them. */
export function drawFigure(figure: Figure): Markup {
  const widths = Object.keys(WIDTHS_PX) as readonly Width[];
  return markup`<div class="plot">${widths.map((width) => drawAt(figure, width))}
<script type="application/json">${jsonForHtml(figure.readout)}</script></div>`;
}

function drawAt(figure: Figure, width: Width): Markup {
  const widthPx = WIDTHS_PX[width];
  const hasLabels = namesPx(figure) <= NAMES_SHARE * widthPx;
  const left = Math.ceil(yTicksPx(figure) + 8);
  const right = Math.floor(widthPx - Math.max(hasLabels ? namesPx(figure) + 10 : 0, 14));
  const span = { left, right: right - lastTickOverflowPx(figure, { left, right }, width) };
  const x = projection(figure.x, [span.left, span.right]);
  let top = 0;
  const panels = figure.panels.map((panel) => {
    const drawn = drawPanel(panel, top, span, x, hasLabels);
    top += panelHeightPx(panel);
    return drawn;
  });
  const axisTop = top;
  const lanesTop = axisTop + 44;
  const heightPx = lanesTop + figure.lanes.length * LANE_PX;
  const inner = { high: PANEL_HEAD_PX, low: axisTop - PANEL_FOOT_PX };
  return markup`<div class="${width}">${hasLabels ? null : legend(figure)}
<svg role="img" aria-label="${figure.label}" viewBox="0 0 ${widthPx} ${heightPx}"
 width="${widthPx}" height="${heightPx}"
 data-x="${figure.readout.x.map(x).join(' ')}" data-inner="${inner.high} ${inner.low}">
${figure.bands.map((band) => drawBand(band, inner, x))}${figure.lanes.map((lane) => drawThrough(lane, inner, x))}
${panels}${xAxis(figure, axisTop, span, width)}
${figure.lanes.map((lane, i) => drawLane(lane, lanesTop + i * LANE_PX, span, x))}</svg></div>`;
}

/** How much sooner the plot has to end for the label of its last tick, which stands in the middle, to be seen. */
function lastTickOverflowPx({ x }: Figure, { left, right }: Span, width: Width): number {
  const last = ticksOf(x, [left, right], X_TICK_PX[width], labelPx).at(-1);
  if (last === undefined) return 0;
  const overflowPx = last.at + labelPx(last.label) / 2 - WIDTHS_PX[width];
  // A tick inside the plot moves only by its share of what the end moves.
  return overflowPx > 0 ? Math.ceil((overflowPx * (right - left)) / (last.at - left)) : 0;
}

interface Inner {
  readonly high: number;
  readonly low: number;
}

function xAxis({ x }: Figure, top: number, span: Span, width: Width): Markup {
  const at = top - PANEL_FOOT_PX;
  const ticks = ticksOf(x, [span.left, span.right], X_TICK_PX[width], labelPx);
  return markup`<g><line class="axis" x1="${span.left}" x2="${span.right}" y1="${at}" y2="${at}"/>
${ticks.map(
  (tick) => markup`<line class="axis" x1="${tick.at}" x2="${tick.at}" y1="${at}" y2="${at + 4}"/>
<text class="tick" text-anchor="middle" x="${tick.at}" y="${at + 17}">${tick.label}</text>`,
)}<text class="axis-title" text-anchor="middle" x="${(span.left + span.right) / 2}" y="${at + 36}">${x.title}</text>
</g>`;
}

function drawBand({ from, to, label }: Band, { high, low }: Inner, x: (value: number) => number): Markup {
  const [left, right] = [x(from), x(to)];
  const fits = right - left > label.length * CHARACTER_PX + 8;
  return markup`<g class="band"><title>${label}</title>
<rect x="${left}" y="${high}" width="${Math.max(0, right - left)}" height="${low - high}"/>
${fits ? markup`<text class="note" x="${left + 4}" y="${high + 12}">${label}</text>` : null}</g>`;
}

function drawThrough(lane: Lane, { high, low }: Inner, x: (value: number) => number): Markup | null {
  if (!lane.isThrough) return null;
  const path = lane.at.map((at) => `M${x(at)} ${high}V${low}`).join('');
  return markup`<path class="through s${lane.colour}" d="${path}"/>`;
}

function drawLane(lane: Lane, top: number, span: Span, x: (value: number) => number): Markup {
  const path = lane.at.map((at) => `M${x(at)} ${top + 17}v9`).join('');
  return markup`<g class="lane">
<text class="lane-label f${lane.colour}" x="${span.left}" y="${top + 12}">${lane.label}</text>
<path class="grid" d="M${span.left} ${top + 21.5}H${span.right}"/>
<path class="ticks s${lane.colour}" d="${path}"/></g>`;
}

/** The names of all lines, once each. */
function legend({ panels }: Figure): Markup {
  const lines = new Map(panels.flatMap((panel) => panel.lines).map(({ name, colour }) => [name, colour]));
  return markup`<ul class="legend">${[...lines].map(
    ([name, colour]) => markup`<li class="f${colour}">${name}</li>`,
  )}</ul>`;
}

/** With some air. */
function labelPx(label: string): number {
  return CHARACTER_PX * label.length + 8;
}

function namesPx({ panels }: Figure): number {
  const names = panels.flatMap(({ lines }) => lines.map(({ name }) => name));
  return BOLD_PX * names.reduce((longest, { length }) => Math.max(longest, length), 0);
}

function yTicksPx({ panels }: Figure): number {
  const labels = panels.flatMap(({ y, heightPx }) => yTicksOf(y, [heightPx, 0]).map(({ label }) => label));
  return CHARACTER_PX * labels.reduce((longest, { length }) => Math.max(longest, length), 0);
}
