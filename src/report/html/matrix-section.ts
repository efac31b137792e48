import type { JobReport } from '../../machine/job-report.js';
import { perOperation } from '../../stats/per-operation.js';
import { formatBytes, formatCount, formatRatio } from '../format.js';
import { valueLabel } from '../job-names.js';
import { markup, type Markup } from './markup.js';
import { isNumeric, type MatrixAxis, matrixLayout, type MatrixLayout } from './matrix-axes.js';
import { latencyAxis } from './percentile-figure.js';
import { type Axis, fromZero } from './plot/axis.js';
import type { Colour } from './plot/figure.js';
import { drawMultiple } from './plot/multiple.js';

/** A figure of a job that is worth comparing. */
interface Metric {
  readonly title: string;
  readonly of: (job: JobReport) => number | null;
  readonly axis: (values: readonly number[]) => Axis;
}

const METRICS: readonly Metric[] = [
  {
    title: 'throughput (op/s)',
    of: (job) => job.operations_per_s,
    axis: (values) => zeroAxis('throughput (op/s)', values, formatCount),
  },
  {
    title: 'p99 latency (log scale)',
    of: (job) => job.latency_ns?.p99 ?? null,
    axis: (values) => latencyAxis(values, 'p99 latency'),
  },
  {
    title: 'kicks per operation',
    of: (job) => perOperation(job.kicks, job),
    axis: (values) => zeroAxis('kicks per operation', values, formatRatio),
  },
  {
    title: 'interrupts per operation',
    of: (job) => perOperation(job.interrupts, job),
    axis: (values) => zeroAxis('interrupts per operation', values, formatRatio),
  },
  {
    title: 'copied for DMA per operation',
    of: ({ dma, ...job }) =>
      dma === null ? null : perOperation(dma.bytes_bounced_in + dma.bytes_bounced_out, { ...job, dma }),
    axis: (values) => bytesAxis('copied per operation', values),
  },
];

/** The cells of a matrix as small plots with the same scales; null for jobs that are no matrix. */
export function matrixSection(jobs: readonly JobReport[]): Markup | null {
  const layout = matrixLayout(jobs);
  if (layout === null) return null;
  const { x, series } = layout;
  const plotted = METRICS.filter(({ of }) => jobs.some((job) => (of(job) ?? 0) > 0));
  const [names, colours] = [series?.values ?? [], [1, 2, 3, 4] as const];
  const sidewise = layout.facets.length === 0;
  return markup`<section id="matrix"><h2>Matrix</h2>
<p>Along each plot: ${x.name}. All plots of a figure have the same scale.</p>
${
  series === null
    ? null
    : markup`<ul class="legend marks">${names.map(
        (name, i) => markup`<li class="f${colours[i] ?? 1}">${valueLabel(series.name, name)}</li>`,
      )}</ul>`
}
${
  sidewise
    ? markup`<div class="multiples few">${plotted.flatMap((metric) => plotsOf(metric, jobs, layout))}</div>`
    : plotted.map(
        (metric) => markup`<h3>${metric.title}</h3>
<div class="multiples">${plotsOf(metric, jobs, layout)}</div>
`,
      )
}</section>
`;
}

function plotsOf(
  { title, of, axis }: Metric,
  jobs: readonly JobReport[],
  layout: MatrixLayout,
): readonly Markup[] {
  const { x, series, facets } = layout;
  const values = jobs.flatMap((job) => of(job) ?? []);
  if (values.length === 0) return [];
  const y = axis(values);
  return combinations(facets).map((facet) => {
    const inside = jobs.filter((job) => facet.every(({ axis: one, value }) => one.valueOf(job) === value));
    const lines = (series?.values ?? [null]).map((name, i) => ({
      name: name === null || series === null ? '' : valueLabel(series.name, name),
      colour: (i + 1) as Colour,
      values: x.values.map((place) => {
        const job = inside.find((one) => x.valueOf(one) === place && (series?.valueOf(one) ?? null) === name);
        return job === undefined ? null : of(job);
      }),
    }));
    return drawMultiple({
      title:
        facet.length === 0
          ? title
          : facet.map(({ axis: one, value }) => valueLabel(one.name, value)).join(', '),
      y,
      places: x.values.map(String),
      series: lines,
      isJoined: isNumeric(x),
      widthPx: facets.length === 0 ? WIDTHS_PX.few : WIDTHS_PX.many,
    });
  });
}

/** Of a plot: few are larger, so that all names along them have room. */
const WIDTHS_PX = { few: 216, many: 156 } as const;

interface FacetValue {
  readonly axis: MatrixAxis;
  readonly value: string | number | boolean;
}

function combinations(axes: readonly MatrixAxis[]): readonly (readonly FacetValue[])[] {
  return axes.reduce<readonly (readonly FacetValue[])[]>(
    (all, axis) => all.flatMap((facet) => axis.values.map((value) => [...facet, { axis, value }])),
    [[]],
  );
}

function zeroAxis(title: string, values: readonly number[], format: (value: number) => string): Axis {
  return {
    title,
    scale: 'linear',
    domain: fromZero(values.reduce((most, value) => Math.max(most, value), 0)),
    format,
  };
}

/** Bytes are round in powers of two. */
function bytesAxis(title: string, values: readonly number[]): Axis {
  const most = values.reduce((largest, value) => Math.max(largest, value), 1);
  const step = 2 ** Math.ceil(Math.log2(most / 3));
  const ticks = [0, 1, 2, 3].map((count) => count * step).filter((tick) => tick < most + step);
  return { ...zeroAxis(title, values, formatBytes), domain: [0, ticks.at(-1) ?? most], ticks };
}
