import type { JobReport } from '../../machine/job-report.js';
import { formatNs } from '../format.js';
import { namedLegs, sampledText } from '../split-legs.js';
import { markup, type Markup } from './markup.js';
import type { Colour } from './plot/figure.js';
import { shareBar } from './share-bar.js';
import { tableOf } from './table.js';

const COLUMNS = ['mean', 'p50', 'p90', 'p99', 'max'] as const;

const COLOURS: Readonly<Record<string, Colour>> = { waiting: 6, 'to device': 1, 'in device': 3, back: 2 };

/** On which stretch of its way a request spent its time. */
export function splitPart({ latency_split: split, name }: JobReport): Markup | null {
  if (split === null) return null;
  const legs = namedLegs(split);
  // Of all figures the means alone add up to that of the whole.
  const total = legs.reduce((sum, { leg }) => sum + leg.mean_ns, 0);
  const shares = legs.map((part) => ({
    name: part.name,
    share: part.leg.mean_ns / Math.max(1, total),
    colour: COLOURS[part.name] ?? 6,
  }));
  const rows = legs.map((part) => [
    part.name,
    ...COLUMNS.map((column) => formatNs(part.leg[`${column}_ns`])),
  ]);
  return markup`<h3>Where the latency goes</h3>
<div class="shares">${shareBar(`mean of ${formatNs(total)}`, shares)}</div>
${tableOf([{ title: '' }, ...COLUMNS.map((title) => ({ title, isNumber: true }))], rows, `latency split of ${name}`)}
<p class="dim">${sampledText(split)}. The clocks of both sides may differ by ${formatNs(split.clock_error_ns)}.</p>
`;
}
