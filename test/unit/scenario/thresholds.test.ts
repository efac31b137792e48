import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, METRICS } from '../../../src/scenario/metrics.js';
import type { Threshold } from '../../../src/scenario/plan.js';
import { evaluateThresholds, parseThreshold } from '../../../src/scenario/thresholds.js';
import { jobReport, lifecycleReport } from '../report/fixtures.js';
import { errorOf, plan, readText, refusal } from './scenario-text.js';

describe('parseThreshold', () => {
  it.each([
    ['latency_ns p99 < 250us', 'latency_ns', 'p99', '<', 250_000],
    ['latency_ns p99_9<=2ms', 'latency_ns', 'p99.9', '<=', 2_000_000],
    ['latency_ns max < 1000', 'latency_ns', 'max', '<', 1000],
    ['p99 < 250us', 'latency_ns', 'p99', '<', 250_000],
    ['operations_per_s value > 100k/s', 'operations_per_s', 'value', '>', 100_000],
    ['operations_per_s rate > 100000', 'operations_per_s', 'rate', '>', 100_000],
    ['bytes_per_s value >= 1GiB/s', 'bytes_per_s', 'value', '>=', 2 ** 30],
    ['mismatches value == 0', 'mismatches', 'value', '==', 0],
    ['errors count != 1k', 'errors', 'count', '!=', 1000],
    ['kicks_per_op mean < 0.5', 'kicks_per_op', 'mean', '<', 0.5],
    ['out_of_order_share value > 10%', 'out_of_order_share', 'value', '>', 0.1],
  ])('%s', (text, metric, statistic, operator, bound) => {
    const threshold = parseThreshold(text);
    expect(threshold).toMatchObject({ metric, statistic, operator, bound, abortOnFail: false, delayMs: 0 });
  });

  it('keeps the words, with the metric in front', () => {
    expect(parseThreshold('  p99  <  250us ').text).toBe('latency_ns p99  <  250us');
    expect(parseThreshold('lost value == 0').text).toBe('lost value == 0');
  });

  it.each([
    [
      'latncy_ns p99 < 1ms',
      /expected a metric first \(latency_ns, .*\), got `latncy_ns`; did you mean `latency_ns`\?$/,
    ],
    ['value < 1', /expected a metric first .*, got `value`$/],
    ['', /expected a metric first .*, got ``$/],
    ['latency_ns', /expected a statistic, an operator and a bound: p99 < 250us, got ``$/],
    [
      'latency_ns p98 < 1ms',
      /expected a statistic of latency_ns \(p50, .*\), got `p98`; did you mean `p90`\?$/,
    ],
    ['latency_ns p99 < 1q', /expected a duration such as 50us, 200ms or 10s, got `1q`$/],
    ['lost value = 0', /a bound: value == 0, got `value = 0`; did you mean `value == 0`\?$/],
    ['lost value == 0 or 1', /expected a whole number such as 1000, 200k or 1M, got `0 or 1`$/],
    ['bytes_per_s value > 1m/s', /got `1m\/s`; did you mean `1MiB` or `1MB`\?$/],
    ['constructor value > 1', /expected a metric first/],
  ])('refuses %j', (text, message) => {
    const error = errorOf(() => parseThreshold(text));
    expect(error.code).toBe('SCENARIO_VALUE');
    expect(error.message).toMatch(message);
  });

  it('never fails in any other way', () => {
    const words = fc.constantFrom(
      ...METRIC_NAMES,
      'p99',
      'value',
      '<',
      '==',
      '=',
      '1ms',
      '5%',
      '0',
      ' ',
      '(',
      '/s',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            expect(Number.isFinite(parseThreshold(text).bound)).toBe(true);
          } catch (error) {
            expect(error).toHaveProperty('code', 'SCENARIO_VALUE');
          }
        },
      ),
    );
  });

  it('understands the example of every metric', () => {
    for (const name of METRIC_NAMES)
      expect(parseThreshold(`${name} ${METRICS[name].example}`).metric).toBe(name);
  });
});

