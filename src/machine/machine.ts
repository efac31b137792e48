import { Worker } from 'node:worker_threads';
import { assert } from '../assert.js';
import { SharedMemory } from '../memory/shared-memory.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import type { RecordingChoice } from '../recording/recording.js';
import type { JobPlan } from '../scenario/plan.js';
import { newCounters } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import type { SplitSink } from '../stats/split-reader.js';
import { DeviceWindow, WINDOW_BYTES } from '../transport/window.js';
import { stampDisk } from '../workload/payload.js';
import { ControlBlock, StopMode } from './control-block.js';
import { type DmaBuffers, DmaMemory } from './dma-memory.js';
import { tuneEngine } from './engine.js';
import { slotCount } from './guest-memory.js';
import { JobCheck } from './job-check.js';
import { JobRecording } from './job-recording.js';
import { WorkerClient } from './rpc.js';
import { createSplit, splitBuffers } from './lane-split.js';
import type { GuestApi, GuestResult, HostApi, HostResult, ThreadConfig } from './thread-config.js';

/** Compiled entries of the two kinds of thread. */
const GUEST_ENTRY: URL = new URL('../../workers/guest.js', import.meta.url);
const HOST_ENTRY: URL = new URL('../../workers/host.js', import.meta.url);

/** The two threads of one queue, and what the main thread can see of them at any time. */
interface Lane {
  readonly guest: WorkerClient<GuestApi>;
  readonly host: WorkerClient<HostApi>;
  readonly guestCounters: SharedNumbers;
  readonly hostCounters: SharedNumbers;
  readonly histogram: Histogram;
  readonly split: SplitSink;
}

/** What is looked at besides. */
export interface MachineOptions {
  /** Write down the way of one request through the DMA code. */
  readonly explainsDma: boolean;
  /** Check what both sides of each ring do, while they do it. */
  readonly checked: boolean;
  /** Record what both sides of each ring do; null: do not. */
  readonly recording: RecordingChoice | null;
}

/** A guest and a host on their threads, with the memory between them. Lives for one job. */
export class Machine {
  readonly plan: JobPlan;
  readonly ram: SharedMemory;
  readonly window: DeviceWindow;
  readonly control: ControlBlock;
  readonly lanes: readonly Lane[];
  /** Page states and bounce pool; null for a guest that has neither DMA nor encryption. */
  readonly dma: DmaMemory | null;
  readonly explainsDma: boolean;
  /** Null: the job is not checked while it runs. */
  readonly check: JobCheck | null;
  /** Null: the job is not recorded. */
  readonly recording: JobRecording | null;
  private readonly windowMemory: SharedMemory = SharedMemory.ofSize(WINDOW_BYTES);
  private readonly disk: SharedMemory | null;
  private readonly dmaBuffers: DmaBuffers | null;

  constructor(plan: JobPlan, { explainsDma, checked, recording }: MachineOptions) {
    tuneEngine();
    this.plan = plan;
    this.explainsDma = explainsDma;
    this.check = checked ? jobCheck(plan) : null;
    this.recording = recording === null ? null : new JobRecording(recording, plan.queue.count);
    this.dmaBuffers = DmaMemory.create(plan);
    this.dma = this.dmaBuffers === null ? null : new DmaMemory(plan, this.dmaBuffers);
    this.ram = SharedMemory.ofSize(plan.memoryBytes);
    this.window = new DeviceWindow(this.windowMemory);
    this.control = ControlBlock.create();
    this.disk = makeDisk(plan);
    this.lanes = Array.from({ length: plan.queue.count }, (_, index) => ({
      guest: new WorkerClient<GuestApi>(new Worker(GUEST_ENTRY), `guest ${index}`),
      host: new WorkerClient<HostApi>(new Worker(HOST_ENTRY), `host ${index}`),
      guestCounters: newCounters(),
      hostCounters: newCounters(),
      histogram: Histogram.ofMaxNs(),
      split: createSplit(),
    }));
  }

  /** Settles when every thread is ready to be started. */
  async loaded(): Promise<void> {
    await Promise.all(this.lanes.flatMap(({ guest, host }) => [guest.loaded(), host.loaded()]));
  }

  startGuest(index: number): Promise<GuestResult> {
    const lane = this.lane(index);
    const config = this.config(index, lane.guestCounters, {
      watch: this.check?.watchGuest(index) ?? null,
      record: this.recording?.ofGuest(index) ?? null,
    });
    return lane.guest.call((guest) => guest.run(config));
  }

  startHost(index: number): Promise<HostResult> {
    const lane = this.lane(index);
    const config = this.config(index, lane.hostCounters, {
      watch: this.check?.watchHost(index) ?? null,
      record: this.recording?.ofHost(index) ?? null,
    });
    return lane.host.call((host) => host.run(config));
  }

  /** Tells the guest to stop in good order, or at once, and wakes whoever sleeps, so that it is heard. */
  stop(mode: number): void {
    this.control.raiseStop(mode);
    this.ringAll();
  }

  /** Tells the host that there is no guest any more. */
  stopHost(): void {
    this.control.stopHost();
    this.ringAll();
  }

  /** Ends all threads, whatever they are doing. */
  async terminate(): Promise<void> {
    this.stop(StopMode.abort);
    await Promise.all(this.lanes.flatMap((lane) => [lane.guest.terminate(), lane.host.terminate()]));
  }

  sumGuest(counter: number): number {
    return this.lanes.reduce((sum, lane) => sum + lane.guestCounters.get(counter), 0);
  }

  sumHost(counter: number): number {
    return this.lanes.reduce((sum, lane) => sum + lane.hostCounters.get(counter), 0);
  }

  private ringAll(): void {
    for (let index = 0; index < this.lanes.length; index++) {
      this.window.kickBell(index).ring();
      this.window.interruptBell(index).ring();
    }
  }

  private lane(index: number): Lane {
    const lane = this.lanes[index];
    assert(lane !== undefined, 'there is no queue %', index);
    return lane;
  }

  private config(
    index: number,
    counters: SharedNumbers,
    listeners: Pick<ThreadConfig, 'watch' | 'record'>,
  ): ThreadConfig {
    return {
      plan: this.plan,
      index,
      memory: this.ram.buffer,
      window: this.windowMemory.buffer,
      control: this.control.memory.buffer,
      counters: counters.buffer,
      histogram: this.lane(index).histogram.buffer,
      split: splitBuffers(this.lane(index).split),
      disk: this.disk?.buffer ?? null,
      dma: this.dmaBuffers,
      explainsDma: this.explainsDma && index === 0,
      ...listeners,
    };
  }
}

function jobCheck(plan: JobPlan): JobCheck {
  const { memoryBytes } = plan;
  return new JobCheck({ queues: plan.queue.count, tokenCount: Math.max(slotCount(plan), 1), memoryBytes });
}

/** The disk of a block device that keeps it in memory; null for all others. */
function makeDisk({ device, backend, seed }: JobPlan): SharedMemory | null {
  if (device !== 'blk' || backend.kind !== 'memory') return null;
  const disk = SharedMemory.ofSize(backend.sizeBytes);
  stampDisk(disk.words(0, backend.sizeBytes), seed);
  return disk;
}
