import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ScenarioError } from '../errors.js';
import type { Recording } from '../recording/recording.js';
import { parseRecordings } from '../recording/recording-text.js';
import { RunFile } from './stored-run.js';

/** The recordings of a run that is kept in `directory`, one for each job; empty where it was not recorded. */
export function readRecordings(directory: string): Recording[] {
  const file = path.join(directory, RunFile.events);
  return existsSync(file) ? parseRecordings(unpacked(file), file) : [];
}

function unpacked(file: string): string {
  try {
    return gunzipSync(readFileSync(file)).toString('utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('RUN_UNREADABLE', `${file}: ${reason}`, { file });
  }
}
