import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { ScenarioError } from '../errors.js';
import type { BenchResult } from './bench-result.js';

/** Of the environment of a measurement, what makes two of them hard to compare. */
export interface RecordedEnvironment {
  readonly cpu_model: string;
  readonly cpu_count: number;
  readonly node_version: string;
  readonly load_average: readonly number[];
}

/** What all results of one run of `vring bench` have in common. */
export interface BenchRun {
  readonly started_at: string;
  readonly environment: RecordedEnvironment;
  readonly results: readonly BenchResult[];
}

const NEWLINE = 10;

/**
 * Adds a line for each result to a history. A line is one write at the end of the file, so that two benches may add
 * to one history at the same time.
 */
export function appendHistory(file: string, { started_at, environment, results }: BenchRun): void {
  try {
    const descriptor = openSync(file, 'a+');
    try {
      for (const result of results) {
        const line = JSON.stringify({ schemaVersion: 1, started_at, environment, result });
        // A line that was cut off stays a broken line of its own, and takes no good one with it.
        writeWhole(descriptor, `${endsOpen(descriptor) ? '\n' : ''}${line}\n`);
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('BENCH_HISTORY', `the history cannot be written: ${reason}`, { file });
  }
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  const written = writeSync(descriptor, bytes);
  if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes found room`);
}

/** Whether the last line has no end. */
function endsOpen(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  if (!stats.isFile() || stats.size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, stats.size - 1);
  return last[0] !== NEWLINE;
}
