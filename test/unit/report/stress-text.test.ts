import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/report/environment.js';
import { keptFlights } from '../../../src/report/kept-flights.js';
import { painterFor } from '../../../src/report/paint.js';
import { buildStressReport } from '../../../src/report/stress-json.js';
import { stressText } from '../../../src/report/stress-text.js';
import type { Explanation } from '../../../src/stress/explain/explain-failure.js';
import { type Flight, NO_FLIGHT } from '../../../src/stress/flight.js';
import { drawRound } from '../../../src/stress/round-plan.js';
import type { StressFailure, StressResult } from '../../../src/stress/run-stress.js';

const paint = painterFor({ isTTY: false }, {});
const PLAN = drawRound({ seed: 7, layouts: ['split'], perturbations: ['none'], wait: null }, 3, 0);
const COMMAND = {
  seed: 7,
  replay: (rounds: number, round: number | null, v8: string | null) =>
    `vring stress --rounds ${rounds} --round ${round} --v8 ${v8}`,
  startedAt: '',
  environment: readEnvironment(),
  isKept: true,
};
const ROW = {
  layout: 'split',
  perturbation: 'none',
  v8: 'as-is',
  result: 'kick',
  samples: 5,
  frequency: 0.5,
  grade: 'acceptable',
  reason: 'because',
  section: '2.7',
} as const;
const RESULT: StressResult = {
  rounds: 2,
  buffers: 10,
  elapsedMs: 1500,
  executions: 16,
  outcomes: [ROW, { ...ROW, v8: 'baseline' }],
  failures: [],
  interrupted: false,
};

function failure(code: string, exitCode: 1 | 20): StressFailure {
  const stack = 'TypeError: a\nb\n    at f (file.js:1:2)\n    at g (file.js:3:4)';
  const error = { kind: 'Error', code, message: 'a\n  b', exitCode, fields: {}, stack };
  return {
    error,
    v8: 'baseline',
    round: 3,
    ring: 4,
    configuration: 'round 3: tiny',
    plan: PLAN,
    flight: NO_FLIGHT,
  };
}

test('a table for each mode of the engine, and as-is goes without saying', () => {
  const text = stressText(buildStressReport(COMMAND, RESULT, null), paint, false);
  expect(text).toContain('split, not perturbed\n');
  expect(text).toContain('split, not perturbed, baseline\n');
  expect(text).toContain('PASS: 2 rounds, 16 rings, 10 buffers in 1.5 s\n');
});

test('a bug of ours shows where; a finding does not', () => {
  const textOf = (code: string, exitCode: 1 | 20): string =>
    stressText(
      buildStressReport(COMMAND, { ...RESULT, failures: [failure(code, exitCode)] }, null),
      paint,
      true,
    );
  const bug = textOf('UNEXPECTED', 1);
  expect(bug).toContain(
    'ERROR a (UNEXPECTED)\n  round 3: tiny, ring 4, V8 baseline\n  b\n  at f (file.js:1:2)\n  at g (file.js:3:4)\n',
  );
  expect(bug).toContain('  replay: vring stress --rounds 100 --round 3 --v8 baseline\n');
  expect(bug).toContain('ERROR (internal, exit 1)');
  const finding = textOf('PAYLOAD', 20);
  expect(finding).toContain('FORBIDDEN a (PAYLOAD)\n');
  expect(finding).not.toContain('at f');
  expect(textOf('END_THREW', 20)).toContain(
    'FORBIDDEN a (END_THREW)\n  round 3: tiny, ring 4, V8 baseline\n  b\n  at f',
  );
});

describe('a failure that no execution shows', () => {
  const recorded = (count: number): Flight => ({
    events: [{ side: 'driver', event: { kind: 'shown', timeNs: 0, queue: 0, count } }],
    clockErrorNs: 300.4,
  });
  const { error } = failure('PAYLOAD', 20);
  const explanation: Explanation = {
    shrunk: {
      plan: PLAN,
      leftOut: ['faults'],
      attempts: 2,
      failed: { error, rounds: 1, elapsedMs: 400, flight: recorded(88) },
    },
    handedOver: { explored: [], failure: null, isOfKind: false },
    beyond: ['luck'],
  };
  const result = { ...RESULT, failures: [{ ...failure('PAYLOAD', 20), flight: recorded(77) }] };

  test('shows the last events of both races, and says where all of them are', () => {
    const text = stressText(buildStressReport(COMMAND, result, explanation), paint, true);
    const [found, smaller, nothing] = text.split(/made smaller|no execution of these/);
    expect(found).toContain('       0 ns  driver  shown count 77\n');
    expect(smaller).toContain('       0 ns  driver  shown count 88\n');
    const where =
      'the seed and all 1 recorded events are kept: last-events.ndjson, in the directory of this run\n';
    expect(found).toContain(where);
    expect(nothing).toContain(`    luck\n  ${where}`);
    const unkept = buildStressReport({ ...COMMAND, isKept: false }, result, explanation);
    expect(stressText(unkept, paint, true)).toContain('1 events were recorded; they are not kept');
  });

  test('is kept with the events of both races, each behind what it was', () => {
    const report = buildStressReport(COMMAND, result, explanation);
    const [found, smaller, ...more] = keptFlights(report, result, explanation);
    expect(more).toEqual([]);
    const race = { seed: 7, round: 3, code: 'PAYLOAD', clock_error_ns: 300 };
    expect(found).toEqual({
      header: {
        ...race,
        race: 'found',
        ring: 4,
        configuration: 'round 3: tiny',
        replay: COMMAND.replay(100, 3, 'baseline'),
      },
      events: recorded(77).events,
    });
    expect(smaller?.header).toMatchObject({ ...race, race: 'smaller' });
    expect(smaller?.events).toEqual(recorded(88).events);
    expect(keptFlights(buildStressReport(COMMAND, RESULT, null), RESULT, null)).toEqual([]);
  });
});

test('an interrupt behind a finding does not hide it', () => {
  const both = buildStressReport(
    COMMAND,
    {
      ...RESULT,
      interrupted: true,
      failures: [failure('PAYLOAD', 20)],
    },
    null,
  );
  expect(both).toMatchObject({ verdict: 'fail', exitCode: 20 });
  expect(stressText(buildStressReport(COMMAND, { ...RESULT, interrupted: true }, null), paint, true)).toMatch(
    /^INTERRUPTED \(interrupted, exit 130\)/,
  );
});
