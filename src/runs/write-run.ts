import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { freshSeed } from '../clock.js';
import { eventLine } from '../recording/event-line.js';
import { recordingText } from '../recording/recording-text.js';
import { type KeptFlight, type KeptRun, RunFile } from './stored-run.js';

/** Names of files that a run is kept in, and what is in them. */
export type RunFiles = Readonly<Record<string, string | Uint8Array>>;

export function filesOf({ document, histograms, series, recordings = [], flights = [] }: KeptRun): RunFiles {
  return {
    [RunFile.document]: `${JSON.stringify(document, null, 2)}\n`,
    ...(histograms.length === 0 ? {} : { [RunFile.histograms]: listFile('histograms', histograms) }),
    ...(series.length === 0 ? {} : { [RunFile.series]: listFile('series', series) }),
    ...(recordings.length === 0
      ? {}
      : { [RunFile.events]: gzipSync(recordings.map(recordingText).join('')) }),
    ...(flights.length === 0 ? {} : { [RunFile.lastEvents]: flights.map(flightText).join('') }),
  };
}

/**
 * Puts the files into `directory`, all or none: they are written beside it first. The directory must not exist, or be
 * empty; whoever finds one that is full meets the error of the system, ENOTEMPTY or EEXIST.
 */
export function writeDirectory(directory: string, files: RunFiles): void {
  const parent = path.dirname(path.resolve(directory));
  makeDirectory(parent);
  const draft = path.join(parent, `.draft-${process.pid}-${freshSeed()}`);
  mkdirSync(draft);
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(draft, name), content);
    renameSync(draft, directory);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** With all those above it. Node's own `recursive` goes round for ever where nothing can be made, as below /proc. */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(path.dirname(path.resolve(directory)));
  try {
    mkdirSync(directory);
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A line for the race, and a line for each event. */
function flightText({ header, events }: KeptFlight): string {
  const first = { schemaVersion: 1, document: 'last-events', ...header, events: events.length };
  return [first, ...events.map(eventLine)].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A line for each job: thousands of numbers are not for reading, but a line can be found. */
function listFile(key: string, entries: readonly unknown[]): string {
  const lines = entries.map((entry) => JSON.stringify(entry));
  return `{"schemaVersion":1,"${key}":[\n${lines.join(',\n')}\n]}\n`;
}
