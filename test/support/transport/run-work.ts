import { expect } from 'vitest';
import { readBlkCapacity } from '../../../src/guest/blk-limits.js';
import { asksForReset } from '../../../src/guest/config-change.js';
import type { BlkQueue } from '../../../src/guest/blk-queue.js';
import type { Backend } from '../../../src/host/backend.js';
import type { JobPlan } from '../../../src/scenario/plan.js';
import { GuestCounter, newCounters } from '../../../src/stats/counters.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { SampledOrdinals } from '../../../src/stats/sampled-ordinals.js';
import { SPLIT_LEGS } from '../../../src/stats/split-legs.js';
import { SplitReader } from '../../../src/stats/split-reader.js';
import type { FeatureSet } from '../../../src/transport/features.js';
import { resetDevice, setDriverOk } from '../../../src/transport/negotiate.js';
import { Waiter } from '../../../src/transport/waiter.js';
import { epochOf } from '../../../src/transport/window.js';
import { BlkCopyWork } from '../../../src/workload/blk-copy-work.js';
import { BlkWork } from '../../../src/workload/blk-work.js';
import { Ledger } from '../../../src/workload/ledger.js';
import { Runner, type RunnerControl, type RunnerParts } from '../../../src/workload/runner.js';
import type { Work } from '../../../src/workload/work.js';
import { BlkMachine } from './blk-machine.js';
import { jobPlan, type PlanChanges } from './job-plan.js';
import type { Posted, QueueTap } from './queue-tap.js';

const TURNS_MAX = 5_000_000;

export interface WorkOptions extends PlanChanges {
  readonly disk?: Backend;
  /** What the driver gets to see of the offered features. */
  readonly offered?: ((all: FeatureSet) => FeatureSet) | undefined;
  readonly control?: Partial<RunnerControl>;
  /** When the driver sleeps, the host works until it has nothing left to do, and sleeps too. */
  readonly hostRunsDry?: boolean;
  /** What to do when the workload pauses because `control` asked for it. */
  readonly onPause?: (rig: WorkRig) => void;
  /** Parts that are not to be the plan's own. */
  readonly parts?: (usual: Pick<RunnerParts, 'source' | 'interrupts'>) => Partial<RunnerParts>;
}

/** A workload, and all there is to see of it afterwards. */
export class WorkRig {
  readonly plan: JobPlan;
  readonly machine: BlkMachine;
  readonly blk: BlkQueue;
  /** The one in use; the device may have needed a reset. */
  queue: QueueTap;
  /** Those in use before. */
  readonly oldQueues: QueueTap[] = [];
  /** What each of those still held, oldest first. */
  readonly takenBack: Posted[][] = [];
  readonly work: Work;
  readonly histogram: Histogram = Histogram.ofMaxNs();
  readonly ledger: Ledger = new Ledger(newCounters(), this.histogram);
  /** The parts of each latency: every request is sampled. */
  readonly legs: readonly Histogram[] = SPLIT_LEGS.map(() => Histogram.ofMaxNs());
  private readonly split: SplitReader;
  readonly runner: Runner;
  private readonly onPause: (rig: WorkRig) => void;

  constructor(options: WorkOptions = {}) {
    this.plan = jobPlan(options);
    this.onPause = options.onPause ?? (() => undefined);
    this.machine = new BlkMachine(this.plan, options.disk);
    const { driver } = this.machine;
    const all = driver.readDeviceFeatures.bind(driver);
    driver.readDeviceFeatures = () => options.offered?.(all()) ?? all();
    const { blk, queue } = this.machine.start();
    this.blk = blk;
    if (options.hostRunsDry === true) this.machine.guestMemory.whenAsleep(() => this.hostRunsDry());
    this.queue = queue;
    const capacityBytes = this.machine.offer.capacitySectors * 512;
    const { source } = this.plan.workload;
    this.work =
      source === null
        ? new BlkWork(this.plan, 0, blk, capacityBytes)
        : new BlkCopyWork(this.plan, blk, capacityBytes, source);
    const sink = { table: this.machine.splitTable, legs: this.legs };
    this.split = new SplitReader(sink, blk.slots.count, new SampledOrdinals(1));
    this.beginLife();
    const started = this.work.start();
    const interrupts = this.machine.driver.interrupts(0);
    this.runner = new Runner(
      {
        queue,
        interrupts,
        waiter: new Waiter(interrupts.bell, this.plan.wait),
        ledger: this.ledger,
        split: this.split,
        control: this.control(options.control ?? {}),
        ...started,
        ...options.parts?.({ ...started, interrupts }),
      },
      blk.slots.count,
    );
  }

  /** Runs to the end. */
  run(): this {
    for (let end = this.runner.run(); end !== 'done'; end = this.runner.run()) {
      if (end === 'needs-reset') this.recover();
      else this.onPause(this);
    }
    this.work.report(this.ledger.counters);
    this.work.close();
    return this;
  }

  count(counter: keyof typeof GuestCounter): number {
    return this.ledger.counters.get(GuestCounter[counter]);
  }

  private recover(): void {
    const { driver } = this.machine;
    resetDevice(driver);
    const { features } = this.machine.bringUp();
    setDriverOk(driver);
    this.newQueue(features);
  }

  /** In a pause: the ring is reset, and gets another size. */
  resize(size: number): void {
    this.machine.resetRing(size, this.features);
    this.newQueue(this.features);
  }

  private newQueue(features: FeatureSet): void {
    // The host is asleep again before anything is posted: it has to be woken.
    this.machine.hostRunsDry();
    this.oldQueues.push(this.queue);
    this.takenBack.push([...this.queue.inFlight.values()]);
    this.runner.takeBack();
    this.queue = this.machine.makeQueue(features);
    this.beginLife();
    this.work.rebind(this.queue);
    this.runner.restart(this.queue);
  }

  private beginLife(): void {
    this.split.begin(epochOf(this.machine.window.queueLive(0)));
  }

  private get features(): FeatureSet {
    return this.machine.hostQueue.negotiatedFeatures();
  }

  /** As a guest does it: a change of configuration may mean that the device cannot go on. */
  private needsReset(causes: number): boolean {
    const { driver } = this.machine;
    return asksForReset(driver, causes, () => this.blk.resize(readBlkCapacity(driver)));
  }

  private hostRunsDry(): boolean {
    const worked = this.machine.hostRuns();
    this.machine.hostRunsDry();
    return worked;
  }

  /** A driver that polls never sleeps: the host works whenever it is asked whether to go on. */
  private control(wanted: Partial<RunnerControl>): RunnerControl {
    let turns = 0;
    return {
      stopRequested: () => false,
      interrupted: (causes) => this.needsReset(causes),
      afterCompletion: () => undefined,
      pauseRequested: () => false,
      ...wanted,
      aborted: () => {
        expect(++turns, 'the workload comes to an end').toBeLessThan(TURNS_MAX);
        if (this.plan.wait.policy !== 'block') this.machine.hostRuns();
        return wanted.aborted?.() ?? false;
      },
    };
  }
}
