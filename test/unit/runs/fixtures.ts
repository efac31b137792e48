import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { JobSeries } from '../../../src/machine/job-series.js';
import type { KeptRun, StoredDocument } from '../../../src/runs/stored-run.js';
import { Histogram } from '../../../src/stats/histogram.js';

/** A directory of its own for a test file, removed at the end. */
export function scratch(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'vring-runs-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}

export function storedDocument(changes: Partial<StoredDocument> = {}): StoredDocument {
  return {
    schemaVersion: 1,
    command: 'run',
    exitCode: 0,
    started_at: '2026-11-23T06:47:10.512Z',
    verdict: 'pass',
    scenario: { name: 'quickstart' },
    ...changes,
  };
}

/** Of `length` intervals of 100 ms, all alike. */
export function jobSeries(length: number, changes: Partial<JobSeries> = {}): JobSeries {
  const all = <T>(value: T): T[] => Array.from({ length }, () => value);
  const none = all(0);
  return {
    job: 'randread',
    faults: [],
    ring_entries: 256,
    end_ms: none.map((_, row) => (row + 1) * 100),
    operations: all(1000),
    warmup_operations: none,
    bytes: all(4_096_000),
    errors: none,
    mismatches: none,
    kicks: all(100),
    kicks_suppressed: all(900),
    interrupts: all(90),
    interrupts_suppressed: all(910),
    recoveries: none,
    device_resets: none,
    ring_resets: none,
    resizes: none,
    suspends: none,
    cpu_ms: all(150),
    others_cpu_ms: none,
    p50_ns: all(10_000),
    p99_ns: all(40_000),
    max_ns: all(90_000),
    outstanding: all(32),
    outstanding_max: all(32),
    ...changes,
  };
}

export function histogramOf(values: readonly number[]): Histogram {
  const histogram = Histogram.ofMaxNs();
  for (const value of values) histogram.record(value);
  return histogram;
}

export function keptRun(changes: Partial<KeptRun> = {}): KeptRun {
  return {
    document: storedDocument(),
    histograms: [{ job: 'randread', latency: histogramOf([100, 2000, 30_000]).toData() }],
    series: [jobSeries(3)],
    ...changes,
  };
}
