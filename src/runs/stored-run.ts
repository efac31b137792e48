import type { JobSeries } from '../machine/job-series.js';
import type { RecordedEvent, Recording } from '../recording/recording.js';
import type { HistogramData } from '../stats/histogram.js';

/** The latencies of a job, as they are in `histograms.json`. */
export interface JobHistogram {
  readonly job: string;
  readonly latency: HistogramData;
}

/** Of the document of any command, what all of them have. All other keys are there too. */
export interface StoredDocument {
  readonly schemaVersion: 1;
  readonly command: 'run' | 'stress' | 'bench';
  readonly exitCode: number;
  readonly started_at: string;
  readonly [key: string]: unknown;
}

/** A run as it is kept: what its command prints with `--json`, and of `vring run` what a report has no room for. */
export interface KeptRun {
  readonly document: StoredDocument;
  /** One for each job, in the order in which they ran; empty where a command has no jobs. */
  readonly histograms: readonly JobHistogram[];
  readonly series: readonly JobSeries[];
  /** Of the jobs that were recorded; to be had with `readRecordings` from a run that is kept. */
  readonly recordings?: readonly Recording[];
  /** Of a stress: what was recorded of races that failed. */
  readonly flights?: readonly KeptFlight[];
}

/** The newest events of both sides of a race, and what it was. */
export interface KeptFlight {
  /** Its keys are a contract with scripts. */
  readonly header: Readonly<Record<string, number | string>>;
  readonly events: readonly RecordedEvent[];
}

export interface StoredRun extends Omit<KeptRun, 'recordings' | 'flights'> {
  /** In a store, the id; elsewhere the directory as the user gave it. */
  readonly name: string;
  /** Whoever keeps more files there finds them here. */
  readonly directory: string;
}

/** The files of a run. A run without jobs has the first one alone. */
export const RunFile = {
  document: 'run.json',
  histograms: 'histograms.json',
  series: 'series.json',
  events: 'events.ndjson.gz',
  lastEvents: 'last-events.ndjson',
} as const;
