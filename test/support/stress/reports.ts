import type { FailureReport } from '../../../src/explore/failure-report.js';
import type { ExplanationReport } from '../../../src/report/stress-explanation.js';
import type { StressFailureReport, StressReport } from '../../../src/report/stress-json.js';
import { OUTCOME_NAMES, OUTCOMES } from '../../../src/stress/outcomes.js';
import { environment } from '../../unit/report/fixtures.js';

type Row = StressReport['outcomes'][number];

/** Every outcome that is not forbidden, each ten times as often as the next one. */
export function outcomeRows(changes: Partial<Row> = {}): Row[] {
  const allowed = OUTCOME_NAMES.filter((name) => OUTCOMES[name].grade !== 'forbidden');
  return allowed.map((name, i) => ({
    ...({ layout: 'split', perturbation: 'none', v8: 'as-is' } as const),
    ...OUTCOMES[name],
    samples: 10 ** (allowed.length - i),
    frequency: 10 ** -i,
    ...changes,
  }));
}

/** A pass, unless changed. */
export function stressReport(changes: Partial<StressReport> = {}): StressReport {
  return {
    schemaVersion: 1,
    command: 'stress',
    seed: 7,
    verdict: 'pass',
    exitCode: 0,
    replay: 'vring stress --seed 7 --rounds 4',
    started_at: '2020-01-01T00:00:00.000Z',
    environment,
    rounds: 4,
    executions: 32,
    buffers: 12_000,
    elapsed_s: 1.5,
    outcomes: [...outcomeRows(), ...outcomeRows({ layout: 'packed', perturbation: 'tso', v8: 'baseline' })],
    failures: [],
    ...changes,
  };
}

const LAST_EVENTS: StressFailureReport['last_events'] = [
  { t_ns: 1000, side: 'device', kind: 'slept' },
  { t_ns: 2500, side: 'driver', kind: 'shown', count: 1 },
];

/** One that lost a kick; what the explorer found is `failure`. */
export function failedStress(
  failure: FailureReport | null,
  changes: Partial<StressFailureReport> = {},
): StressReport {
  const lost: Row = {
    ...({ layout: 'split', perturbation: 'tso', v8: 'as-is', ...OUTCOMES.lostKick } as const),
    samples: 1,
    frequency: 0,
  };
  const finding: StressFailureReport = {
    code: 'LOST_KICK',
    message: 'lost kick: nothing moved for 3 s\n  the device sleeps, a < b',
    exitCode: 21,
    fields: {},
    v8: 'as-is',
    round: 3,
    ring: 6,
    configuration: 'round 3: split ring of 16, tso',
    stack: null,
    last_events: LAST_EVENTS,
    recorded_events: 40,
    events_file: 'last-events.ndjson',
    replay: 'vring stress --seed 7 --rounds 100 --round 3',
    explanation: explanationOf(failure),
    ...changes,
  };
  const outcomes = [...outcomeRows({ perturbation: 'tso' }), lost];
  return stressReport({ verdict: 'fail', exitCode: 21, outcomes, failures: [finding] });
}

function explanationOf(failure: FailureReport | null): ExplanationReport {
  const explored = {
    program: 'split',
    options: { buffers: 1, ringSize: 2 },
    profile: 'tso',
    graphs: 38,
  } as const;
  return {
    verdict: failure === null ? 'not-reproduced' : 'reproduced',
    shrunk: {
      configuration: 'round 3: split ring of 2, tso',
      left_out: ['faults', 'pauses'],
      attempts: 9,
      code: 'LOST_KICK',
      failed_after_rounds: 3,
      failed_after_s: 0.7,
      last_events: LAST_EVENTS.slice(1),
      replay: 'vring stress --seed 7 --rounds 100 --round 3 --without faults,pauses',
    },
    explored: [
      { ...explored, verdict: failure === null ? 'pass' : 'fail', exhaustive: failure === null, error: null },
    ],
    beyond: failure === null ? ['two queues'] : [],
    failure: failure === null ? null : { ...failure, graphs: 1, fewest_buffers: null },
  };
}
