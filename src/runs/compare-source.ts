import { existsSync, statSync } from 'node:fs';
import { readResults, type RecordedResult, resultsIn } from '../bench/read-results.js';
import { ScenarioError } from '../errors.js';
import { blockSamples } from './blocks.js';
import type { RunStore } from './run-store.js';
import type { StoredRun } from './stored-run.js';

/** One side of a comparison. */
export interface CompareSource {
  /** As it is to be called: a file, a directory or an id. */
  readonly file: string;
  readonly records: readonly RecordedResult[];
  /** Null: results of benches, which say themselves what they are of. */
  readonly run: StoredRun | null;
}

/** A file of results of benches, or a run that is kept: its id, or its directory. */
export function compareSource(words: string, store: RunStore): CompareSource {
  const isDirectory = existsSync(words) && statSync(words).isDirectory();
  // A name that looks like a file's is one, also where it is not there: ids have neither.
  if (!isDirectory && (existsSync(words) || /[\\/]|json$/.test(words)))
    return { file: words, records: readResults(words), run: null };
  const run = store.find(words);
  switch (run.document.command) {
    case 'bench':
      return { file: run.name, records: resultsIn(run.document, run.name), run: null };
    case 'run':
      return { file: run.name, records: recordsOf(run), run };
    case 'stress':
      throw new ScenarioError(
        'COMPARE_KIND',
        `${run.name}: a stress measures nothing that could be compared`,
      );
  }
}

/** A result for each job and figure; none of a job that was too short. */
function recordsOf({ document, series, name }: StoredRun): RecordedResult[] {
  const head = { started_at: document.started_at, environment: document['environment'] };
  const results = series.flatMap((one) => {
    const samples = blockSamples(one);
    const result = (metric: keyof typeof samples, better: 'lower' | 'higher') => {
      return samples[metric].length === 0
        ? []
        : [{ name: one.job, metric, better, samples: samples[metric] }];
    };
    return [
      ...result('operations_per_s', 'higher'),
      ...result('latency_p50_ns', 'lower'),
      ...result('latency_p99_ns', 'lower'),
    ];
  });
  if (results.length === 0)
    throw new ScenarioError('COMPARE_EMPTY', `${name}: it has no intervals to compare: run it for longer`);
  return resultsIn({ ...head, schemaVersion: 1, command: 'bench', results }, name);
}
