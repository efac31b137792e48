import { describe, expect, it } from 'vitest';
import { AbortWatch } from '../../../src/cli/abort-watch.js';
import type { Threshold } from '../../../src/scenario/plan.js';
import { parseThreshold } from '../../../src/scenario/thresholds.js';
import { jobReport } from '../report/fixtures.js';

function threshold(text: string, delayMs = 0, abortOnFail = true): Threshold {
  return { ...parseThreshold(text), abortOnFail, delayMs };
}

/** A job of 0.5 s whose p99 is 41.2 us. */
const running = jobReport({ lost: 32 });

function reasonOf(...thresholds: Threshold[]): string | null {
  return new AbortWatch(thresholds).hook.shouldAbort?.(running) ?? null;
}

describe('AbortWatch', () => {
  it('ends a job for a breached threshold that says so', () => {
    expect(reasonOf(threshold('p99 < 100us'), threshold('p99 < 1us'))).toContain('p99 < 1us');
    expect(reasonOf(threshold('p99 < 1us', 0, false))).toBeNull();
    expect(reasonOf(threshold('p99 < 100us'))).toBeNull();
  });

  it('waits for the delay', () => {
    expect(reasonOf(threshold('p99 < 1us', 501))).toBeNull();
    expect(reasonOf(threshold('p99 < 1us', 500))).not.toBeNull();
  });

  it('does not take requests on their way for lost ones', () => {
    expect(reasonOf(threshold('lost value == 0'))).toBeNull();
  });

  it('does not judge what has no value yet', () => {
    const watch = new AbortWatch([threshold('p99 < 1us')]);
    expect(watch.hook.shouldAbort?.(jobReport({ latency_ns: null }))).toBeNull();
  });

  it('asks for no figures when there is nothing to watch', () => {
    expect(new AbortWatch([threshold('p99 < 1us', 0, false)]).hook).toEqual({});
  });

  it('holds on to the breach when the value recovers', () => {
    const watch = new AbortWatch([threshold('p99 < 1us')]);
    watch.hook.shouldAbort?.(running);
    const { breach } = watch;
    expect(breach).toMatchObject({ job: 'randread', actual: 41_200, passed: false });
    const recovered = {
      text: breach?.text ?? '',
      metric: 'latency_ns',
      job: 'randread',
      actual: 900,
      passed: true,
    };
    expect(watch.verdictOn(recovered)).toBe(breach);
    expect(watch.verdictOn({ ...recovered, job: 'another' }).passed).toBe(true);
  });
});
