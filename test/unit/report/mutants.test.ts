import { describe, expect, it } from 'vitest';
import type { ControlReport } from '../../../src/mutants/run-control.js';
import type { LaneReport } from '../../../src/mutants/run-lane.js';
import type { MutantReport } from '../../../src/mutants/run-mutant.js';
import { ZooProgress } from '../../../src/mutants/zoo-progress.js';
import { buildMutantsReport } from '../../../src/report/mutants-json.js';
import { controlLine, mutantsProgressLine, mutantsText } from '../../../src/report/mutants-text.js';
import { plain } from '../../../src/report/paint.js';

function lane(changes: Partial<LaneReport> = {}): LaneReport {
  return {
    lane: 'run',
    command: 'node bin/vring.js run mutants/blk.yaml',
    seed: 1,
    caught: true,
    expected: 'caught',
    as_expected: true,
    exitCode: 20,
    elapsed_s: 1,
    finding: 'STALL: no request moved',
    ...changes,
  };
}

function control(changes: Partial<ControlReport>): ControlReport {
  return { ...lane(changes), repeated: false, replay: 'vring mutants --only Z02', ...changes };
}

function mutant(changes: Partial<LaneReport> = {}): MutantReport {
  const one = lane(changes);
  return {
    id: 'Z01',
    title: 'a store barrier where a full one is needed',
    origin: 'Linux',
    side: 'driver',
    layout: 'split',
    needs: 'S',
    note: null,
    lanes: [one],
    caught_by: one.caught ? one.lane : null,
    survived: !one.caught,
    as_expected: one.as_expected,
    elapsed_s: 1.5,
    replay: 'vring mutants --only Z01',
  };
}

const SURVIVOR: Partial<LaneReport> = { caught: false, as_expected: false, exitCode: 0, finding: null };
const PASSED: Partial<LaneReport> = { caught: false, expected: 'survived', exitCode: 0, finding: null };
const ALARM: Partial<LaneReport> = { expected: 'survived', as_expected: false };

describe('the exit code', () => {
  it.each([
    {
      what: 'all are caught',
      mutants: [mutant()],
      control: [control(PASSED)],
      canary: [lane()],
      exitCode: 0,
    },
    { what: 'one survived', mutants: [mutant(), mutant(SURVIVOR)], control: [], canary: [], exitCode: 20 },
    {
      what: 'the control gave an alarm',
      mutants: [mutant()],
      control: [control(ALARM)],
      canary: [],
      exitCode: 20,
    },
    { what: 'the canary lives', mutants: [mutant()], control: [], canary: [lane(SURVIVOR)], exitCode: 20 },
  ])('is $exitCode when $what', ({ exitCode, ...outcome }) => {
    expect(buildMutantsReport(outcome, [], false).exitCode).toBe(exitCode);
  });

  it('says that it was interrupted, unless something worse is known', () => {
    const outcome = { control: [], canary: [] };
    expect(buildMutantsReport({ ...outcome, mutants: [mutant()] }, [], true).exitCode).toBe(130);
    expect(buildMutantsReport({ ...outcome, mutants: [mutant(SURVIVOR)] }, [], true).exitCode).toBe(20);
  });
});

describe('the text', () => {
  it('says of each who caught it, and of a survivor how to see it again', () => {
    const outcome = { mutants: [mutant(), mutant(SURVIVOR)], control: [control(PASSED)], canary: [lane()] };
    const argued = [{ id: 'Z89', title: 'the dirty log', reason: 'there is none' }];
    const text = mutantsText(buildMutantsReport(outcome, argued, false), plain);
    expect(text).toContain('Z01  S      driver  split   run        1.5 s  run:caught');
    expect(text).toContain('SURVIVED');
    expect(text).toContain(
      'Z01 (vring mutants --only Z01): with run it must be caught, for its reason; it survived',
    );
    expect(text).toContain('2 mutants of 1 bug, 1 caught; 1 lane without a mutant (seeds 1), 0 alarms');
    expect(text).toContain('Z89  the dirty log: there is none');
  });

  it('says how an alarm of the control is seen again', () => {
    const outcome = { mutants: [], control: [control(ALARM)], canary: [] };
    const text = mutantsText(buildMutantsReport(outcome, [], false), plain);
    expect(text).toContain('control (vring mutants --only Z02): with run it must be passed; it was caught');
  });

  it('goes by as a line for each lane of the control, too', () => {
    expect(controlLine(control(PASSED))).toBe('control  run:survived with seed 1  1 s  run mutants/blk.yaml');
    const repeated = { ...PASSED, seed: null, repeated: true };
    expect(controlLine(control(repeated))).toContain('run:survived, twice the same  1 s');
  });

  it('says what is being done', async () => {
    const progress = new ZooProgress(7);
    await progress.during('Z01', 'run', () => Promise.resolve());
    await progress.during('Z02', 'stress-tso', () => {
      const [{ startMs } = { startMs: 0 }] = progress.running;
      expect(mutantsProgressLine(progress, startMs + 3100)).toBe('mutants 1/7 lanes, Z02 stress-tso 3 s');
      return Promise.resolve();
    });
    expect(mutantsProgressLine(progress, 0)).toBe('mutants 2/7 lanes');
  });
});

describe('the seeds', () => {
  it('are those of the control, in order, each once', () => {
    const lanes = [3, 1, null, 3, 2].map((seed) => control({ ...PASSED, seed }));
    const report = buildMutantsReport({ mutants: [], control: lanes, canary: [] }, [], false);
    expect(report).toMatchObject({ seeds: [1, 2, 3], verdict: 'pass' });
  });
});
