import type { FailureReport } from '../explore/failure-report.js';
import type { TraceRow } from '../explore/trace.js';
import { rowNote } from './explore-text.js';
import { markup, type Markup } from './html/markup.js';

const LANE_WIDTH = 430;
const ROW_HEIGHT = 20;
const HEAD_HEIGHT = 34;
const GUTTER = 46;
/** Where in its lane an access has its dot; arrows go from dot to dot. */
const DOT = 14;

/** A lane for each thread, time going down, and an arrow from a write of another thread to each read that took it. */
export function lanesSvg(report: FailureReport): Markup {
  const { threads, rows } = report.trace;
  const width = GUTTER + threads.length * LANE_WIDTH;
  const height = HEAD_HEIGHT + (rows.length + 1) * ROW_HEIGHT;
  const key = new Set([
    ...report.cause.pairs.flatMap(({ first, second }) => [first, second]),
    ...report.cause.cycle,
  ]);
  return markup`<svg role="img" aria-label="the accesses of ${threads.length} threads in order"
 width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<defs>${marker('head', 'rf')}${marker('stale-head', 'stale')}</defs>
${threads.map(({ name }, t) => laneHead(name, t, height))}
${rows.map((row) => arrow(row, rows))}
${rows.map((row) => event(report, row, key.has(row.number)))}</svg>`;
}

function marker(id: string, style: string): Markup {
  return markup`<marker id="${id}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path class="${style}-tip" d="M0 0L8 4L0 8z"/></marker>`;
}

function laneHead(name: string, t: number, height: number): Markup {
  const x = GUTTER + t * LANE_WIDTH + DOT;
  return markup`<text class="lane" x="${x}" y="18">${name}</text>
<line class="axis" x1="${x}" y1="${HEAD_HEIGHT - 8}" x2="${x}" y2="${height}"/>`;
}

function event({ profile }: FailureReport, row: TraceRow, isKey: boolean): Markup {
  const [x, y] = at(row);
  const styles = [
    'event',
    ...(row.isPlain ? ['plain'] : []),
    ...(row.isEarly ? ['early'] : []),
    ...(row.newer === null ? [] : ['stale']),
    ...(row.arrivesAfter === null ? [] : ['held']),
    ...(row.isAsleep ? ['asleep'] : []),
    ...(isKey ? ['key'] : []),
  ];
  const order = row.order === '' ? '' : `, ${row.order}`;
  const where = `${row.source.file}:${row.source.line}  ${row.source.name}${order}`;
  return markup`<g class="${styles.join(' ')}" data-row="${row.number}"><title>${where}</title>
<text class="number" x="${GUTTER - 12}" y="${y + 4}">${row.number}</text>
<circle cx="${x}" cy="${y}" r="4"/>
<text x="${x + 12}" y="${y + 4}">${row.text + rowNote(row, profile)}</text></g>`;
}

/** From the write to the read, also upwards; and for a stale one, dashed, from the write that it should have seen. */
function arrow(row: TraceRow, rows: readonly TraceRow[]): readonly Markup[] {
  const from = row.from === null || row.from === 0 ? undefined : rows[row.from - 1];
  const newer = row.newer === null ? undefined : rows[row.newer - 1];
  const [style, head] = row.isEarly ? ['early', 'stale-head'] : ['rf', 'head'];
  const taken = from === undefined || from.thread === row.thread ? [] : [line(from, row, style, head)];
  return [...taken, ...(newer === undefined ? [] : [line(newer, row, 'missed', 'stale-head')])];
}

function line(from: TraceRow, to: TraceRow, style: string, head: string): Markup {
  const [x1, y1] = at(from);
  const [x2, y2] = at(to);
  const inset = x1 === x2 ? 0 : Math.sign(x1 - x2) * 5;
  return markup`<path class="${style}" data-to="${to.number}" marker-end="url(#${head})"
 d="M${x1} ${y1}L${x2 + inset} ${y2}"/>`;
}

function at(row: TraceRow): readonly [number, number] {
  return [GUTTER + row.thread * LANE_WIDTH + DOT, HEAD_HEIGHT + (row.number - 0.5) * ROW_HEIGHT];
}
