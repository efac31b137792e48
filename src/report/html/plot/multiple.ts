import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { markup, type Markup } from '../markup.js';
import { type Axis, projection, ticksOf } from './axis.js';
import type { Colour } from './figure.js';

/** One of many small plots that share their scales. */
export interface Multiple {
  readonly title: string;
  readonly y: Axis;
  /** Places along x, evenly spaced: sizes go up by factors, and names have no distance. */
  readonly places: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly colour: Colour;
    /** One for each place. */
    readonly values: readonly (number | null)[];
  }[];
  readonly widthPx: number;
  /** Places that are numbers are joined by a line. */
  readonly isJoined: boolean;
}

const PLOT_PX = 74;
const HEIGHT_PX = PLOT_PX + 34;
const RIGHT_PX = 8;
const TOP_PX = 8;
/** An upper bound for a character of the widest of the usual fonts. */
const CHARACTER_PX = 6.9;
/** Points of different series at one place stand beside each other. */
const DODGE_PX = 7;
const MARKS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond] as const;

export function drawMultiple(multiple: Multiple): Markup {
  const { title, y: yAxis, places, series, isJoined, widthPx } = multiple;
  const range = [TOP_PX + PLOT_PX, TOP_PX] as const;
  const ticks = ticksOf(yAxis, range, 24);
  const left = 6 + CHARACTER_PX * ticks.reduce((longest, { label }) => Math.max(longest, label.length), 0);
  const stepPx = (widthPx - RIGHT_PX - left) / places.length;
  const y = projection(yAxis, range);
  const at = (place: number, nth: number): number =>
    left + (place + 0.5) * stepPx + (isJoined ? 0 : (nth - (series.length - 1) / 2) * DODGE_PX);
  return markup`<figure class="multiple"><figcaption>${title}</figcaption>
<svg role="img" aria-label="${yAxis.title}: ${title}" viewBox="0 0 ${widthPx} ${HEIGHT_PX}">
${ticks.map(
  (
    tick,
  ) => markup`<line class="grid" x1="${left}" x2="${widthPx - RIGHT_PX}" y1="${tick.at}" y2="${tick.at}"/>
<text class="tick" text-anchor="end" x="${left - 4}" y="${tick.at + 3.5}">${tick.label}</text>`,
)}${placeLabels(places, left, stepPx)}
${series.map(({ name, colour, values }, nth) => {
  const points = values.flatMap((value, place) => {
    return value === null ? [] : [{ x: at(place, nth), y: y(value), value, place: places[place] ?? '' }];
  });
  const path = line<(typeof points)[number]>()
    .x((point) => point.x)
    .y((point) => point.y)
    .digits(1);
  const mark = symbol(MARKS[nth % MARKS.length], 26).digits(1)() ?? '';
  return markup`${isJoined ? markup`<path class="line s${colour}" d="${path(points) ?? ''}"/>` : null}${points.map(
    (
      point,
    ) => markup`<path class="dot f${colour}" transform="translate(${point.x.toFixed(1)} ${point.y})" d="${mark}">
<title>${name} ${point.place}: ${yAxis.format(point.value)}</title></path>`,
  )}`;
})}</svg></figure>
`;
}

/** As many as fit, the first and every nth. */
function placeLabels(places: readonly string[], left: number, stepPx: number): readonly Markup[] {
  const longest = places.reduce((most, { length }) => Math.max(most, length), 0);
  const every = Math.max(1, Math.ceil((longest * CHARACTER_PX + 4) / stepPx));
  return places.flatMap((label, i) => {
    if (i % every !== 0) return [];
    const x = left + (i + 0.5) * stepPx;
    return [
      markup`<text class="tick" text-anchor="middle" x="${x.toFixed(1)}" y="${TOP_PX + PLOT_PX + 15}">${label}</text>`,
    ];
  });
}
