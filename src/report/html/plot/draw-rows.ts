import { symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { markup, type Markup } from '../markup.js';
import { projection, type Tick, ticksOf } from './axis.js';
import type { Row, RowFigure } from './row-figure.js';
import { wrapWords } from './wrap-words.js';

/** How rows are laid out: beside the plot there is room for names and figures, on a telephone they are above it. */
interface Layout {
  readonly widthPx: number;
  readonly left: number;
  readonly right: number;
  readonly nameChars: number;
  readonly linePx: number;
  readonly isBeside: boolean;
  readonly tickPx: number;
}

const WIDTH_PX = 1024;
const NARROW_PX = 328;
/** Upper bounds for a character, of the widest of the usual fonts. */
const CHARACTER_PX = 7.4;
const BOLD_PX = 8.6;
const SMALL_PX = 6.8;
/** Of the width, what names may take beside a plot. */
const NAMES_SHARE = 0.36;
const MARK_PX2 = 62;
/** Below the names, on a telephone. */
const STRIP_PX = 20;
const HEAD_PX = 20;
const FOOT_PX = 44;
const SHAPES = {
  circle: symbolCircle,
  square: symbolSquare,
  triangle: symbolTriangle,
  diamond: symbolDiamond,
} as const;

/**
 * Drawn at both widths; the style sheet shows one of them. Figures with the same `all` rows have their plots below each
 * other.
 */
export function drawRows(figure: RowFigure, all: readonly Row[] = figure.rows): Markup {
  return markup`<div class="plot still"><div class="wide">${drawAt(figure, wideLayout(all))}</div>
<div class="narrow">${drawAt(figure, NARROW)}</div></div>
`;
}

const NARROW: Layout = {
  widthPx: NARROW_PX,
  left: 24,
  right: NARROW_PX - 24,
  nameChars: Math.floor(NARROW_PX / SMALL_PX),
  linePx: 15,
  isBeside: false,
  tickPx: 50,
};

function wideLayout(rows: readonly Row[]): Layout {
  const longest = (texts: readonly string[]): number =>
    texts.reduce((most, { length }) => Math.max(most, length), 0);
  const nameChars = Math.floor((NAMES_SHARE * WIDTH_PX) / CHARACTER_PX);
  const names = longest(rows.flatMap(({ name }) => wrapWords(name, nameChars)));
  return {
    widthPx: WIDTH_PX,
    left: Math.ceil(names * CHARACTER_PX + 18),
    right: Math.floor(WIDTH_PX - longest(rows.map(({ text }) => text)) * BOLD_PX - 18),
    nameChars,
    linePx: 17,
    isBeside: true,
    tickPx: 70,
  };
}

function drawAt(figure: RowFigure, layout: Layout): Markup {
  const { widthPx, left, right } = layout;
  const x = projection(figure.x, [left, right]);
  let top = figure.middle === null ? 6 : HEAD_PX;
  const first = top;
  const rows = figure.rows.map((row) => {
    const drawn = drawRow(row, top, layout, x);
    top += rowHeightPx(row, layout);
    return drawn;
  });
  const ticks = ticksOf(figure.x, [left, right], layout.tickPx);
  return markup`<svg role="img" aria-label="${figure.label}" viewBox="0 0 ${widthPx} ${top + FOOT_PX}"
 width="${widthPx}" height="${top + FOOT_PX}">
${ticks.map(({ at }) => markup`<line class="grid" x1="${at}" x2="${at}" y1="${first}" y2="${top}"/>`)}
${rows.map(({ band }) => band)}${middleOf(figure, first, top, x)}${rows.map(({ content }) => content)}
${axisOf(figure, ticks, top, layout)}</svg>`;
}

type Projection = (value: number) => number;

/** The band is apart: it belongs behind the line through all rows. */
function drawRow(
  row: Row,
  top: number,
  layout: Layout,
  x: Projection,
): { readonly band: Markup | null; readonly content: Markup } {
  const { isBeside, linePx, widthPx, right } = layout;
  const heightPx = rowHeightPx(row, layout);
  const lines = wrapWords(row.name, layout.nameChars);
  const middle = isBeside ? top + heightPx / 2 : top + heightPx - STRIP_PX / 2;
  const firstLine = isBeside ? middle + 4 - ((lines.length - 1) * linePx) / 2 : top + linePx;
  const textAt = isBeside ? middle + 4 : firstLine + lines.length * linePx;
  const bandTop = isBeside ? top : middle - STRIP_PX / 2;
  return {
    band: bandOf(row, bandTop, isBeside ? heightPx : STRIP_PX, x),
    content: markup`<g class="row ${row.style}"><title>${row.name}: ${row.text}</title>
${lines.map((line, i) => markup`<text class="row-name" x="0" y="${firstLine + i * linePx}">${line}</text>`)}
<text class="row-text" x="${isBeside ? right + 14 : 0}" y="${textAt}">${row.text}</text>
<path class="rule" d="M0 ${top + heightPx}H${widthPx}"/>${rangeOf(row, middle, x)}
${row.dots.map((dot) => markup`<circle class="sample" cx="${x(dot)}" cy="${middle}" r="3.2"/>`)}
${markOf(row, middle, x)}</g>`,
  };
}

function rowHeightPx({ name }: Row, { isBeside, linePx, nameChars }: Layout): number {
  const lines = wrapWords(name, nameChars).length;
  return isBeside ? lines * linePx + 11 : (lines + 1) * linePx + STRIP_PX + 6;
}

function bandOf({ band }: Row, top: number, heightPx: number, x: Projection): Markup | null {
  if (band === null) return null;
  const [low, high] = [x(band[0]), x(band[1])];
  return markup`<rect class="noise" x="${low}" width="${(high - low).toFixed(1)}" y="${top}" height="${heightPx}"/>`;
}

/** With ends, unless there are dots at them. */
function rangeOf({ range, dots }: Row, at: number, x: Projection): Markup | null {
  if (range === null) return null;
  const [low, high] = [x(range[0]), x(range[1])];
  const ends = dots.length > 0 ? '' : `M${low} ${at - 4}v8M${high} ${at - 4}v8`;
  return markup`<path class="range" d="M${low} ${at}H${high}${ends}"/>`;
}

function markOf({ mark }: Row, at: number, x: Projection): Markup {
  const path = symbol(SHAPES[mark.shape], MARK_PX2).digits(1)() ?? '';
  const style = mark.isHollow ? 'mark hollow' : 'mark';
  return markup`<path class="${style}" transform="translate(${x(mark.at)} ${at})" d="${path}"/>`;
}

function middleOf({ middle }: RowFigure, high: number, low: number, x: Projection): Markup | null {
  if (middle === null) return null;
  const at = x(middle.at);
  return markup`<line class="middle" x1="${at}" x2="${at}" y1="${high}" y2="${low}"/>
<text class="note" text-anchor="end" x="${at - 10}" y="12">${middle.left}</text>
<text class="note" x="${at + 10}" y="12">${middle.right}</text>`;
}

function axisOf({ x }: RowFigure, ticks: readonly Tick[], top: number, { left, right }: Layout): Markup {
  return markup`<line class="axis" x1="${left}" x2="${right}" y1="${top}" y2="${top}"/>
${ticks.map(
  ({ at, label }) => markup`<line class="axis" x1="${at}" x2="${at}" y1="${top}" y2="${top + 4}"/>
<text class="tick" text-anchor="middle" x="${at}" y="${top + 17}">${label}</text>`,
)}<text class="axis-title" text-anchor="middle" x="${(left + right) / 2}" y="${top + 36}">${x.title}</text>`;
}
