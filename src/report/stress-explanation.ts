import type { ProfileName } from '../explore/models/model.js';
import type { FoundFailure } from '../explore/profile-report.js';
import { describePlan } from '../stress/describe-stall.js';
import type { Explanation } from '../stress/explain/explain-failure.js';
import type { Explored } from '../stress/explain/hand-over.js';
import { failureText } from './explore-text.js';
import { formatSeconds, plural } from './format.js';
import type { Paint } from './paint.js';

/** What was found out about a failure of a stress. Its keys are a contract with scripts. */
export interface ExplanationReport {
  /**
   * `reproduced`: the explorer finds the same kind of failure, in `failure`. `other`: it finds something else that is
   * wrong. `not-reproduced`: nothing, in what it had time to look at.
   */
  readonly verdict: 'reproduced' | 'other' | 'not-reproduced';
  /** The smallest configuration that still failed; null when none failed a second time. */
  readonly shrunk: {
    readonly configuration: string;
    readonly left_out: readonly string[];
    readonly attempts: number;
    readonly failed_after_s: number;
  } | null;
  readonly explored: readonly Explored[];
  /** What the configuration has and an explored program has not. */
  readonly beyond: readonly string[];
  /** As in `vring explore --json`, with trace, cause and replay. */
  readonly failure: FoundFailure | null;
}

export function explanationReport({ shrunk, handedOver, beyond }: Explanation): ExplanationReport {
  const { explored, failure, isOfKind } = handedOver;
  return {
    verdict: failure === null ? 'not-reproduced' : isOfKind ? 'reproduced' : 'other',
    shrunk:
      shrunk === null
        ? null
        : {
            configuration: describePlan(shrunk.plan),
            left_out: shrunk.leftOut,
            attempts: shrunk.attempts,
            failed_after_s: shrunk.failedAfterMs / 1000,
          },
    explored,
    beyond,
    failure,
  };
}

export function explanationLines(report: ExplanationReport, paint: Paint): string[] {
  const { verdict, failure, explored, beyond } = report;
  const lines = [...shrunkLines(report), `  explored: ${exploredText(explored)}`];
  if (failure === null) {
    lines.push('  none of these executions shows it: what is known is above, and the seed');
    if (beyond.length > 0) lines.push(`  not in what was explored: ${beyond.join('; ')}`);
    return lines;
  }
  const what = verdict === 'reproduced' ? 'the same, as one execution' : 'not the same, but wrong too';
  const indented = failureText(failure, { paint }).trimEnd().split('\n');
  return [...lines, `  ${what}:`, '', ...indented.map((line) => (line === '' ? '' : `    ${line}`))];
}

function shrunkLines({ shrunk }: ExplanationReport): string[] {
  if (shrunk === null) return ['  it did not fail again: what follows is of the configuration as it was'];
  const { configuration, left_out: leftOut, attempts, failed_after_s: afterS } = shrunk;
  const without = leftOut.length === 0 ? '' : `\n    without ${leftOut.join(', ')}`;
  return [
    `  fails too, after ${formatSeconds(afterS)} (of ${plural(attempts, 'configuration')}): ${configuration}${without}`,
  ];
}

/** `split with 1 buffer under sc and tso (all executions), with 2 under sc (20k graphs)`. */
function exploredText(explored: readonly Explored[]): string {
  if (explored.length === 0) return 'nothing, there was no time left';
  const groups = new Map<string, { readonly profiles: ProfileName[]; isWhole: boolean }>();
  for (const { program, options, profile, exhaustive, verdict } of explored) {
    const { buffers, ringSize } = options;
    const title = `${program} with ${plural(Number(buffers), 'buffer')} in a ring of ${String(ringSize)}`;
    const group = groups.get(title) ?? { profiles: [], isWhole: true };
    group.profiles.push(profile);
    group.isWhole &&= exhaustive || verdict === 'fail';
    groups.set(title, group);
  }
  return [...groups]
    .map(([title, { profiles, isWhole }]) => {
      return `${title} under ${profiles.join(', ')}${isWhole ? '' : ' (not to the end)'}`;
    })
    .join('; ');
}
