import { Worker } from 'node:worker_threads';
import { tuneEngine } from '../../machine/engine.js';
import { MovementWatch } from '../../machine/movement-watch.js';
import { WorkerClient } from '../../machine/rpc.js';
import { SharedNumbers } from '../../memory/shared-numbers.js';
import { Histogram } from '../../stats/histogram.js';
import type { BenchApi, BenchThreadConfig, GuestSample, HostSample } from './bench-thread.js';
import { Meeting } from './meeting.js';
import { Onlookers } from './onlooker.js';
import type { RingCase } from './ring-case.js';
import { RingRig } from './ring-rig.js';

/** What came of one pair of threads: a sample for each repetition, and all latencies as one. */
export interface LaneRun {
  readonly guest: readonly GuestSample[];
  readonly host: readonly HostSample[];
  readonly latencies: Histogram;
}

const ENTRY: URL = new URL('../../../workers/bench.js', import.meta.url);

/** A guest and a host on threads of their own. */
class Lane {
  readonly progress: SharedNumbers = SharedNumbers.ofLength(1);
  private readonly histogram: Histogram = Histogram.ofMaxNs();
  private readonly guest: WorkerClient<BenchApi>;
  private readonly host: WorkerClient<BenchApi>;

  constructor(index: number) {
    this.guest = new WorkerClient<BenchApi>(new Worker(ENTRY), `guest ${index}`);
    this.host = new WorkerClient<BenchApi>(new Worker(ENTRY), `host ${index}`);
  }

  async run(
    common: Pick<BenchThreadConfig, 'ringCase' | 'repetitions' | 'meeting' | 'parties'>,
  ): Promise<LaneRun> {
    const memory = RingRig.create(common.ringCase);
    const onlookers = new Onlookers(common.ringCase, memory.byteLength);
    const config: Omit<BenchThreadConfig, 'onlooker'> = {
      ...common,
      memory,
      histogram: this.histogram.buffer,
      progress: this.progress.buffer,
    };
    const threads = Promise.all([
      this.guest.call((remote) => remote.guest({ ...config, onlooker: onlookers.guest })),
      this.host.call((remote) => remote.host({ ...config, onlooker: onlookers.host })),
    ]);
    const [guest, host] = await onlookers.during(threads);
    return { guest, host, latencies: this.histogram };
  }

  async terminate(): Promise<void> {
    await Promise.all([this.guest.terminate(), this.host.terminate()]);
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
  const watch = new MovementWatch(
    () => lanes.reduce((sum, { progress }) => sum + progress.get(0), 0),
    signal,
  );
  const common = { ringCase, repetitions, meeting: Meeting.create(), parties: 2 * queues };
  try {
    return await Promise.race([Promise.all(lanes.map((lane) => lane.run(common))), watch.ended]);
  } finally {
    watch.stop();
    await Promise.all(lanes.map((lane) => lane.terminate()));
  }
}
