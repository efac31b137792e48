import { writeFileSync } from 'node:fs';
import { ScenarioError } from '../errors.js';
import type { Terminal } from './terminal.js';

/** Text for a person or a page, into the file that `--output` named, or to stdout. */
export function writeOutput(terminal: Terminal, file: string | undefined, text: string): void {
  if (file === undefined) terminal.stdout.write(text);
  else writeText(file, text);
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('REPORT_WRITE', `the report cannot be written: ${reason}`, { file });
  }
}
