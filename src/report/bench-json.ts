import type { BenchResult } from '../bench/bench-result.js';
import type { ExitCode } from '../exit-code.js';
import type { Environment } from './environment.js';

/** The document that `vring bench WHAT --json` prints. Its keys are a contract with scripts. */
export interface BenchReport {
  readonly schemaVersion: 1;
  readonly command: 'bench';
  readonly what: string;
  readonly exitCode: ExitCode;
  readonly started_at: string;
  readonly environment: Environment;
  /** Those that were measured before an interrupt, if there was one. */
  readonly results: readonly BenchResult[];
}
