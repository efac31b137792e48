import { Worker } from 'node:worker_threads';
import { assert } from '../../assert.js';
import { WorkerClient } from '../../machine/rpc.js';
import { SharedNumbers } from '../../memory/shared-numbers.js';
import { Histogram } from '../../stats/histogram.js';
import type { BenchApi, BenchThreadConfig, GuestSample, HostSample } from './bench-thread.js';
import { Onlookers } from './onlooker.js';
import { RingRig } from './ring-rig.js';

/** One repetition, as both sides of a ring saw it. */
export interface LaneSample {
  readonly guest: GuestSample;
  readonly host: HostSample;
}

const ENTRY: URL = new URL('../../../workers/bench.js', import.meta.url);

/** A guest and a host on threads of their own; between two repetitions they sleep. */
export class Lane {
  /** Of all buffers that were measured. */
  readonly latencies: Histogram = Histogram.ofMaxNs();
  private readonly progress: SharedNumbers = SharedNumbers.ofLength(1);
  private readonly guest: WorkerClient<BenchApi>;
  private readonly host: WorkerClient<BenchApi>;
  private onlookers: Onlookers | null = null;

  constructor(index: number) {
    this.guest = new WorkerClient<BenchApi>(new Worker(ENTRY), `guest ${index}`);
    this.host = new WorkerClient<BenchApi>(new Worker(ENTRY), `host ${index}`);
  }

  /** Buffers that have come back. */
  get movedCount(): number {
    return this.progress.get(0);
  }

  async warmUp(common: Pick<BenchThreadConfig, 'ringCase' | 'meeting' | 'parties'>): Promise<void> {
    const memory = RingRig.create(common.ringCase);
    const onlookers = new Onlookers(common.ringCase, memory.byteLength);
    this.onlookers = onlookers;
    const config: Omit<BenchThreadConfig, 'onlooker'> = {
      ...common,
      memory,
      histogram: this.latencies.buffer,
      progress: this.progress.buffer,
    };
    const threads = Promise.all([
      this.guest.call((remote) => remote.startGuest({ ...config, onlooker: onlookers.guest })),
      this.host.call((remote) => remote.startHost({ ...config, onlooker: onlookers.host })),
    ]);
    await onlookers.during(threads);
  }

  async repeat(): Promise<LaneSample> {
    assert(this.onlookers !== null, 'a pair of threads is measured that has not warmed up');
    const threads = Promise.all([
      this.guest.call((remote) => remote.measureGuest()),
      this.host.call((remote) => remote.measureHost()),
    ]);
    const [guest, host] = await this.onlookers.during(threads);
    return { guest, host };
  }

  /** Nothing is measured any more. Fails if whoever looked on has seen something wrong. */
  end(): void {
    this.onlookers?.end();
  }

  async terminate(): Promise<void> {
    await Promise.all([this.guest.terminate(), this.host.terminate()]);
  }
}
