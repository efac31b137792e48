import type { CompareSource } from '../../../runs/compare-source.js';
import type { StoredRun } from '../../../runs/stored-run.js';
import type { CompareReport } from '../../compare-json.js';
import { type Labeller, labellerOf } from '../../compare-words.js';
import { runReportOf } from '../../stored-documents.js';
import { type JobData, jobsOf } from '../run-data.js';

/** What a page of a comparison shows. */
export interface CompareData {
  readonly report: CompareReport;
  /** What compares the same again. */
  readonly command: string;
  readonly a: CompareSource;
  readonly b: CompareSource;
}

/** A job that is in both runs. */
export interface JobPair {
  readonly name: string;
  readonly label: string;
  readonly a: JobData;
  readonly b: JobData;
}

/** In the order of A; none of benches. */
export function jobPairs({ a, b }: CompareData): readonly JobPair[] {
  if (a.run === null || b.run === null) return [];
  const others = jobsIn(b.run);
  return jobsIn(a.run).flatMap((one) => {
    const { name } = one.job;
    const other = others.find(({ job }) => job.name === name);
    return other === undefined ? [] : [{ name, label: one.label, a: one, b: other }];
  });
}

/** As short as tells them apart: of a matrix, its values. */
export function pageLabeller({ report, a, b }: CompareData): Labeller {
  const jobs = [a, b].flatMap(({ run }) => (run === null ? [] : jobsIn(run)));
  const labels = new Map(jobs.map(({ job, label }) => [job.name, label]));
  const label = labellerOf(report);
  return (subject) => label({ ...subject, name: labels.get(subject.name) ?? subject.name });
}

function jobsIn(run: StoredRun): readonly JobData[] {
  const report = runReportOf(run);
  if (report === null) return [];
  return jobsOf({
    report,
    histograms: new Map(run.histograms.map(({ job, latency }) => [job, latency])),
    series: new Map(),
  });
}
