import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { Patch } from './mutant.js';

/** The code has moved on, and the mutant no longer says what it changes. */
export class StaleMutant extends VringError {
  constructor({ file, find }: Patch, count: number) {
    const message = `the mutant is stale: ${file} has ${count} places in place of one with \`${find}\``;
    super('STALE_MUTANT', message, ExitCode.internal, { file, count });
  }
}

/** The text of a compiled file with the patch in it. */
export function applyPatch(text: string, patch: Patch): string {
  const parts = text.split(patch.find);
  if (parts.length !== 2) throw new StaleMutant(patch, parts.length - 1);
  return parts.join(patch.replace);
}