describe('thresholds of a file', () => {
  it('are read with their options', () => {
    const text = [
      readText().trimEnd(),
      'thresholds:',
      '  latency_ns: ["p99 < 250us", { expr: "p99.9 < 2ms", abort_on_fail: true, delay: 5s }]',
      '  lost: ["value == 0"]',
      '',
    ].join('\n');
    expect(plan(text).thresholds).toEqual([
      {
        metric: 'latency_ns',
        statistic: 'p99',
        operator: '<',
        bound: 250_000,
        abortOnFail: false,
        delayMs: 0,
        text: 'latency_ns p99 < 250us',
      },
      {
        metric: 'latency_ns',
        statistic: 'p99.9',
        operator: '<',
        bound: 2e6,
        abortOnFail: true,
        delayMs: 5000,
        text: 'latency_ns p99.9 < 2ms',
      },
      {
        metric: 'lost',
        statistic: 'value',
        operator: '==',
        bound: 0,
        abortOnFail: false,
        delayMs: 0,
        text: 'lost value == 0',
      },
    ]);
  });

  it.each([
    ['{ latncy: ["p99 < 1ms"] }', '7:15', 'unknown key `latncy` in `thresholds`; did you mean `latency_ns`?'],
    [
      '{ latency_ns: ["p98 < 1ms"] }',
      '7:28',
      '`thresholds.latency_ns.0`: expected a statistic of latency_ns (p50, p90, p99, p99.9, min, mean, max), ' +
        'got `p98`; did you mean `p90`?',
    ],
    [
      '{ lost: [{ expr: "value = 0" }] }',
      '7:30',
      '`thresholds.lost.0.expr`: expected a statistic, an operator and a bound: value == 0, ' +
        'got `value = 0`; did you mean `value == 0`?',
    ],
    ['{ lost: "value == 0" }', '7:21', '`thresholds.lost`: expected a list, got `value == 0`'],
    ['{ lost: [3] }', '7:22', '`thresholds.lost.0`: expected text, or a map, got `3`'],
    ['{ lost: [{ delay: 3s }] }', '7:22', '`thresholds.lost.0.expr` is missing: expected text'],
    [
      '{ lost: [{ expr: "value == 0", dela: 3s }] }',
      '7:44',
      'unknown key `dela` in `thresholds.lost.0`; did you mean `delay`?',
    ],
  ])('thresholds: %s', (given, place, text) => {
    expect(refusal(`${readText()}thresholds: ${given}\n`)).toEqual([`s.yaml:${place}: ${text}`]);
  });
});

describe('evaluateThresholds', () => {
  function verdict(text: string, report = jobReport()): { actual: number | null; passed: boolean } {
    const [result] = evaluateThresholds([parseThreshold(text)], report);
    return { actual: result?.actual ?? null, passed: result?.passed ?? true };
  }

  it.each([
    ['latency_ns p99 < 250us', 41_200, true],
    ['latency_ns p99.9 < 50us', 99_000, false],
    ['latency_ns min >= 900ns', 900, true],
    ['operations_per_s value > 3M/s', 2_000_000, false],
    ['bytes_per_s value > 1GiB/s', 8_192_000_000, true],
    ['mismatches value == 0', 0, true],
    ['errors value != 0', 0, false],
    ['lost value <= 0', 0, true],
    ['kicks_per_op value < 0.1', 0.08, true],
    ['interrupts_per_op mean > 0.2', 0.11, false],
    ['out_of_order_share value > 4%', 0.05, true],
  ])('%s', (text, actual, passed) => {
    expect(verdict(text)).toEqual({ actual, passed });
  });

  it('knows a value of every metric', () => {
    const report = jobReport({ lifecycle: lifecycleReport() });
    for (const metric of METRIC_NAMES) {
      for (const statistic of METRICS[metric].statistics) {
        expect(METRICS[metric].valueOf(report, statistic), `${metric} ${statistic}`).toEqual(
          expect.any(Number),
        );
      }
    }
  });

  it('lets nothing pass that was not measured', () => {
    const nothing = jobReport({
      operations: 0,
      latency_ns: null,
      verified_bytes: 0,
      operations_per_s: Number.NaN,
    });
    for (const text of [
      'p99 < 1h',
      'kicks_per_op value < 9',
      'mismatches value == 0',
      'operations_per_s value > 0',
    ]) {
      expect(verdict(text, nothing), text).toEqual({ actual: null, passed: false });
    }
    const unknown: Threshold = { ...parseThreshold('lost value == 0'), metric: 'unheard_of' };
    expect(evaluateThresholds([unknown], jobReport())).toMatchObject([{ actual: null, passed: false }]);
  });

  it('counts wrong data even where nothing was verified', () => {
    expect(verdict('mismatches value == 0', jobReport({ verified_bytes: 0, mismatches: 2 }))).toEqual({
      actual: 2,
      passed: false,
    });
  });

  it('keeps what a report needs', () => {
    const threshold: Threshold = { ...parseThreshold('lost value == 0'), abortOnFail: true };
    expect(evaluateThresholds([threshold], jobReport({ lost: 3 }))).toEqual([
      { text: 'lost value == 0', metric: 'lost', actual: 3, passed: false, abortOnFail: true },
    ]);
  });
});
