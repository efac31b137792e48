import type { JobReport } from '../../machine/job-report.js';
import { plural } from '../format.js';
import { ringViewerSection } from '../ring-viewer/viewer-section.js';
import { VIEWER_SCRIPT } from '../ring-viewer/viewer-script.js';
import { VIEWER_STYLE } from '../ring-viewer/viewer-style.js';
import { DATA_SCRIPT, dataSection } from './data-section.js';
import { environmentSection } from './environment-section.js';
import { contentsPart } from './heading.js';
import { jobSection } from './job-section.js';
import { jobsSection } from './jobs-section.js';
import { markup, type Markup } from './markup.js';
import { matrixSection } from './matrix-section.js';
import { pageHtml } from './page.js';
import { CURVES_MAX, percentileFigure } from './percentile-figure.js';
import { drawFigure } from './plot/draw-figure.js';
import { PLOT_SCRIPT } from './plot/plot-script.js';
import { PLOT_STYLE } from './plot/plot-style.js';
import { jobAnchor, jobsOf, type JobData, type RunData } from './run-data.js';
import { REPORT_STYLE } from './report-style.js';
import { thresholdSection } from './threshold-section.js';
import { verdictSection } from './verdict-section.js';

/** Of more jobs than this, not each gets a section with plots of its own. */
const SECTIONS_MAX = 12;

/**
 * A run as a page of one file: nothing is fetched, and all of it can be read without a script. Another section is a
 * line in the body, and what it needs besides an entry behind `style` and `scripts`.
 */
export function runHtml(data: RunData): string {
  const { report } = data;
  const jobs = jobsOf(data);
  const shown = shownJobs(jobs);
  const names = new Set(shown.map(({ job }) => job.name));
  const viewer = ringViewerSection(data.recordings ?? []);
  return pageHtml({
    title: `${report.verdict}: ${report.scenario.name}`,
    style: PLOT_STYLE + REPORT_STYLE + (viewer === null ? '' : VIEWER_STYLE),
    scripts: [PLOT_SCRIPT, DATA_SCRIPT, ...(viewer === null ? [] : [VIEWER_SCRIPT])],
    body: markup`${verdictSection(report)}${contents(data, shown)}
<main>${thresholdSection(report.thresholds)}${jobsSection(report.jobs, names)}${matrixSection(report.jobs)}
${compared(jobs)}${leftOut(jobs, shown)}${shown.map((job) => jobSection(job, jobs.indexOf(job)))}
${viewer}${environmentSection(report.environment)}${rawData(data)}</main>`,
  });
}

function rawData({ report, histograms, series }: RunData): Markup {
  return dataSection(report.scenario.name, {
    run: report,
    histograms: [...histograms].map(([job, latency]) => ({ job, latency })),
    series: [...series.values()],
  });
}

/** The ones that failed, and the slowest, in the order of the run. */
function shownJobs(jobs: readonly JobData[]): readonly JobData[] {
  if (jobs.length <= SECTIONS_MAX) return jobs;
  const rank = ({ job }: JobData): number => (job.verdict === 'pass' ? (job.latency_ns?.p99 ?? 0) : Infinity);
  const first = jobs.toSorted((one, other) => (rank(one) < rank(other) ? 1 : -1)).slice(0, SECTIONS_MAX);
  return jobs.filter((job) => first.includes(job));
}

function leftOut(jobs: readonly JobData[], shown: readonly JobData[]): Markup | null {
  if (shown.length === jobs.length) return null;
  return markup`<h2>Single jobs</h2>
<p>Of ${plural(jobs.length, 'job')}, ${shown.length} have a section here: those that failed first, then those with the
largest p99. All others are in the table and in the raw data.</p>
`;
}

function compared(jobs: readonly JobData[]): Markup | null {
  if (jobs.length < 2 || jobs.length > CURVES_MAX) return null;
  const figure = percentileFigure(jobs, 260);
  return figure === null
    ? null
    : markup`<section id="percentiles"><h2>Latency of all jobs</h2>${drawFigure(figure)}</section>`;
}

function contents({ report, recordings = [] }: RunData, shown: readonly JobData[]): Markup {
  const has = (wanted: boolean, id: string, title: string): [string, string][] =>
    wanted ? [[id, title]] : [];
  const links = [
    ...has(report.thresholds.length > 0, 'thresholds', 'thresholds'),
    ['jobs', 'jobs'],
    ...has(
      report.jobs.some(({ parameters }) => Object.keys(parameters).length > 0),
      'matrix',
      'matrix',
    ),
    ...jobLinks(report.jobs, shown),
    ...has(
      recordings.some(({ lives }) => lives.length > 0),
      'ring-viewer',
      'the ring, step by step',
    ),
    ['environment', 'environment'],
    ['raw', 'raw data'],
  ] as const;
  return contentsPart(links);
}

/** More names than this are no overview. */
const LINKS_MAX = 6;

function jobLinks(
  jobs: readonly JobReport[],
  shown: readonly JobData[],
): readonly (readonly [string, string])[] {
  const links = shown.map(({ job, label }) => [jobAnchor(jobs.indexOf(job)), label] as const);
  const [first] = links;
  return links.length > LINKS_MAX && first !== undefined ? [[first[0], 'single jobs']] : links;
}
