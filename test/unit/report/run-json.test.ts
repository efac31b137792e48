import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import { failure, jobPlan, jobReport, runReport, scenarioPlan } from './fixtures.js';

describe('buildRunReport', () => {
  it('has the keys of the contract', () => {
    expect(Object.keys(runReport())).toEqual([
      'schemaVersion',
      'command',
      'scenario',
      'seed',
      'replay',
      'verdict',
      'exitCode',
      'started_at',
      'environment',
      'jobs',
      'jobs_skipped',
      'aborted_by',
      'violations',
      'thresholds',
    ]);
  });

  it('passes when nothing was found', () => {
    expect(runReport()).toMatchObject({ verdict: 'pass', exitCode: 0, seed: 42, schemaVersion: 1 });
  });

  it('survives JSON unchanged', () => {
    const report = runReport({ jobs: [jobReport({ failures: [failure(ExitCode.safety, 'bad index')] })] });
    const text = JSON.stringify(report);
    expect(JSON.parse(text)).toEqual(report);
  });

  it('lists safety failures as violations, and no others', () => {
    const failures = [failure(ExitCode.safety, 'bad index'), failure(ExitCode.liveness, 'stalled')];
    const report = runReport({ jobs: [jobReport({ failures })] });
    expect(report.violations).toEqual([
      { job: 'randread', code: 'CODE', message: 'bad index', fields: { section: '2.7.8' } },
    ]);
    expect(report).toMatchObject({ verdict: 'fail', exitCode: ExitCode.safety });
  });

  it('says interrupted when the user stopped a run without findings', () => {
    const report = runReport({ interrupted: true, jobs: [jobReport({ verdict: 'interrupted', lost: 3 })] });
    expect(report).toMatchObject({ verdict: 'interrupted', exitCode: ExitCode.interrupted });
  });

  it('fails an interrupted run that had wrong data', () => {
    const report = runReport({ interrupted: true, jobs: [jobReport({ mismatches: 1 })] });
    expect(report).toMatchObject({ verdict: 'fail', exitCode: ExitCode.safety });
  });

  it('does not fail an interrupted run for a threshold', () => {
    const thresholds = [
      { text: 'p99 < 1us', metric: 'latency_ns', job: 'randread', actual: 2000, passed: false },
    ];
    expect(runReport({ thresholds }).exitCode).toBe(ExitCode.threshold);
    expect(runReport({ thresholds, interrupted: true }).exitCode).toBe(ExitCode.interrupted);
  });

  it('names the jobs that were not run', () => {
    const plan = scenarioPlan({ jobs: [jobPlan(), jobPlan({ name: 'write' }), jobPlan({ name: 'copy' })] });
    expect(runReport({ plan, interrupted: true }).jobs_skipped).toEqual(['write', 'copy']);
  });
});
