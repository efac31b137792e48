import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ScenarioError } from '../errors.js';
import type { JobSeries } from '../machine/job-series.js';
import { Histogram } from '../stats/histogram.js';
import { type JobHistogram, RunFile, type StoredDocument, type StoredRun } from './stored-run.js';

const version = z.literal(1, 'this version of vring reads 1 alone');

const documentSchema: z.ZodType<StoredDocument> = z.looseObject({
  schemaVersion: version,
  command: z.enum(['run', 'stress', 'bench'], 'not a document of `vring run`, `stress` or `bench`'),
  exitCode: z.number(),
  started_at: z.string(),
});

const histogramSchema = z.object({
  buckets_per_octave: z.number(),
  bucket_count: z.number(),
  count: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  sum: z.number(),
  buckets: z.array(z.tuple([z.int(), z.int()])),
});

const jobHistogramSchema: z.ZodType<JobHistogram> = z.object({
  job: z.string(),
  latency: histogramSchema.refine((data) => Histogram.fromData(data) !== null, 'not a whole histogram'),
});

const counts = z.array(z.number());
const times = z.array(z.number().nullable());

const faultSchema = z.object({
  at_ms: z.number(),
  thread: z.string(),
  how: z.enum(['exit', 'throw', 'hang', 'pause', 'needs_reset', 'lose_notification']),
  for_ms: z.number().nullable(),
});

const seriesSchema: z.ZodType<JobSeries> = z
  .object({
    job: z.string(),
    // Older runs have none.
    faults: z.array(faultSchema).default([]),
    ring_entries: z.number(),
    end_ms: counts,
    operations: counts,
    warmup_operations: counts,
    bytes: counts,
    errors: counts,
    mismatches: counts,
    kicks: counts,
    kicks_suppressed: counts,
    interrupts: counts,
    interrupts_suppressed: counts,
    recoveries: counts,
    device_resets: counts,
    ring_resets: counts,
    resizes: counts,
    suspends: counts,
    cpu_ms: counts,
    others_cpu_ms: counts,
    p50_ns: times,
    p99_ns: times,
    max_ns: times,
    outstanding: counts,
    outstanding_max: counts,
  })
  .refine(hasEvenColumns, 'its columns are not of one length');

/** What is kept of a run in `directory`. */
export function readRun(directory: string, name: string): StoredRun {
  return {
    name,
    directory,
    document: readDocument(directory),
    histograms: readList(
      directory,
      RunFile.histograms,
      (list) =>
        z.object({ schemaVersion: version, histograms: z.array(jobHistogramSchema) }).parse(list).histograms,
    ),
    series: readList(
      directory,
      RunFile.series,
      (list) => z.object({ schemaVersion: version, series: z.array(seriesSchema) }).parse(list).series,
    ),
  };
}

/** The document alone, which is enough to list a run. */
export function readDocument(directory: string): StoredDocument {
  const file = path.join(directory, RunFile.document);
  return parsed(file, readFile(file), (value) => documentSchema.parse(value));
}

function readList<T>(directory: string, name: string, parse: (value: unknown) => readonly T[]): readonly T[] {
  const file = path.join(directory, name);
  return existsSync(file) ? parsed(file, readFile(file), parse) : [];
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function parsed<T>(file: string, text: string, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): ScenarioError {
  return new ScenarioError('RUN_UNREADABLE', `${file}: ${reasonOf(error)}`, { file });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  const [first] = error.issues;
  const key = (first?.path ?? []).join('.');
  return `${key === '' ? '' : `\`${key}\`: `}${first?.message ?? 'not a run'}`;
}

function hasEvenColumns(series: Readonly<Record<string, unknown>>): boolean {
  const lengths = Object.entries(series).flatMap(([name, column]) =>
    Array.isArray(column) && name !== 'faults' ? [column.length] : [],
  );
  return new Set(lengths).size === 1;
}
