import { type CauseKind, causeOf } from './cause.js';
import type { FailureKind } from './failure.js';
import type { FixReport } from './fix-report.js';
import type { ProfileName } from './models/model.js';
import { memoryModel } from './models/profiles.js';
import { Kind } from './order.js';
import type { Program } from './program.js';
import type { ProgramSpec } from './program-spec.js';
import type { Recording, Simplicity } from './recording.js';
import { replay } from './replay.js';
import { type Script, scriptOf } from './script.js';
import { encodeToken } from './token.js';
import { type NumberedTrace, type Trace, type TraceRow, traceOf } from './trace.js';
import { adjustOf } from './weaken.js';

/** Two accesses, by their rows of the trace. */
export interface CausePair {
  readonly first: number;
  readonly second: number;
  readonly text: string;
}

/** Why an execution failed; see `Cause`. */
export interface CauseReport {
  readonly kind: CauseKind;
  readonly text: string;
  readonly pairs: readonly CausePair[];
  readonly cycle: readonly number[];
}

/** Everything that is said about a failure, as plain data. */
export interface FailureReport {
  readonly kind: FailureKind;
  readonly message: string;
  readonly profile: ProfileName;
  readonly program: ProgramSpec;
  /** The command that shows the same failure. */
  readonly replay: string;
  /** Accesses of the execution, as far as they have to do with the failure. */
  readonly events: number;
  readonly simplicity: Simplicity;
  readonly cause: CauseReport;
  readonly trace: Trace;
  /** The smallest change that repairs the program, or that there is none; null while nobody has looked for one. */
  readonly fix: FixReport | null;
}

/**
 * Makes the failure of a recording happen again on the program, with the changes that the spec's `weaken` names, and
 * describes it. Throws `ReplayDiverged` when it does not happen.
 */
export function failureReport(
  program: Program,
  spec: ProgramSpec,
  profile: ProfileName,
  recording: Recording,
): FailureReport {
  return reportOfScript(program, spec, profile, scriptOf(recording));
}

/** The same for what a token holds. */
export function reportOfScript(
  program: Program,
  spec: ProgramSpec,
  profile: ProfileName,
  script: Script,
): FailureReport {
  const model = memoryModel(profile, program.threads.length);
  const { recording, sites } = replay(program, model, script, adjustOf(spec));
  const { finding, simplicity, events } = recording;
  const numbered = traceOf(recording, sites, program.label);
  const token = encodeToken({ profile, spec, script: scriptOf(recording) });
  return {
    kind: finding.kind,
    message: finding.message,
    profile,
    program: spec,
    replay: `vring replay ${token}`,
    events: events.length,
    simplicity,
    cause: causeReport(recording, profile, numbered),
    trace: numbered.trace,
    fix: null,
  };
}

function causeReport(
  recording: Recording,
  profile: ProfileName,
  { trace, numbers }: NumberedTrace,
): CauseReport {
  const { kind, pairs, cycle } = causeOf(recording, profile);
  const reports = pairs.map(([a, b], at): CausePair => {
    const first = numbers[a] as number;
    const second = numbers[b] as number;
    const kinds = [a, b].map((e) => (recording.events[e]?.kind === Kind.write ? 'store' : 'load')).join('->');
    const [one, other] = [trace.rows[first - 1] as TraceRow, trace.rows[second - 1] as TraceRow];
    const text =
      kind === 'race' && at > 0 ? messageText(one, other) : pairText(kind, trace, one, other, kinds);
    return { first, second, text };
  });
  const text = reports.map((pair) => pair.text).join('; ') || 'no single access decided it';
  return { kind, text, pairs: reports, cycle: cycle.map((e) => numbers[e] as number) };
}

function pairText(kind: CauseKind, { threads }: Trace, a: TraceRow, b: TraceRow, kinds: string): string {
  const who = ({ thread }: TraceRow): string => threads[thread]?.name ?? '';
  switch (kind) {
    case 'race':
      return `${a.number} and ${b.number} are ordered by nothing: ${who(a)}'s ${a.text} and ${who(b)}'s ${b.text}`;
    case 'reordering':
      return `${a.number} -> ${b.number} not ordered (${kinds}): ${who(a)}'s ${a.text} and ${b.text}`;
    case 'interleaving':
      if (kinds === 'load->store')
        return `${who(a)}'s last look at ${a.number} (${a.text}) misses ${who(b)}'s ${b.text} at ${b.number}`;
      return `${who(b)} goes by what it reads at ${b.number} (${b.text}) from ${a.number} (${a.text})`;
  }
}

/** Of two accesses that race: how the one side knew of the other. */
function messageText(a: TraceRow, b: TraceRow): string {
  const orders = `${a.order} store, ${b.order} load`;
  return `${b.number} takes ${a.number} (${b.text}), which does not order them (${orders})`;
}
