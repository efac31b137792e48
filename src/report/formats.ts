import { ExitCode } from '../exit-code.js';
import { ScenarioError, VringError } from '../errors.js';
import type { Recording } from '../recording/recording.js';
import { readRecordings } from '../runs/read-recordings.js';
import type { StoredRun } from '../runs/stored-run.js';
import { benchMarkdown } from './bench-markdown.js';
import { hgrmOf } from './hgrm.js';
import { benchHtml } from './html/bench-page.js';
import { runHtml } from './html/run-page.js';
import { stressHtml } from './html/stress/stress-page.js';
import { runMarkdown } from './run-markdown.js';
import type { Paint } from './paint.js';
import { reportOf, runReportOf, storedText } from './stored-documents.js';
import { stressMarkdown } from './stress-markdown.js';
import { chromeTrace } from './trace/chrome-trace.js';

export interface FormatOptions {
  readonly paint: Paint;
  /** This job alone, where a format is of one; null: all, or the only one. */
  readonly job: string | null;
}

type Render = (run: StoredRun, options: FormatOptions) => string | Promise<string>;

export const REPORT_FORMAT_NAMES = ['text', 'json', 'hgrm', 'markdown', 'html', 'trace', 'pcap'] as const;

export type ReportFormat = (typeof REPORT_FORMAT_NAMES)[number];

/**
 * What `vring report` can make of a run that is kept. A new format is a line here and its name above: with the run come
 * its document, its histograms and series, and the directory where other files of it are.
 */
export const REPORT_FORMATS: Readonly<Record<ReportFormat, Render>> = {
  text: (run, { paint }) => storedText(run, paint),
  json: jsonOf,
  hgrm: (run, { job }) => hgrmOf(theHistogram(run, job)),
  markdown: markdownOf,
  html: htmlOf,
  trace: traceOf,
  pcap: notYet('pcap'),
};

/** The document as it was printed, with all that was kept besides. */
function jsonOf({ name, document, histograms, series }: StoredRun): string {
  return `${JSON.stringify({ ...document, id: name, histograms, series })}\n`;
}

function markdownOf(run: StoredRun): string {
  const report = reportOf(run);
  switch (report.command) {
    case 'run':
      return runMarkdown(report);
    case 'stress':
      return stressMarkdown(report);
    case 'bench':
      return benchMarkdown(report);
  }
}

function htmlOf(run: StoredRun): string {
  const report = reportOf(run);
  switch (report.command) {
    case 'run':
      return runHtml({
        report,
        histograms: new Map(run.histograms.map(({ job, latency }) => [job, latency])),
        series: new Map(run.series.map((series) => [series.job, series])),
        recordings: readRecordings(run.directory),
      });
    case 'stress':
      return stressHtml(report);
    case 'bench':
      return benchHtml(report);
  }
}

function traceOf(run: StoredRun, { job }: FormatOptions): string {
  const recording = theRecording(run, job);
  const report = runReportOf(run)?.jobs.find(({ name }) => name === recording.job);
  return chromeTrace(recording, report?.failures ?? []);
}

function theRecording(run: StoredRun, job: string | null): Recording {
  const recordings = readRecordings(run.directory);
  if (recordings.length === 0)
    throw refused(
      run,
      'it was not recorded: run it again with `vring run --record first`, or `--record last`',
    );
  return theOne(run, recordings, job, 'trace');
}

function theHistogram(run: StoredRun, job: string | null): StoredRun['histograms'][number]['latency'] {
  const { histograms } = run;
  if (histograms.length === 0) throw refused(run, 'it has no histogram: only jobs of a scenario have one');
  return theOne(run, histograms, job, 'hgrm').latency;
}

/** Of things of jobs, that of the one job that is wanted. */
function theOne<T extends { readonly job: string }>(
  run: StoredRun,
  all: readonly T[],
  job: string | null,
  format: string,
): T {
  const names = all.map((one) => one.job).join(', ');
  if (job === null && all.length > 1)
    throw refused(run, `${format} is of one job: choose it with --job (${names})`);
  const found = job === null ? all[0] : all.find((one) => one.job === job);
  if (found === undefined) throw refused(run, `there is no job '${job ?? ''}' (${names})`);
  return found;
}

function notYet(format: string): Render {
  return () => {
    throw new VringError(
      'FORMAT_MISSING',
      `this version of vring makes no ${format} of a run yet`,
      ExitCode.usage,
    );
  };
}

function refused({ name }: StoredRun, reason: string): ScenarioError {
  return new ScenarioError('REPORT_FORMAT', `${name}: ${reason}`, { run: name });
}
