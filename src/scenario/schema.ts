import { z } from 'zod';
import { jobSchema } from './job-schema.js';
import { METRIC_NAMES, METRICS, type MetricName } from './metrics.js';
import type { Threshold } from './plan.js';
import { durationMs, reader, refuse } from './schema-values.js';
import { readSeed, SEED_PATTERN } from './seed.js';
import type { FileSettings } from './settings.js';
import { readThreshold } from './thresholds.js';
import { isRefusal } from './units.js';

/** A name that can stand in `--set jobs.NAME.depth=1` and in a file name. */
const JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

function describe<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description });
}

const axisValue = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'a single value, not a list or a map',
});

const matrix = z.record(
  z.string(),
  z.array(axisValue, { error: 'a list of values' }).min(1, 'at least one value'),
);

function thresholdList(metric: MetricName): z.ZodType<Threshold[]> {
  const { description, example } = METRICS[metric];
  const expression = z.string().meta({ description: `Statistic, operator and bound: \`${example}\`.` });
  const detailed = z.strictObject({
    expr: expression,
    abort_on_fail: z
      .boolean({ error: 'true or false' })
      .meta({ description: 'Stop the run as soon as it is breached. Default: false.' })
      .optional(),
    delay: durationMs()
      .meta({ description: 'Time from the start before abort_on_fail looks, such as 5s. Default: 0s.' })
      .optional(),
  });
  const entry = z.union([expression, detailed]).transform((given, context): Threshold => {
    const { expr, abort_on_fail, delay } = typeof given === 'string' ? { expr: given } : given;
    const reading = readThreshold(metric, expr);
    const path = typeof given === 'string' ? [] : ['expr'];
    if (isRefusal(reading)) return refuse(context, expr, reading, path);
    return { ...reading.value, abortOnFail: abort_on_fail ?? false, delayMs: delay ?? 0 };
  });
  return describe(z.array(entry), `${description} Each entry as in \`${example}\`.`);
}

const thresholds = z.strictObject(
  Object.fromEntries(METRIC_NAMES.map((metric) => [metric, thresholdList(metric).optional()])),
);

/** The shape of a scenario file: the only place that knows it. */
export const fileSchema: z.ZodType<FileSettings> = z.strictObject({
  version: describe(z.literal(1), 'Version of this format.'),
  name: describe(z.string({ error: 'a name' }).min(1, 'a name'), 'Name of the scenario, for reports.'),
  description: describe(z.string(), 'What it shows, in a sentence.').optional(),
  seed: describe(
    reader(readSeed, 'a seed: a decimal number, 0x and hex digits, or a git hash', SEED_PATTERN),
    'Everything random follows from it. Left out: a new one for each run, printed.',
  ).optional(),
  defaults: describe(jobSchema.nullable(), 'Keys that every job has unless it says otherwise.').optional(),
  matrix: describe(
    matrix,
    'Job keys, dotted, with the values to try: every combination becomes a job of its own.',
  ).optional(),
  exclude: describe(
    z.array(z.record(z.string(), axisValue)),
    'Combinations of the matrix to leave out: all that have these values.',
  ).optional(),
  jobs: describe(
    z
      .record(z.string().regex(JOB_NAME, 'a name of letters, digits, _ and -'), jobSchema.nullable())
      .refine((jobs) => Object.keys(jobs).length > 0, 'at least one job'),
    'What is run, one after the other, by name.',
  ),
  thresholds: describe(thresholds, 'Bounds that every job must keep, by metric.').optional(),
});
