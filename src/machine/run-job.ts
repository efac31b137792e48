import { commonNowNs, nowMs } from '../clock.js';
import { errorToWire, ScenarioError, type WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { openBackend } from '../host/open-backend.js';
import { Rng } from '../rng.js';
import type { Recording, RecordingChoice } from '../recording/recording.js';
import type { JobPlan } from '../scenario/plan.js';
import { Histogram, type HistogramData } from '../stats/histogram.js';
import { collect } from './collect.js';
import { StopMode } from './control-block.js';
import { faultMarks } from './fault-marks.js';
import { memoryShortfall } from './guest-memory.js';
import { DRAIN_MS } from './job-check.js';
import type { JobProgress, JobReport } from './job-report.js';
import type { JobSeries } from './job-series.js';
import { Machine } from './machine.js';
import { jobProgress } from './progress.js';
import { SeriesSampler } from './series-sampler.js';
import { StallDetector } from './stall.js';
import type { GuestResult, HostResult } from './thread-config.js';

/** How often the main thread looks at the counters. */
const TICK_MS = 100;

/** How long threads that were told to end get to do so and to report; then they are ended. */
const GRACE_MS = 700;

export interface JobHooks {
  readonly onProgress?: (progress: JobProgress) => void;
  /** Aborted: the job ends in good order, with the verdict `interrupted`. */
  readonly signal?: AbortSignal;
  /** Looks at the figures so far; a reason ends the job early, in good order. */
  readonly shouldAbort?: (partial: JobReport) => string | null;
  /** Gets what a report has no room for, once, at the end. Without it, nothing is sampled. */
  readonly onRecord?: (record: JobRecord) => void;
  /** The report is to have the way that one request took through the DMA code. */
  readonly explainsDma?: boolean;
  /** Check what both sides of each ring do, while they do it. */
  readonly checked?: boolean;
  /** Record what both sides of each ring do, for {@link JobHooks.onRecord}. */
  readonly recording?: RecordingChoice | null;
}

/** What is kept of a job besides its report. */
export interface JobRecord {
  readonly job: string;
  /** Latencies of all threads together, in nanoseconds. */
  readonly latency: HistogramData;
  readonly series: JobSeries;
  /** Null: nobody asked for one. */
  readonly recording: Recording | null;
}

/** Runs one job from the first register access to the last thread's end. A broken run is a report, not an exception. */
export async function runJob(plan: JobPlan, hooks: JobHooks = {}): Promise<JobReport> {
  checkPlan(plan);
  const options = {
    explainsDma: hooks.explainsDma === true,
    checked: hooks.checked === true,
    recording: hooks.recording ?? null,
  };
  const run = new JobRun(new Machine(plan, options), hooks);
  return run.toEnd();
}

/** What can be told before any thread exists; throws the user's errors. */
function checkPlan(plan: JobPlan): void {
  const shortfall = memoryShortfall(plan);
  if (shortfall !== null) throw new ScenarioError('MEMORY_SIZE', `${plan.name}: ${shortfall}`);
  if (plan.device === 'blk' && plan.backend.kind === 'file')
    openBackend(plan.backend, null, new Rng(plan.seed)).close();
}

/** One job while it runs: starts the threads, watches them, ends them. */
class JobRun {
  private readonly machine: Machine;
  private readonly hooks: JobHooks;
  private readonly startMs: number = nowMs();
  private readonly startCommonNs: number = commonNowNs();
  /** Null: the threads are still being loaded, which is nothing that a driver or a device could be blamed for. */
  private stall: StallDetector | null = null;
  private readonly guests: GuestResult[] = [];
  private readonly hosts: HostResult[] = [];
  private readonly failures: WireError[] = [];
  /** Null: nobody wants to know. */
  private readonly series: SeriesSampler | null;
  private interrupted = false;
  /** Settles when the run cannot go on: a thread died, or nothing moves. */
  private giveUp: (error: unknown) => void = () => undefined;

  constructor(machine: Machine, hooks: JobHooks) {
    this.machine = machine;
    this.hooks = hooks;
    this.series = hooks.onRecord === undefined ? null : new SeriesSampler(machine);
  }

  async toEnd(): Promise<JobReport> {
    const ticker = setInterval(() => this.tick(), TICK_MS);
    const reader = this.machine.check === null ? null : setInterval(() => this.readEvents(), DRAIN_MS);
    const interrupt = (): void => this.interrupt();
    this.hooks.signal?.addEventListener('abort', interrupt);
    if (this.hooks.signal?.aborted === true) interrupt();
    try {
      await this.threads();
    } finally {
      clearInterval(ticker);
      this.hooks.signal?.removeEventListener('abort', interrupt);
      await this.machine.terminate();
      if (reader !== null) clearInterval(reader);
    }
    this.machine.check?.end(!this.hasFailed);
    this.failures.push(...this.leftBehind());
    this.record();
    return this.report();
  }

  /** What all threads together left behind in guest memory; where something failed before, that is no wonder. */
  private leftBehind(): WireError[] {
    const machine = this.machine;
    if (this.hasFailed) return [];
    try {
      machine.dma?.checkEnd(machine.ram);
      return [];
    } catch (error) {
      return [errorToWire(error)];
    }
  }

  private get hasFailed(): boolean {
    if (this.failures.length > 0) return true;
    return [...this.guests, ...this.hosts].some((result) => result?.failures.length !== 0);
  }

  private async threads(): Promise<void> {
    const broken = new Promise<never>((_, reject) => {
      this.giveUp = reject;
    });
    // Nobody may be waiting for it yet when it happens.
    broken.catch(() => undefined);
    const { machine } = this;
    const threads: Promise<void>[] = [];
    try {
      await Promise.race([machine.loaded(), broken]);
      this.stall = new StallDetector(machine, nowMs());
      const hosts = machine.lanes.map((_, i) => this.keep(this.hosts, i, machine.startHost(i)));
      const guests = machine.lanes.map((_, i) => this.keep(this.guests, i, machine.startGuest(i)));
      threads.push(...hosts, ...guests);
      // A host that ends badly ends the run, even while all guests wait for it.
      for (const thread of threads) thread.catch((error: unknown) => this.giveUp(error));
      await Promise.race([Promise.all(guests), broken]);
      machine.stopHost();
      await Promise.race([Promise.all(hosts), broken]);
    } catch (error) {
      this.failures.push(errorToWire(error));
      machine.stop(StopMode.abort);
      await Promise.race([Promise.allSettled(threads), delay(GRACE_MS)]);
    }
  }

  /** Stores a thread's result; a guest that failed tells the others, who may be asleep, to come to an end. */
  private async keep<T extends GuestResult | HostResult>(
    results: T[],
    index: number,
    result: Promise<T>,
  ): Promise<void> {
    const value = await result;
    results[index] = value;
    if (value.failures.length > 0) this.machine.stop(StopMode.drain);
  }

  private tick(): void {
    const now = nowMs();
    const stalled = this.stall?.check(now) ?? null;
    if (stalled !== null) this.giveUp(stalled);
    this.series?.look(now - this.startMs);
    this.hooks.onProgress?.(jobProgress(this.machine, now - this.startMs, this.violationCount()));
    const reason = this.hooks.shouldAbort?.(this.report()) ?? null;
    if (reason !== null) this.machine.stop(StopMode.drain);
  }

  /** Ends a job whose rings are used wrongly: what follows from that is not worth waiting for. */
  private readEvents(): void {
    const wrong = this.machine.check?.drain() ?? null;
    if (wrong !== null && this.machine.control.stopMode === StopMode.run) this.machine.stop(StopMode.drain);
  }

  /** What the checkers have found, and what threads said that broke off. */
  private violationCount(): number {
    const said = [...this.guests, ...this.hosts].flatMap((result) => result?.failures ?? []);
    const failures = [...said, ...(this.machine.check?.failures ?? [])];
    return failures.filter(({ exitCode }) => exitCode === ExitCode.safety).length;
  }

  private record(): void {
    if (this.series === null) return;
    const { plan, lanes } = this.machine;
    const faults = faultMarks(plan, this.machine, this.startCommonNs);
    const ringEntries = plan.queue.size * plan.queue.count;
    const series = this.series.end(plan.name, ringEntries, nowMs() - this.startMs, faults);
    const latency = Histogram.merge(lanes.map((lane) => lane.histogram)).toData();
    const recording = this.machine.recording?.end(this.machine, this.guests[0]?.rings ?? null) ?? null;
    this.hooks.onRecord?.({ job: plan.name, latency, series, recording });
  }

  private interrupt(): void {
    this.interrupted = true;
    this.machine.stop(StopMode.drain);
  }

  private report(): JobReport {
    const present = <T>(results: readonly T[]): T[] => results.filter((result) => result !== undefined);
    return collect(this.machine, {
      guests: present(this.guests),
      hosts: present(this.hosts),
      failures: this.failures,
      interrupted: this.interrupted,
    });
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
