import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import {
  exitCodeName,
  findingsOf,
  worstExitCode,
  type ThresholdReport,
} from '../../../src/report/findings.js';
import { failure, jobReport } from './fixtures.js';

const breach: ThresholdReport = {
  text: 'p99 < 250us',
  metric: 'latency_ns',
  job: 'randread',
  actual: 412_000,
  passed: false,
};

describe('worstExitCode', () => {
  const { pass, safety, liveness, interrupted, internal, threshold, partial } = ExitCode;

  it.each([
    [[], pass],
    [[pass, pass], pass],
    [[threshold, internal], internal],
    [[threshold, internal, interrupted], interrupted],
    [[interrupted, liveness], liveness],
    [[liveness, safety, interrupted], safety],
    [[pass, partial], partial],
    [[partial, threshold], threshold],
  ])('of %j is %d', (codes, worst) => {
    expect(worstExitCode(codes)).toBe(worst);
  });

  it('does not depend on the order', () => {
    expect(worstExitCode([safety, threshold])).toBe(worstExitCode([threshold, safety]));
  });
});

describe('findingsOf', () => {
  it('has nothing to say about a good run, nor about errors that the device answered', () => {
    expect(findingsOf([jobReport(), jobReport({ errors: 12 })], [])).toEqual([]);
    expect(findingsOf([jobReport()], [{ ...breach, passed: true }])).toEqual([]);
  });

  it('takes wrong data for a safety failure and shows where', () => {
    const [finding] = findingsOf([jobReport({ mismatches: 2, mismatch_samples: ['sector 8: 1 not 2'] })], []);
    expect(finding?.exitCode).toBe(ExitCode.safety);
    expect(finding?.text).toContain('sector 8: 1 not 2');
  });

  it('keeps the code of a failure on the first line of its text', () => {
    const job = jobReport({ failures: [failure(ExitCode.liveness, 'no request moved\n  queue 0: idle')] });
    expect(findingsOf([job], [])[0]?.text).toBe('no request moved (CODE)\nqueue 0: idle');
  });

  it('takes a request that never came back for a liveness failure', () => {
    expect(findingsOf([jobReport({ lost: 1 })], []).map(({ exitCode }) => exitCode)).toEqual([
      ExitCode.liveness,
    ]);
  });

  it('does not hold lost requests against a dead worker or a Ctrl-C', () => {
    const dead = jobReport({ lost: 5, failures: [failure(ExitCode.internal, 'the host thread ended')] });
    expect(findingsOf([dead], []).map(({ exitCode }) => exitCode)).toEqual([ExitCode.internal]);
    expect(findingsOf([jobReport({ lost: 5, verdict: 'interrupted' })], [])).toEqual([]);
  });

  it('puts the worst first', () => {
    const jobs = [
      jobReport({ failures: [failure(ExitCode.internal, 'a')] }),
      jobReport({ failures: [failure(ExitCode.liveness, 'b')] }),
      jobReport({ failures: [failure(ExitCode.safety, 'c')] }),
    ];
    expect(findingsOf(jobs, [breach]).map(({ exitCode }) => exitCode)).toEqual([
      ExitCode.safety,
      ExitCode.liveness,
      ExitCode.internal,
      ExitCode.threshold,
    ]);
  });

  it('gives a breached threshold with its actual value', () => {
    expect(findingsOf([jobReport()], [breach])[0]).toEqual({
      exitCode: ExitCode.threshold,
      job: 'randread',
      text: 'p99 < 250us, was 412 us',
    });
    expect(findingsOf([jobReport()], [{ ...breach, actual: null }])[0]?.text).toMatch(/was no value$/);
    const unverified = { ...breach, text: 'value == 0', metric: 'mismatches', actual: null };
    expect(findingsOf([jobReport()], [unverified])[0]?.text).toMatch(/was no value: no byte was verified$/);
  });

  it('does not let a failed job without a reason pass', () => {
    expect(findingsOf([jobReport({ verdict: 'fail' })], [])[0]?.exitCode).toBe(ExitCode.internal);
    expect(findingsOf([jobReport({ verdict: 'fail' })], [breach])).toHaveLength(1);
  });
});

describe('exitCodeName', () => {
  it('is the word of the contract', () => {
    expect(exitCodeName(ExitCode.safety)).toBe('safety');
    expect(exitCodeName(ExitCode.interrupted)).toBe('interrupted');
  });
});
