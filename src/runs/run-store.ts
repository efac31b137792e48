import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { freshSeed } from '../clock.js';
import { ScenarioError } from '../errors.js';
import { readRun } from './read-run.js';
import { isRunId, runId } from './run-id.js';
import { type KeptRun, RunFile, type StoredRun } from './stored-run.js';
import { filesOf, writeDirectory } from './write-run.js';

/** Two runs would have to begin in one millisecond and draw the same of 65536 numbers, as often as this. */
const ATTEMPTS = 8;

/** A directory with a directory for each run. It need not exist until the first one is kept. */
export class RunStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Keeps a run under a fresh id, and returns its directory. `chance` is for tests. */
  add(run: KeptRun, chance: () => number = freshSeed): string {
    const files = filesOf(run);
    for (let attempt = 1; ; attempt++) {
      const directory = path.join(this.directory, runId(run.document.started_at, chance()));
      try {
        writeDirectory(directory, files);
        return directory;
      } catch (error) {
        if (!isTaken(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** All ids, newest first. */
  ids(): string[] {
    try {
      return readdirSync(this.directory).filter(isRunId).toSorted().toReversed();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** The run that the user means: a directory that holds one, `latest`, or the beginning of an id. */
  find(words: string): StoredRun {
    if (holdsRun(words)) return readRun(words, words);
    const ids = this.ids();
    const matching = words === 'latest' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(words));
    const [id, second] = matching;
    if (id === undefined) throw this.notFound(words, ids.length);
    if (second !== undefined) {
      const shown = matching.slice(0, 3).join(', ') + (matching.length > 3 ? ', ...' : '');
      const message = `'${words}' is the beginning of ${matching.length} runs: ${shown}`;
      throw new ScenarioError('RUN_AMBIGUOUS', message, { run: words });
    }
    return readRun(path.join(this.directory, id), id);
  }

  private notFound(words: string, count: number): ScenarioError {
    const kept = count === 0 ? `no run is kept in ${this.directory}` : `see \`vring list runs\``;
    const asDirectory = existsSync(words) && statSync(words).isDirectory();
    const reason = asDirectory ? `that directory holds no ${RunFile.document}` : 'no id begins so';
    return new ScenarioError('RUN_NOT_FOUND', `there is no run '${words}': ${reason}; ${kept}`, {
      run: words,
    });
  }
}

/** Whether a directory holds a run. */
function holdsRun(directory: string): boolean {
  return existsSync(path.join(directory, RunFile.document));
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}
