import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WorkerClient } from '../../../src/machine/rpc.js';
import { createSplit, splitBuffers } from '../../../src/machine/lane-split.js';
import { ControlBlock, StopMode } from '../../../src/machine/control-block.js';
import type {
  GuestApi,
  GuestResult,
  HostApi,
  HostResult,
  ThreadConfig,
} from '../../../src/machine/thread-config.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { parseScenario } from '../../../src/scenario/load.js';
import type { JobPlan } from '../../../src/scenario/plan.js';
import type { SharedNumbers } from '../../../src/memory/shared-numbers.js';
import { newCounters } from '../../../src/stats/counters.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../src/transport/window.js';
import { stampDisk } from '../../../src/workload/payload.js';

const WORKERS = fileURLToPath(new URL('../../../dist/workers/', import.meta.url));

const JOB = '{ workload: read, operations: 1M, backend: { size: 1MiB }, wait: block }';

/**
 * One half of a machine on its real thread; the test's own thread is the other half, and does to the rings whatever
 * it likes.
 */
export class PeerBench {
  readonly plan: JobPlan;
  readonly ram: SharedMemory;
  readonly window: DeviceWindow;
  readonly control: ControlBlock = ControlBlock.create();
  /** Of the thread that runs. */
  readonly counters: SharedNumbers = newCounters();
  private readonly config: ThreadConfig;
  private readonly clients: { terminate(): Promise<void> }[] = [];

  constructor(job = JOB) {
    const scenario = `\nversion: 1\nname: peer\njobs:\n  peer: ${job}\n`;
    const [plan] = parseScenario(scenario, 'peer.yaml', { sets: [], seed: 1 }).jobs;
    if (plan === undefined || plan.backend.kind !== 'memory')
      throw new Error('the peers need a disk in memory');
    this.plan = plan;
    this.ram = SharedMemory.ofSize(plan.memoryBytes);
    const window = SharedMemory.ofSize(WINDOW_BYTES);
    this.window = new DeviceWindow(window);
    const disk = SharedMemory.ofSize(plan.backend.sizeBytes);
    stampDisk(disk.words(0, disk.sizeBytes), plan.seed);
    this.config = {
      plan,
      index: 0,
      memory: this.ram.buffer,
      window: window.buffer,
      control: this.control.memory.buffer,
      counters: this.counters.buffer,
      histogram: Histogram.ofMaxNs().buffer,
      split: splitBuffers(createSplit()),
      disk: disk.buffer,
      dma: null,
      explainsDma: false,
      watch: null,
      record: null,
    };
  }

  startHost(index = 0): Promise<HostResult> {
    const client = this.add(new WorkerClient<HostApi>(new Worker(`${WORKERS}host.js`), `host ${index}`));
    return client.call((host) => host.run({ ...this.config, index }));
  }

  startGuest(): Promise<GuestResult> {
    const client = this.add(new WorkerClient<GuestApi>(new Worker(`${WORKERS}guest.js`), 'guest 0'));
    return client.call((guest) => guest.run(this.config));
  }

  stopHost(): void {
    this.control.stopHost();
    this.ringHosts();
  }

  /** Ends all threads. */
  async end(): Promise<void> {
    this.control.raiseStop(StopMode.abort);
    this.ringHosts();
    this.window.interruptBell(0).ring();
    await Promise.all(this.clients.map((client) => client.terminate()));
  }

  private ringHosts(): void {
    for (let index = 0; index < this.plan.queue.count; index++) this.window.kickBell(index).ring();
  }

  private add<T extends { terminate(): Promise<void> }>(client: T): T {
    this.clients.push(client);
    return client;
  }
}
