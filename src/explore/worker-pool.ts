import type { Piscina } from 'piscina';
import { errorFromWire, WorkerFailure } from '../errors.js';
import { describeThrown } from './execution.js';
import type { Stretch } from './job-explorer.js';
import type { RandomStretch, RandomTask } from './random-runs.js';
import type { Subtree } from './subtree.js';
import type { ExploreAnswer, ExploreTask, RandomAnswer } from './worker-task.js';

const ENTRY: URL = new URL('../../workers/explore.js', import.meta.url);

/** Threads that explore. They are started by the first task. */
export class WorkerPool {
  readonly size: number;
  private readonly entry: URL;
  private pool: Promise<Piscina> | null = null;

  constructor(size: number, entry: URL = ENTRY) {
    this.size = size;
    this.entry = entry;
  }

  /** Throws what the thread threw; a {@link WorkerFailure} when it is no more. */
  async run(task: ExploreTask): Promise<{ readonly stretch: Stretch; readonly left: readonly Subtree[] }> {
    const answer = (await this.ask(task, 'explore')) as ExploreAnswer;
    if (answer.error !== undefined) throw errorFromWire(answer.error);
    return answer;
  }

  /** The same for executions at random. */
  async runRandom(task: RandomTask): Promise<RandomStretch> {
    const answer = (await this.ask(task, 'exploreRandom')) as RandomAnswer;
    if (answer.error !== undefined) throw errorFromWire(answer.error);
    return answer.stretch;
  }

  /** Ends all threads, whatever they are doing. */
  async end(): Promise<void> {
    const pool = await this.pool;
    this.pool = null;
    await pool?.destroy();
  }

  private async ask(task: ExploreTask | RandomTask, name: string): Promise<unknown> {
    this.pool ??= this.start();
    const pool = await this.pool;
    try {
      return await pool.run(task, { name });
    } catch (error) {
      throw new WorkerFailure('EXPLORE_WORKER', `a thread that explores has died: ${describeThrown(error)}`);
    }
  }

  private async start(): Promise<Piscina> {
    // Loaded only now: most explorations are over before they need another thread.
    const { Piscina } = await import('piscina');
    return new Piscina({
      filename: this.entry.href,
      minThreads: this.size,
      maxThreads: this.size,
      // Idle threads wait for messages: asleep in Atomics.wait, they could not be ended in good order.
      atomics: 'disabled',
    });
  }
}
