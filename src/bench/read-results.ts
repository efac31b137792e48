import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ScenarioError } from '../errors.js';
import type { RecordedEnvironment } from './history.js';

/** Of a result, what every version has; all its other keys are there too. */
export interface ReadResult {
  readonly name: string;
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  readonly samples: readonly number[];
  readonly [key: string]: unknown;
}

/** One result, wherever it was read from. */
export interface RecordedResult {
  readonly started_at: string;
  readonly environment: RecordedEnvironment;
  readonly result: ReadResult;
}

const environmentSchema: z.ZodType<RecordedEnvironment> = z.looseObject({
  cpu_model: z.string(),
  cpu_count: z.number(),
  node_version: z.string(),
  load_average: z.array(z.number()),
});

const resultSchema: z.ZodType<ReadResult> = z.looseObject({
  name: z.string().min(1),
  metric: z.string().min(1),
  better: z.enum(['lower', 'higher']),
  samples: z.array(z.number().positive()),
});

const versionSchema = z.looseObject({ schemaVersion: z.literal(1, 'this version of vring reads 1 alone') });

const head = { started_at: z.string(), environment: environmentSchema };

/** A line of a history. */
const recordSchema: z.ZodType<RecordedResult> = z.object({ ...head, result: resultSchema });

/** What `vring bench --json` prints. */
const documentSchema = z.object({
  ...head,
  command: z.literal('bench', 'not a document of `vring bench`'),
  results: z.array(resultSchema),
});

/**
 * Reads a document of `vring bench --json`, or a history of a line per result. Results without a sample, as of a
 * bench that was interrupted, are left out.
 */
export function readResults(file: string): RecordedResult[] {
  const text = readText(file);
  const whole = parse(text);
  const found = 'value' in whole ? recordsOf(whole.value, file) : recordsOfLines(text, file, whole.reason);
  return withSamples(found, file);
}

/** The same of a document that is in memory; `where` names it. */
export function resultsIn(document: unknown, where: string): RecordedResult[] {
  return withSamples(recordsOf(document, where), where);
}

function withSamples(found: readonly RecordedResult[], where: string): RecordedResult[] {
  const records = found.filter(({ result }) => result.samples.length > 0);
  if (records.length === 0) throw refusal('BENCH_FILE', where, 'it holds no results');
  return records;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('BENCH_FILE', `the results cannot be read: ${reason}`, { file });
  }
}

function recordsOfLines(text: string, file: string, reason: string): RecordedResult[] {
  const lines = text.split('\n').map((line) => line.trim());
  const full = [...lines.entries()].filter(([, line]) => line !== '');
  // Several lines that are no JSON from the first one on: a document, and not a history with a broken line.
  if (full.length > 0 && /^[{[]$/.test(full[0]?.[1] ?? '')) throw refusal('BENCH_JSON', file, reason);
  return full.flatMap(([index, line]) => {
    const where = `${file}:${index + 1}`;
    const parsed = parse(line);
    if ('value' in parsed) return recordsOf(parsed.value, where);
    throw refusal('BENCH_JSON', where, `this line is not JSON: ${parsed.reason}`);
  });
}

function parse(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function recordsOf(value: unknown, where: string): RecordedResult[] {
  checked(versionSchema, value, where, 'BENCH_VERSION');
  const isRecord = typeof value === 'object' && value !== null && 'result' in value;
  if (isRecord) return [checked(recordSchema, value, where, 'BENCH_RESULT')];
  const { started_at, environment, results } = checked(documentSchema, value, where, 'BENCH_RESULT');
  return results.map((result) => ({ started_at, environment, result }));
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string, code: string): T {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const [first] = outcome.error.issues;
  const path = (first?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  const key = path.join('').replace(/^\./, '');
  throw refusal(code, where, `${key === '' ? '' : `\`${key}\`: `}${first?.message ?? 'not a result'}`);
}

/** `where` is the file, with the line where there are lines. */
function refusal(code: string, where: string, message: string): ScenarioError {
  return new ScenarioError(code, `${where}: ${message}`, { where });
}
