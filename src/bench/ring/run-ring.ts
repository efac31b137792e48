import { Worker } from 'node:worker_threads';
import { LivenessError } from '../../errors.js';
import { tuneEngine } from '../../machine/engine.js';
import { WorkerClient } from '../../machine/rpc.js';
import { SharedNumbers } from '../../memory/shared-numbers.js';
import { Histogram } from '../../stats/histogram.js';
import type { BenchApi, BenchThreadConfig, GuestSample, HostSample } from './bench-thread.js';
import { Meeting } from './meeting.js';
import type { RingCase } from './ring-case.js';
import { RingRig } from './ring-rig.js';

/** What came of one pair of threads: a sample for each repetition, and all latencies as one. */
export interface LaneRun {
  readonly guest: readonly GuestSample[];
  readonly host: readonly HostSample[];
  readonly latencies: Histogram;
}

const ENTRY: URL = new URL('../../../workers/bench.js', import.meta.url);
const STALL_MS = 60_000;

/** A guest and a host on threads of their own. */
class Lane {
  readonly progress: SharedNumbers = SharedNumbers.ofLength(1);
  readonly #histogram: Histogram = Histogram.ofMaxNs();
  readonly #guest: WorkerClient<BenchApi>;
  readonly #host: WorkerClient<BenchApi>;

  constructor(index: number) {
    this.#guest = new WorkerClient<BenchApi>(new Worker(ENTRY), `guest ${index}`);
    this.#host = new WorkerClient<BenchApi>(new Worker(ENTRY), `host ${index}`);
  }

  async run(
    common: Pick<BenchThreadConfig, 'ringCase' | 'repetitions' | 'meeting' | 'parties'>,
  ): Promise<LaneRun> {
    const config: BenchThreadConfig = {
      ...common,
      memory: RingRig.create(common.ringCase),
      histogram: this.#histogram.buffer,
      progress: this.progress.buffer,
    };
    const [guest, host] = await Promise.all([
      this.#guest.call((remote) => remote.guest(config)),
      this.#host.call((remote) => remote.host(config)),
    ]);
    return { guest, host, latencies: this.#histogram };
  }

  async terminate(): Promise<void> {
    await Promise.all([this.#guest.terminate(), this.#host.terminate()]);
  }
}

/** Measures one case on as many pairs of threads as there are `queues`, all at the same time. */
export async function runRing(
  ringCase: RingCase,
  {
    queues,
    repetitions,
    signal,
  }: { readonly queues: number; readonly repetitions: number; readonly signal: AbortSignal },
): Promise<LaneRun[]> {
  tuneEngine();
  const lanes = Array.from({ length: queues }, (_, index) => new Lane(index));
  const watch = new Watch(lanes, signal);
  const common = { ringCase, repetitions, meeting: Meeting.create(), parties: 2 * queues };
  try {
    return await Promise.race([Promise.all(lanes.map((lane) => lane.run(common))), watch.ended]);
  } finally {
    watch.stop();
    await Promise.all(lanes.map((lane) => lane.terminate()));
  }
}

/** Ends a run that does not move any more, or is not wanted any more. */
class Watch {
  readonly ended: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #abort: () => void;

  constructor(lanes: readonly Lane[], signal: AbortSignal) {
    let fail: (error: Error) => void = () => undefined;
    this.ended = new Promise((_, reject) => {
      fail = reject;
    });
    let seen = -1;
    this.#timer = setInterval(() => {
      const now = lanes.reduce((sum, { progress }) => sum + progress.get(0), 0);
      const text = `nothing moved for ${STALL_MS / 1000} s after ${now} buffers`;
      if (now === seen) fail(new LivenessError('BENCH_STALL', text));
      seen = now;
    }, STALL_MS);
    this.#signal = signal;
    this.#abort = () => fail(new LivenessError('ABORTED', 'the measurement was ended'));
    signal.addEventListener('abort', this.#abort);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
  }
}
