import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';

/** A device that no driver of vring can use. */
export class ProbeError extends VringError {
  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super(code, message, ExitCode.safety, fields);
  }
}

/** Checks what a register reads. */
export function expectRegister(actual: number, expected: number, code: string, message: string): void {
  if (actual === expected) return;
  throw new ProbeError(code, `${message}: expected ${expected}, got ${actual}`, { expected, actual });
}
