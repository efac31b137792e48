import { errorToWire, LivenessError, VringError, type WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { featureNames } from '../guest/bring-up.js';
import { asksForReset } from '../guest/config-change.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { SharedNumbers } from '../memory/shared-numbers.js';
import { GuestCounter } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import { ExitChannel } from '../transport/exits.js';
import { FeatureSet } from '../transport/features.js';
import { driverTransport } from '../transport/kinds.js';
import { resetDevice, setDriverOk } from '../transport/negotiate.js';
import { queueOptions, ringLayout } from '../transport/ring-features.js';
import { InterruptCause } from '../transport/status.js';
import type { InterruptLine } from '../transport/transport.js';
import { Waiter } from '../transport/waiter.js';
import { DeviceWindow } from '../transport/window.js';
import { IndirectTables } from '../virtqueue/indirect-tables.js';
import { driverQueue } from '../virtqueue/layouts.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { Ledger } from '../workload/ledger.js';
import { Runner } from '../workload/runner.js';
import type { Work } from '../workload/work.js';
import { ControlBlock, GuestPhase, StopMode } from './control-block.js';
import { type GuestDevice, guestDevice, type VcpuParts } from './guest-device.js';
import { slotCount, vcpuMemory } from './guest-memory.js';
import type { GuestResult, ThreadConfig } from './thread-config.js';
import { WorkerFault } from './worker-fault.js';

/** One vCPU of the guest: brings the device up (the first one), drives its queue, and tells how it went. */
export class GuestThread {
  readonly #config: ThreadConfig;
  readonly #device: GuestDevice;
  readonly #parts: VcpuParts;
  readonly #control: ControlBlock;
  readonly #window: DeviceWindow;
  readonly #interrupts: InterruptLine;
  readonly #ledger: Ledger;
  readonly #failures: WireError[] = [];
  #features: FeatureSet = FeatureSet.empty;
  #serial = '';
  #queue: DriverQueue<number> | null = null;
  #work: Work | null = null;
  #configChanged: () => void = () => undefined;

  constructor(config: ThreadConfig) {
    const { plan, index } = config;
    this.#config = config;
    this.#device = guestDevice(plan);
    this.#control = new ControlBlock(config.control);
    this.#window = new DeviceWindow(new SharedMemory(config.window));
    const exits = new ExitChannel(this.#window, index, () => this.#control.isAborted);
    this.#parts = {
      plan,
      index,
      port: new SharedMemory(config.memory),
      memory: vcpuMemory(plan, index),
      transport: driverTransport(plan.transport, this.#window, exits),
    };
    this.#interrupts = this.#parts.transport.interrupts(index);
    this.#ledger = new Ledger(new SharedNumbers(config.counters), Histogram.attach(config.histogram));
  }

  run(): GuestResult {
    this.#guard(() => {
      if (this.#config.index === 0) this.#bringUp();
      if (this.#control.waitUntilLive()) this.#drive();
    });
    this.#guard(() => this.#cleanUp());
    this.#work?.close();
    return {
      failures: this.#failures,
      digest: this.#ledger.digest,
      errorsByKind: this.#ledger.errorsByKind,
      mismatchSamples: this.#work?.mismatchSamples ?? [],
      sha256: this.#work?.sha256(this.#ledger) ?? null,
      serial: this.#serial,
      features: featureNames(this.#features),
    };
  }

  /** Runs a step; what it throws is part of the result, and what was done before is still reported. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failures.push(errorToWire(error));
      // The others must not wait for this one; the main thread decides what becomes of the run.
      if (this.#control.phase === GuestPhase.settingUp) this.#control.setPhase(GuestPhase.failed);
      this.#control.raiseStop(StopMode.drain);
    }
  }

  #bringUp(): void {
    this.#device.bringUp(this.#parts);
    setDriverOk(this.#parts.transport);
    this.#control.setPhase(GuestPhase.live);
  }

  #drive(): void {
    const { plan, index } = this.#config;
    this.#features = this.#negotiated();
    // Kept over a recovery: tables that were in use come back from the old queue's buffers.
    const tables = new IndirectTables(this.#parts.memory.allocator);
    let queue = this.#makeQueue(tables);
    this.#queue = queue;
    const kickAndWait = (isAnswered: () => boolean): void => this.#kickAndWait(queue, isAnswered);
    const { work, serial, configChanged } = this.#device.prepare(this.#parts, {
      queue,
      features: this.#features,
      kickAndWait,
    });
    this.#work = work;
    this.#serial = serial;
    this.#configChanged = configChanged;
    const fault = new WorkerFault(plan.fault, 'guest', index, this.#control);
    this.#control.startTogether(plan.queue.count);
    const runner = new Runner(
      {
        queue,
        waiter: new Waiter(this.#interrupts.bell, plan.wait),
        interrupts: this.#interrupts,
        ...work.start(),
        ledger: this.#ledger,
        control: {
          stopRequested: () => this.#control.stopMode >= StopMode.drain,
          aborted: () => this.#control.isAborted,
          interrupted: (causes) => this.#mustReset(causes),
          afterCompletion: (count) => {
            work.report(this.#ledger.counters);
            fault.check(count);
          },
        },
      },
      slotCount(plan),
    );
    while (runner.run() === 'needs-reset') {
      this.#recoverTogether();
      // Not before the reset: until then the buffers are the device's (3.3, N0240).
      this.#takeBack(queue);
      queue = this.#makeQueue(tables);
      this.#queue = queue;
      work.rebind(queue);
      configChanged();
      runner.restart(queue);
    }
  }

  /** Whatever is in the ring of a stopped device is forgotten; its requests are still in their slots. */
  #takeBack(queue: DriverQueue<number>): void {
    while (queue.detachUnused() !== undefined);
  }

  #recoverTogether(): void {
    const { plan, index } = this.#config;
    const recover = index === 0 ? (): void => this.#reinitialise() : null;
    this.#control.recoverTogether(plan.queue.count, recover);
  }

  /** The whole initialisation once more (2.1.2, 3.1.1); all queues are enabled again, empty. */
  #reinitialise(): void {
    this.#device.bringUp(this.#parts);
    setDriverOk(this.#parts.transport);
    this.#control.announceRecovery();
  }

  #makeQueue(tables: IndirectTables): DriverQueue<number> {
    const { plan, port, memory, transport, index } = this.#parts;
    const options = queueOptions(this.#features, plan.queue.size, plan.queue.startIndex);
    const indirect = options.indirect ? { tables, directCount: plan.queue.directCount } : null;
    return driverQueue(
      ringLayout(this.#features),
      port,
      memory.ring,
      options,
      transport.kicker(index, this.#features),
      indirect,
    );
  }

  /**
   * Kicks, and sleeps between looks at whether the answer is there. Throws when the machine is stopped, or the device
   * cannot go on, instead of waiting for ever.
   */
  #kickAndWait(queue: DriverQueue<number>, isAnswered: () => boolean): void {
    const line = this.#interrupts;
    queue.kick();
    while (!isAnswered()) {
      const sequence = line.bell.sequence();
      if (this.#control.isAborted)
        throw new LivenessError('ABORTED', 'the machine was stopped before it began');
      const configChange = line.pending() & InterruptCause.configChange;
      if (configChange === 0 && queue.enableCallbacks()) line.bell.wait(sequence, Infinity);
      line.acknowledge(configChange);
      if (this.#mustReset(configChange)) throw needsReset();
    }
    // 4.2.3.4: when what it stood for has been taken (N0394).
    line.acknowledge(line.pending() & InterruptCause.usedBuffer);
  }

  #negotiated(): FeatureSet {
    return new FeatureSet([0, 1, 2, 3].map((select) => this.#window.negotiatedWord(select)));
  }

  /**
   * Whether the device asks for a reset. When the run is coming to its end anyway, because the driver broke the
   * protocol or somebody stopped it, there is nothing to go on with.
   */
  #mustReset(causes: number): boolean {
    if (!asksForReset(this.#parts.transport, causes, this.#configChanged)) return false;
    if (this.#control.stopMode >= StopMode.drain) throw needsReset();
    return true;
  }

  /** When all vCPUs have ended, the first one resets the device; then what was never answered is taken back. */
  #cleanUp(): void {
    const { plan, index } = this.#config;
    this.#control.end();
    if (index === 0) {
      this.#control.waitUntilAllEnded(plan.queue.count, () => this.#reinitialise());
      if (this.#control.isAborted) return;
      resetDevice(this.#parts.transport);
      this.#control.announceReset();
    }
    if (!this.#control.waitUntilReset() || this.#queue === null) return;
    while (this.#queue.detachUnused() !== undefined) this.#ledger.counters.add(GuestCounter.detached, 1);
  }
}

function needsReset(): VringError {
  const message = 'the device asks for a reset: it cannot go on';
  return new VringError('DEVICE_NEEDS_RESET', message, ExitCode.safety);
}
