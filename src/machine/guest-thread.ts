import { commonNowNs } from '../clock.js';
import { errorToWire, LivenessError, type WireError } from '../errors.js';
import { featureNames } from '../guest/bring-up.js';
import { asksForReset } from '../guest/config-change.js';
import type { Allocator } from '../memory/allocator.js';
import type { Bell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import { GuestCounter } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import { SplitReader } from '../stats/split-reader.js';
import { TimeUse } from '../stats/time-use.js';
import { ExitChannel } from '../transport/exits.js';
import { FeatureSet } from '../transport/features.js';
import { driverTransport } from '../transport/kinds.js';
import { resetDevice, setDriverOk } from '../transport/negotiate.js';
import { queueOptions, ringLayout } from '../transport/ring-features.js';
import { InterruptCause } from '../transport/status.js';
import type { InterruptLine } from '../transport/transport.js';
import { Waiter } from '../transport/waiter.js';
import { DeviceWindow, epochOf } from '../transport/window.js';
import { DmaDriver } from '../virtqueue/dma-driver.js';
import { IndirectTables } from '../virtqueue/indirect-tables.js';
import { driverQueue } from '../virtqueue/layouts.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { Ledger } from '../workload/ledger.js';
import { lifecycleSchedule } from '../workload/lifecycle-schedule.js';
import { Runner, type RunnerControl } from '../workload/runner.js';
import { Stream, type Work } from '../workload/work.js';
import { ControlBlock, GuestPhase, StopMode } from './control-block.js';
import { DmaExplanation } from './dma-explanation.js';
import { DmaMemory } from './dma-memory.js';
import { dmaInUse } from './device-access.js';
import { type GuestDevice, guestDevice, type VcpuParts } from './guest-device.js';
import { GuestDma } from './guest-dma.js';
import { GuestLifecycle, type GuestLifecycleParts, needsReset, reinitialise } from './guest-lifecycle.js';
import { slotCount, vcpuMemory } from './guest-memory.js';
import { GuestRings } from './guest-rings.js';
import { attachSplit } from './lane-split.js';
import type { GuestResult, ThreadConfig } from './thread-config.js';
import { ThreadRecord } from './thread-record.js';
import { ThreadWatch } from './thread-watch.js';
import { WorkerFault } from './worker-fault.js';

/** One vCPU of the guest: brings the device up (the first one), drives its queue, and tells how it went. */
export class GuestThread {
  private readonly config: ThreadConfig;
  private readonly device: GuestDevice;
  private readonly parts: VcpuParts;
  private readonly control: ControlBlock;
  private readonly window: DeviceWindow;
  private readonly interrupts: InterruptLine;
  private readonly ledger: Ledger;
  private readonly split: SplitReader;
  private readonly rings: GuestRings;
  private readonly lifecycleParts: GuestLifecycleParts;
  private readonly failures: WireError[] = [];
  private readonly explanation: DmaExplanation | null;
  private readonly fault: WorkerFault;
  private readonly watch: ThreadWatch | null;
  private readonly record: ThreadRecord | null;
  /** What this vCPU sleeps on. */
  private readonly bell: Bell;
  private features: FeatureSet = FeatureSet.empty;
  private serial = '';
  private ringBytes: GuestResult['rings'] = null;
  private runner: Runner | null = null;
  private work: Work | null = null;
  private configChanged: () => void = () => undefined;

  constructor(config: ThreadConfig) {
    const { plan, index } = config;
    this.config = config;
    this.device = guestDevice(plan);
    this.control = new ControlBlock(config.control);
    this.window = new DeviceWindow(new SharedMemory(config.window));
    this.fault = new WorkerFault(plan.fault, 'guest', index, this.control, () =>
      this.ledger.counters.set(GuestCounter.faultAtNs, commonNowNs()),
    );
    const exits = new ExitChannel(this.window, index, () => this.control.isAborted);
    this.watch = ThreadWatch.of(config);
    this.record = ThreadRecord.of(config);
    const ram = new SharedMemory(config.memory);
    const port = this.watch?.port(ram, 'driver') ?? ram;
    const memory = vcpuMemory(plan, index);
    this.explanation = config.explainsDma ? new DmaExplanation() : null;
    this.parts = {
      plan,
      index,
      port,
      memory,
      transport: driverTransport(plan.transport, this.window, exits),
      dma: this.makeDma(port, memory.allocator),
    };
    this.interrupts = this.parts.transport.interrupts(index);
    const bell = this.watch?.bell(this.interrupts.bell) ?? this.interrupts.bell;
    this.bell = this.record?.bell(bell) ?? bell;
    this.ledger = new Ledger(new SharedNumbers(config.counters), Histogram.attach(config.histogram));
    this.split = new SplitReader(attachSplit(config.split), slotCount(plan));
    this.rings = new GuestRings(plan, this.parts.port, this.control);
    this.lifecycleParts = {
      vcpu: this.parts,
      device: this.device,
      control: this.control,
      window: this.window,
      rings: this.rings,
      counters: this.ledger.counters,
    };
  }

  run(): GuestResult {
    this.guard(() => {
      if (this.config.index === 0) this.bringUp();
      if (this.control.waitUntilLive()) this.drive();
    });
    this.guard(() => this.cleanUp());
    this.work?.close();
    this.parts.dma?.report(this.ledger.counters);
    return {
      failures: this.failures,
      digest: this.ledger.digest,
      errorsByKind: this.ledger.errorsByKind,
      mismatchSamples: this.work?.mismatchSamples ?? [],
      sha256: this.work?.sha256(this.ledger) ?? null,
      serial: this.serial,
      features: featureNames(this.features),
      dmaSteps: this.explanation?.steps ?? [],
      rings: this.ringBytes,
    };
  }

  /** Runs a step; what it throws is part of the result, and what was done before is still reported. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.failures.push(errorToWire(error));
      // The others must not wait for this one; the main thread decides what becomes of the run.
      if (this.control.phase === GuestPhase.settingUp) this.control.setPhase(GuestPhase.failed);
      this.control.raiseStop(StopMode.drain);
    }
  }

  private makeDma(ram: MemoryPort, allocator: Allocator): GuestDma | null {
    const { plan, index, dma } = this.config;
    if (plan.dma === null || dma === null) return null;
    const trace = this.explanation?.trace ?? null;
    const memory = new DmaMemory(plan, dma);
    return new GuestDma({ plan, vcpu: index, ram, allocator, memory, trace }, plan.dma);
  }

  private bringUp(): void {
    const { dma } = this.parts;
    dma?.boot();
    this.device.bringUp(this.parts, (features) => {
      const api = dmaInUse(this.parts.dma, features);
      const allocate = (): void => this.rings.prepare(api);
      if (this.explanation === null) allocate();
      else this.explanation.ringAllocation(this.parts.plan, api !== null, allocate);
      return this.rings.all();
    });
    setDriverOk(this.parts.transport);
    this.control.setPhase(GuestPhase.live);
  }

  private drive(): void {
    const { plan } = this.config;
    this.features = this.negotiated();
    // Kept over resets: tables that were in use come back from the old queue's buffers.
    const tables = new IndirectTables(
      this.parts.memory.allocator,
      dmaInUse(this.parts.dma, this.features) ?? this.explanation?.withoutDma ?? null,
      this.explanation?.trace ?? null,
    );
    const queue = this.makeQueue(tables);
    const kickAndWait = (isAnswered: () => boolean): void => this.kickAndWait(queue, isAnswered);
    const { work, serial, configChanged } = this.device.prepare(this.parts, {
      queue,
      features: this.features,
      kickAndWait,
    });
    this.work = work;
    this.serial = serial;
    this.configChanged = configChanged;
    this.control.startTogether(plan.queue.count);
    this.explanation?.begin();
    const lifecycle = this.makeLifecycle();
    const runner = new Runner(
      {
        queue,
        waiter: new Waiter(this.bell, plan.wait),
        interrupts: this.interrupts,
        ...work.start(),
        ledger: this.ledger,
        control: this.runnerControl(work, lifecycle, this.fault),
        timeUse: new TimeUse(this.ledger.counters),
        split: this.split,
      },
      slotCount(plan),
    );
    this.runner = runner;
    const owner = {
      takeBack: (): void => runner.takeBack(),
      goOn: (): void => {
        const next = this.makeQueue(tables);
        work.rebind(next);
        configChanged();
        runner.restart(next);
      },
    };
    for (let end = runner.run(); end !== 'done'; end = runner.run())
      lifecycle.pause(end, this.features, owner);
  }

  private runnerControl(work: Work, lifecycle: GuestLifecycle, fault: WorkerFault): RunnerControl {
    return {
      stopRequested: () => this.control.stopMode >= StopMode.drain,
      aborted: () => this.control.isAborted,
      interrupted: (causes) => this.mustReset(causes),
      pauseRequested: () => lifecycle.pauseRequested(),
      afterCompletion: (count) => {
        work.report(this.ledger.counters);
        this.parts.dma?.report(this.ledger.counters);
        lifecycle.completed(count);
        fault.check(count);
      },
    };
  }

  private makeLifecycle(): GuestLifecycle {
    const { plan, index } = this.config;
    const rng = new Rng(plan.seed).fork(index).fork(Stream.lifecycle);
    return new GuestLifecycle(this.lifecycleParts, lifecycleSchedule(plan, index, rng));
  }

  private makeQueue(tables: IndirectTables): DriverQueue<number> {
    const { plan, port, transport, index } = this.parts;
    const { addresses, size, startIndex } = this.rings.at(index);
    const options = queueOptions(this.features, size, startIndex);
    const indirect = options.indirect ? { tables, directCount: plan.queue.directCount } : null;
    const layout = ringLayout(this.features);
    const kicker = this.fault.lossy(transport.kicker(index, this.features));
    const ringPort = this.record?.ringPort(port, addresses) ?? port;
    const ringEnd = driverQueue<number>(layout, ringPort, addresses, options, kicker, indirect);
    const queue = this.mapped(this.watch?.ownedDriver(ringEnd) ?? ringEnd);
    const life = { queue: index, life: epochOf(this.window.queueLive(index)), layout, options };
    this.split.begin(life.life);
    const watched = this.watch?.driver(queue, life) ?? queue;
    return this.record?.driver(watched, life) ?? watched;
  }

  private mapped(queue: DriverQueue<number>): DriverQueue<number> {
    const dma = dmaInUse(this.parts.dma, this.features);
    if (this.explanation !== null) return this.explanation.explained(queue, dma);
    return dma === null ? queue : new DmaDriver(queue, dma);
  }

  /**
   * Kicks, and sleeps between looks at whether the answer is there. Throws when the machine is stopped, or the device
   * cannot go on, instead of waiting for ever.
   */
  private kickAndWait(queue: DriverQueue<number>, isAnswered: () => boolean): void {
    const line = this.interrupts;
    this.ledger.counters.add(GuestCounter.asides, 1);
    this.split.postedAside();
    queue.kick();
    while (!isAnswered()) {
      const sequence = this.bell.sequence();
      if (this.control.isAborted)
        throw new LivenessError('ABORTED', 'the machine was stopped before it began');
      const configChange = line.pending() & InterruptCause.configChange;
      if (configChange === 0 && queue.enableCallbacks()) this.bell.wait(sequence, Infinity);
      line.acknowledge(configChange);
      if (this.mustReset(configChange)) throw needsReset();
    }
    this.ledger.counters.add(GuestCounter.asidesAnswered, 1);
    // 4.2.3.4: when what it stood for has been taken (N0394).
    line.acknowledge(line.pending() & InterruptCause.usedBuffer);
  }

  private negotiated(): FeatureSet {
    return new FeatureSet([0, 1, 2, 3].map((select) => this.window.negotiatedWord(select)));
  }

  /**
   * Whether the device asks for a reset. When the run is coming to its end anyway, because the driver broke the
   * protocol or somebody stopped it, there is nothing to go on with.
   */
  private mustReset(causes: number): boolean {
    if (!asksForReset(this.parts.transport, causes, this.configChanged)) return false;
    if (this.control.stopMode >= StopMode.drain) throw needsReset();
    return true;
  }

  /** When all vCPUs have ended, the first one resets the device; then what was never answered is taken back. */
  private cleanUp(): void {
    const { plan, index } = this.config;
    this.control.end();
    if (index === 0) {
      this.waitUntilAllEnded(plan.queue.count);
      if (this.control.isAborted) return;
      resetDevice(this.parts.transport);
      this.releaseRings();
      this.control.announceReset();
    }
    if (!this.control.waitUntilReset() || this.runner === null) return;
    this.ledger.counters.add(GuestCounter.detached, this.runner.abandon());
    // After a failure something is left for sure, and it is not the cause.
    if (this.failures.length === 0) this.parts.dma?.checkEnded();
  }

  /** All rings are at rest, so one vCPU can look after all of them; what is behind them goes back to where it was. */
  private releaseRings(): void {
    if (this.runner === null) return;
    if (this.record !== null) {
      const memory = new SharedMemory(this.config.memory);
      this.ringBytes = this.rings.bytes(memory, ringLayout(this.features));
    }
    for (let queue = 0; queue < this.parts.plan.queue.count; queue++) this.rings.check(queue);
    this.rings.release(dmaInUse(this.parts.dma, this.features));
  }

  /** The others may need the device once more. When they cannot have it, they must not wait for it either. */
  private waitUntilAllEnded(count: number): void {
    try {
      this.control.waitUntilAllEnded(count, () => {
        reinitialise(this.lifecycleParts, true);
        this.control.resume();
      });
    } catch (error) {
      this.control.raiseStop(StopMode.abort);
      throw error;
    }
  }
}
