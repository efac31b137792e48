import { unreachable } from '../assert.js';
import { ScenarioError } from '../errors.js';
import type { JobReport } from '../machine/job-report.js';
import { isMetricName, LATENCY_STATISTICS, METRIC_NAMES, METRICS, type MetricName } from './metrics.js';
import type { Threshold } from './plan.js';
import { didYouMean } from './suggest.js';
import { isRefusal, type Reading, type Refusal } from './units.js';

/** A statistic, an operator, a bound: there is no expression language behind it. */
const EXPRESSION = /^\s*([A-Za-z][\w.]*)\s*(<=|>=|==|!=|<|>)\s*(\S(?:.*\S)?)\s*$/;

/** `p99 < 250us`, for the metric that it stands under. */
export function readThreshold(metricName: MetricName, given: string): Reading<Threshold> {
  const metric = METRICS[metricName];
  const match = EXPRESSION.exec(given);
  if (match === null) {
    return { expected: `a statistic, an operator and a bound: ${metric.example}`, ...equalsHint(given) };
  }
  const [, word, operator, boundText] = match as unknown as [string, string, Threshold['operator'], string];
  const statistic = word.replace('_', '.');
  if (!metric.statistics.includes(statistic)) {
    const expected = `a statistic of ${metricName} (${metric.statistics.join(', ')})`;
    return { expected, got: word, ...hintFor(word, metric.statistics) };
  }
  const bound = metric.readBound(boundText);
  if (isRefusal(bound)) return { ...bound, got: boundText };
  const text = `${metricName} ${given.trim()}`;
  return {
    value: {
      metric: metricName,
      statistic,
      operator,
      bound: bound.value,
      abortOnFail: false,
      delayMs: 0,
      text,
    },
  };
}

/** `operations_per_s value > 100k/s`, from the command line. Percentiles can only be the latency's: `p99 < 250us`. */
export function parseThreshold(text: string): Threshold {
  const [, first = '', rest = ''] = /^\s*([\w.]*)\s*(.*?)\s*$/s.exec(text) ?? [];
  const isLatency = LATENCY_STATISTICS.includes(first.replace('_', '.'));
  const metric = isLatency ? 'latency_ns' : first;
  if (!isMetricName(metric)) {
    const names = METRIC_NAMES.join(', ');
    throw refused(text, {
      expected: `a metric first (${names})`,
      got: first,
      ...hintFor(first, METRIC_NAMES),
    });
  }
  const reading = readThreshold(metric, isLatency ? text : rest);
  if (isRefusal(reading)) throw refused(text, { got: rest, ...reading });
  return reading.value;
}

/** A threshold, held against one job's report. */
export interface ThresholdResult {
  readonly text: string;
  readonly metric: string;
  /** In the metric's base unit; null when the job has no such value. */
  readonly actual: number | null;
  readonly passed: boolean;
  readonly abortOnFail: boolean;
}

/** A metric without a value breaches its threshold: what was not measured has not been shown to be good. */
export function evaluateThresholds(thresholds: readonly Threshold[], report: JobReport): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const { text, metric, statistic, abortOnFail } = threshold;
    const value = isMetricName(metric) ? METRICS[metric].valueOf(report, statistic) : null;
    const actual = value !== null && Number.isFinite(value) ? value : null;
    return { text, metric, actual, passed: actual !== null && holds(threshold, actual), abortOnFail };
  });
}

function holds({ operator, bound }: Threshold, actual: number): boolean {
  switch (operator) {
    case '<':
      return actual < bound;
    case '<=':
      return actual <= bound;
    case '>':
      return actual > bound;
    case '>=':
      return actual >= bound;
    case '==':
      return actual === bound;
    case '!=':
      return actual !== bound;
    default:
      return unreachable(operator);
  }
}

function refused(text: string, { expected, got, hint }: Refusal): ScenarioError {
  const tail = hint === undefined ? '' : `; ${hint}`;
  return new ScenarioError(
    'SCENARIO_VALUE',
    `threshold \`${text}\`: expected ${expected}, got \`${got ?? text}\`${tail}`,
    { value: text },
  );
}

function hintFor(word: string, candidates: readonly string[]): { hint?: string } {
  const hint = didYouMean(word, candidates);
  return hint === null ? {} : { hint };
}

/** `value = 0` is the slip that is worth a word of its own. */
function equalsHint(given: string): { hint?: string } {
  const isAssignment = /^[^<>=!]+=[^=]+$/.test(given);
  return isAssignment ? { hint: `did you mean \`${given.replace('=', '==').trim()}\`?` } : {};
}
