import { ExitCode } from '../exit-code.js';
import type { ProfileName } from '../explore/models/model.js';
import type { ProfileReport } from '../explore/profile-report.js';
import type { Environment } from './environment.js';
import { worstExitCode } from './findings.js';

/** The document that `vring explore --json` prints. Its keys are a contract with scripts. */
export interface ExploreReport {
  readonly schemaVersion: 1;
  readonly command: 'explore';
  /** A name, or the path of a module. */
  readonly program: string;
  /** What the program calls itself, as in `split ring, 2 buffers`. */
  readonly title: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** The command that repeats this exploration. */
  readonly replay: string;
  readonly verdict: 'pass' | 'fail' | 'bounded' | 'error' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly started_at: string;
  readonly environment: Environment;
  readonly profiles: readonly ProfileReport[];
  /** Profiles that were asked for and not begun, because of an interruption. */
  readonly profiles_skipped: readonly ProfileName[];
}

export type ExploreOutcome = Omit<
  ExploreReport,
  'schemaVersion' | 'command' | 'verdict' | 'exitCode' | 'profiles_skipped'
> & {
  readonly asked: readonly ProfileName[];
  readonly interrupted: boolean;
};

export function buildExploreReport({ asked, interrupted, ...outcome }: ExploreOutcome): ExploreReport {
  const codes = outcome.profiles.map(exitCodeOf);
  const exitCode = worstExitCode(interrupted ? [...codes, ExitCode.interrupted] : codes);
  return {
    schemaVersion: 1,
    command: 'explore',
    ...outcome,
    verdict: verdictOf(exitCode, outcome.profiles),
    exitCode,
    profiles_skipped: asked.slice(outcome.profiles.length),
  };
}

function exitCodeOf({ verdict, failures, error }: ProfileReport): ExitCode {
  switch (verdict) {
    case 'pass':
      return ExitCode.pass;
    case 'bounded':
      return ExitCode.partial;
    case 'error':
      return error?.exitCode ?? ExitCode.internal;
    case 'fail':
      return failures.some(({ kind }) => kind !== 'lost-wakeup') ? ExitCode.safety : ExitCode.liveness;
  }
}

function verdictOf(exitCode: ExitCode, profiles: readonly ProfileReport[]): ExploreReport['verdict'] {
  if (exitCode === ExitCode.pass) return 'pass';
  if (exitCode === ExitCode.interrupted) return 'interrupted';
  if (exitCode === ExitCode.partial) return 'bounded';
  return profiles.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'error';
}
