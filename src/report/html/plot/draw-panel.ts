import { curveLinear, curveStepBefore, line } from 'd3-shape';
import { markup, type Markup } from '../markup.js';
import { type Axis, projection, type Tick, ticksOf } from './axis.js';
import type { Line, Panel } from './figure.js';
import { spread } from './spread.js';

/** Pixels from the left edge of the figure to its plots, and to their right end. */
export interface Span {
  readonly left: number;
  readonly right: number;
}

type Projection = (value: number) => number;

/** Above the plot: the axis title. Below it: air. */
export const PANEL_HEAD_PX = 24;
export const PANEL_FOOT_PX = 12;
const LABEL_GAP_PX = 14;
const Y_TICK_PX = 26;
/** Nearer than this, labels above each other touch. */
const LINE_PX = 15;

export function panelHeightPx(panel: Panel): number {
  return PANEL_HEAD_PX + panel.heightPx + PANEL_FOOT_PX;
}

/** A panel whose upper edge is at `top`; `x` is the projection of the figure's x axis. */
export function drawPanel(panel: Panel, top: number, span: Span, x: Projection, hasLabels: boolean): Markup {
  const [high, low] = [top + PANEL_HEAD_PX, top + PANEL_HEAD_PX + panel.heightPx];
  const y = projection(panel.y, [low, high]);
  const grid = yTicksOf(panel.y, [low, high]).map(
    ({ at, label }) => markup`<line class="grid" x1="${span.left}" x2="${span.right}" y1="${at}" y2="${at}"/>
<text class="tick" text-anchor="end" x="${span.left - 6}" y="${at + 4}">${label}</text>`,
  );
  return markup`<g class="panel"><text class="axis-title" x="0" y="${top + 12}">${panel.y.title}</text>
${grid}${levelOf(panel, span, y)}${panel.lines.map((one) => pathOf(one, x, y))}
${hasLabels ? endLabels(panel.lines, span, y, [high + 4, low]) : null}</g>`;
}

export function yTicksOf(y: Axis, range: readonly [number, number]): readonly Tick[] {
  return ticksOf(y, range, Y_TICK_PX, () => LINE_PX);
}

function levelOf({ level }: Panel, span: Span, y: Projection): Markup | null {
  if (level === null) return null;
  const at = y(level.at);
  return markup`<line class="level" x1="${span.left}" x2="${span.right}" y1="${at}" y2="${at}"/>
<text class="note" text-anchor="end" x="${span.right - 4}" y="${at - 4}">${level.label}</text>`;
}

function pathOf({ points, colour, shape, isFaint }: Line, x: Projection, y: Projection): Markup {
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => value !== null)
    .x(([at]) => x(at))
    .y(([, value]) => y(value ?? 0))
    .curve(shape === 'steps' ? curveStepBefore : curveLinear)
    .digits(1);
  return markup`<path class="line s${colour}${isFaint === true ? ' faint' : ''}" d="${path(points) ?? ''}"/>`;
}

/** The name of each line, at the height where it ends. */
function endLabels(
  lines: readonly Line[],
  span: Span,
  y: Projection,
  [high, low]: readonly [number, number],
): readonly Markup[] {
  const ending = lines.flatMap(({ name, colour, points }) => {
    const last = points.findLast(([, value]) => value !== null)?.[1] ?? null;
    return last === null ? [] : [{ name, colour, at: y(last) + 4 }];
  });
  const heights = spread(
    ending.map(({ at }) => at),
    LABEL_GAP_PX,
    high,
    low,
  );
  return ending.map(
    ({ name, colour }, i) =>
      markup`<text class="name f${colour}" x="${span.right + 6}" y="${heights[i] ?? 0}">${name}</text>`,
  );
}
