import type { WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { EventLine } from '../recording/event-line.js';
import { RunFile } from '../runs/stored-run.js';
import type { Explanation } from '../stress/explain/explain-failure.js';
import type { ModesResult } from '../stress/race-modes.js';
import type { ModeRow, StressResult } from '../stress/run-stress.js';
import type { V8Mode } from '../stress/v8-mode.js';
import type { Environment } from './environment.js';
import { worstExitCode } from './findings.js';
import { lastEvents } from './last-events.js';
import { type ExplanationReport, explanationReport } from './stress-explanation.js';

/** What failed, and how to see it again. */
export interface StressFailureReport extends Pick<WireError, 'code' | 'message' | 'exitCode' | 'fields'> {
  /** How the engine worked when it happened. */
  readonly v8: V8Mode;
  readonly round: number;
  readonly ring: number;
  readonly configuration: string;
  /** Where it was thrown: of an exception that nobody threw on purpose, else null. */
  readonly stack: string | null;
  /** What both sides did last, oldest first: the newest of each. */
  readonly last_events: readonly EventLine[];
  /** All that were recorded: in that file of the run's directory; null: they are not kept. */
  readonly recorded_events: number;
  readonly events_file: string | null;
  /** Races the round that failed, and nothing else. */
  readonly replay: string;
  /** Null when nobody asked, there was no time, or it is no fault of the ring. */
  readonly explanation: ExplanationReport | null;
}

/** The document that `vring stress --json` prints. Its keys are a contract with scripts. */
export interface StressReport {
  readonly schemaVersion: 1;
  readonly command: 'stress';
  readonly seed: number;
  readonly verdict: 'pass' | 'fail' | 'error' | 'interrupted';
  readonly exitCode: ExitCode;
  /** The command that races the same configurations. */
  readonly replay: string;
  readonly started_at: string;
  readonly environment: Environment;
  readonly rounds: number;
  /** Rings that were raced to their end. */
  readonly executions: number;
  readonly buffers: number;
  readonly elapsed_s: number;
  readonly outcomes: readonly ModeRow[];
  readonly failures: readonly StressFailureReport[];
}

export interface StressCommand {
  readonly seed: number;
  /**
   * Of so many rounds, or of one again and again, and of that perhaps without some things; in all modes of the engine
   * that were asked for, or in one.
   */
  readonly replay: (
    rounds: number,
    onlyRound: number | null,
    v8: V8Mode | null,
    without?: readonly string[],
  ) => string;
  readonly startedAt: string;
  readonly environment: Environment;
  /** Whether there will be a directory of this run. */
  readonly isKept: boolean;
}

/** A race is won by chance: a round that failed is repeated so often. */
const REPLAY_ROUNDS = 100;

export function buildStressReport(
  command: StressCommand,
  result: StressResult | ModesResult,
  explanation: Explanation | null,
): StressReport {
  const failures = result.failures.map(({ error, v8, round, ring, configuration, flight }) => ({
    code: error.code,
    message: error.message,
    exitCode: error.exitCode,
    fields: error.fields,
    v8,
    round,
    ring,
    configuration,
    last_events: lastEvents(flight.events),
    recorded_events: flight.events.length,
    events_file: command.isKept && flight.events.length > 0 ? RunFile.lastEvents : null,
    stack: error.exitCode === ExitCode.internal || error.code === 'END_THREW' ? error.stack : null,
    replay: command.replay(REPLAY_ROUNDS, round, v8),
    explanation:
      explanation === null
        ? null
        : explanationReport(explanation, (without) => command.replay(REPLAY_ROUNDS, round, v8, without)),
  }));
  const codes = failures.map(({ exitCode }) => exitCode);
  const exitCode = worstExitCode(result.interrupted ? [...codes, ExitCode.interrupted] : codes);
  const rounds = 'roundsOfOneMode' in result ? result.roundsOfOneMode : result.rounds + failures.length;
  return {
    schemaVersion: 1,
    command: 'stress',
    seed: command.seed,
    verdict: verdictOf(exitCode),
    exitCode,
    replay: command.replay(Math.max(1, rounds), null, null),
    started_at: command.startedAt,
    environment: command.environment,
    rounds: result.rounds,
    executions: result.executions,
    buffers: result.buffers,
    elapsed_s: result.elapsedMs / 1000,
    outcomes: result.outcomes,
    failures,
  };
}

function verdictOf(exitCode: ExitCode): StressReport['verdict'] {
  if (exitCode === ExitCode.pass) return 'pass';
  if (exitCode === ExitCode.interrupted) return 'interrupted';
  return exitCode === ExitCode.safety || exitCode === ExitCode.liveness ? 'fail' : 'error';
}
