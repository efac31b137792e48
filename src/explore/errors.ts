import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';

/** A program that cannot be explored: it is not deterministic, or swallows its suspension. The user's to repair. */
export class ExploreError extends VringError {
  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super(code, message, ExitCode.usage, fields);
  }
}
