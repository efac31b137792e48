import type { FoundFailure } from '../explore/profile-report.js';
import type { EventLine } from '../recording/event-line.js';
import { describePlan } from '../stress/describe-stall.js';
import type { Explanation } from '../stress/explain/explain-failure.js';
import type { Explored } from '../stress/explain/hand-over.js';
import type { Shrunk } from '../stress/explain/shrink.js';
import { failureText } from './explore-text.js';
import { formatSeconds, plural } from './format.js';
import { lastEvents, lastEventsLines } from './last-events.js';
import type { Paint } from './paint.js';

/** The smallest configuration that still failed. */
interface ShrunkReport {
  readonly configuration: string;
  /** Names for `vring stress --without`. */
  readonly left_out: readonly string[];
  /** Configurations that were raced. */
  readonly attempts: number;
  readonly code: string;
  /** The round that failed is counted. */
  readonly failed_after_rounds: number;
  readonly failed_after_s: number;
  /** What both sides did last when it did, as in the failure itself. */
  readonly last_events: readonly EventLine[];
  /** Races this configuration, and nothing else. */
  readonly replay: string;
}

/** What was found out about a failure of a stress. Its keys are a contract with scripts. */
export interface ExplanationReport {
  /**
   * `reproduced`: the explorer finds the same kind of failure, in `failure`. `other`: it finds something else that is
   * wrong. `not-reproduced`: nothing, in what it had time to look at.
   */
  readonly verdict: 'reproduced' | 'other' | 'not-reproduced';
  /** Null when the round did not fail again. */
  readonly shrunk: ShrunkReport | null;
  readonly explored: readonly Explored[];
  /** What the configuration has and the programs that were explored have not. */
  readonly beyond: readonly string[];
  /** As in `vring explore --json`, with trace, cause and replay. */
  readonly failure: FoundFailure | null;
}

/** `replayWithout` is the command that races the round that failed without some things. */
export function explanationReport(
  { shrunk, handedOver, beyond }: Explanation,
  replayWithout: (names: readonly string[]) => string,
): ExplanationReport {
  const { explored, failure, isOfKind } = handedOver;
  return {
    verdict: failure === null ? 'not-reproduced' : isOfKind ? 'reproduced' : 'other',
    shrunk: shrunk === null ? null : shrunkReport(shrunk, replayWithout),
    explored,
    beyond,
    failure,
  };
}

function shrunkReport(
  { plan, leftOut, attempts, failed }: Shrunk,
  replayWithout: (names: readonly string[]) => string,
): ShrunkReport {
  return {
    configuration: describePlan(plan),
    left_out: leftOut,
    attempts,
    code: failed.error.code,
    failed_after_rounds: failed.rounds,
    failed_after_s: failed.elapsedMs / 1000,
    last_events: lastEvents(failed.flight.events),
    replay: replayWithout(leftOut),
  };
}

/** `kept` says where the recorded events are. */
export function explanationLines(report: ExplanationReport, kept: string, paint: Paint): string[] {
  const { verdict, failure, explored, beyond } = report;
  const lines = [
    ...shrunkLines(report.shrunk, verdict !== 'reproduced'),
    paint('bold', 'explored:'),
    ...(explored.length === 0 ? ['nothing: there was no time'] : exploredLines(explored)).map(
      (line) => `  ${line}`,
    ),
  ];
  if (failure === null) {
    lines.push('no execution of these shows it. They do not have:', ...beyond.map((what) => `  ${what}`));
    lines.push(kept);
    return indented(lines);
  }
  const noun = failure.kind.replace('-', ' ');
  lines.push(
    verdict === 'reproduced'
      ? paint('bold', `one execution that shows it, a ${noun}:`)
      : paint('bold', `not this, but one with a ${noun}, which may be why:`),
    '',
    ...failureText(failure, { paint }).trimEnd().split('\n'),
  );
  return indented(lines);
}

/** `withEvents`: there is no execution to look at instead. */
function shrunkLines(shrunk: ShrunkReport | null, withEvents: boolean): string[] {
  if (shrunk === null) return ['it did not fail again: what follows is of the configuration as it was'];
  const { configuration, left_out: without, attempts, code, replay } = shrunk;
  const rounds = `round ${shrunk.failed_after_rounds}, after ${formatSeconds(shrunk.failed_after_s)}`;
  const what = without.length === 0 ? 'with all of it' : `without ${without.join(', ')}`;
  return [
    `made smaller, ${plural(attempts, 'configuration')} raced: it fails ${what}`,
    `  ${configuration}`,
    `  ${code} in ${rounds}`,
    `  replay: ${replay}`,
    ...(withEvents ? lastEventsLines(shrunk.last_events) : []).map((line) => `  ${line}`),
  ];
}

/** A line for each program: `split, 2 buffers in a ring of 4: sc, tso: nothing in all 1234 executions`. */
export function exploredLines(explored: readonly Explored[]): string[] {
  const groups = new Map<string, Explored[]>();
  for (const one of explored) {
    const { buffers, ringSize } = one.options;
    const title = `${one.program}, ${plural(Number(buffers), 'buffer')} in a ring of ${String(ringSize)}`;
    groups.set(title, [...(groups.get(title) ?? []), one]);
  }
  return [...groups].map(([title, own]) => `${title}: ${own.map(outcomeOf).join('; ')}`);
}

function outcomeOf({ profile, verdict, exhaustive, graphs, error }: Explored): string {
  if (error !== null) return `${profile} cannot be explored: ${error}`;
  if (verdict === 'fail') return `${profile} fails`;
  const executions = exhaustive
    ? `all ${plural(graphs, 'execution')}`
    : `the first ${plural(graphs, 'execution')}`;
  return `${profile} nothing in ${executions}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
