import { SECTOR_BYTES } from '../devices/blk.js';
import { errorToWire, VringError, type WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { BlkQueue } from '../guest/blk-queue.js';
import { readBlkLimits } from '../guest/blk-limits.js';
import { BlkSlots } from '../guest/blk-slots.js';
import { bringUpBlk, featureNames } from '../guest/bring-up.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { SharedNumbers } from '../memory/shared-numbers.js';
import { GuestCounter } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import { ExitChannel } from '../transport/exits.js';
import { Feature, FeatureSet } from '../transport/features.js';
import { MmioDriver } from '../transport/mmio-driver.js';
import { resetDevice, setDriverOk } from '../transport/negotiate.js';
import { InterruptCause, Status } from '../transport/status.js';
import { Waiter } from '../transport/waiter.js';
import { DeviceWindow } from '../transport/window.js';
import { IndirectTables } from '../virtqueue/indirect-tables.js';
import type { DriverQueue, QueueOptions } from '../virtqueue/queue.js';
import { SplitDriver } from '../virtqueue/split-driver.js';
import { splitLayout } from '../virtqueue/split-layout.js';
import { BlkRunner } from '../workload/blk-runner.js';
import { blkWork, type BlkWork, largestBlockBytes } from '../workload/blk-work.js';
import { Ledger } from '../workload/ledger.js';
import { ControlBlock, GuestPhase, StopMode } from './control-block.js';
import { slotCount, vcpuMemory, type VcpuMemory } from './guest-memory.js';
import type { GuestResult, ThreadConfig } from './thread-config.js';
import { WorkerFault } from './worker-fault.js';

/** One vCPU of the guest: brings the device up (the first one), drives its queue, and tells how it went. */
export class GuestThread {
  readonly #config: ThreadConfig;
  readonly #control: ControlBlock;
  readonly #ram: SharedMemory;
  readonly #window: DeviceWindow;
  readonly #transport: MmioDriver;
  readonly #memory: VcpuMemory;
  readonly #ledger: Ledger;
  readonly #failures: WireError[] = [];
  #features: FeatureSet = FeatureSet.empty;
  #serial = '';
  #blk: BlkQueue | null = null;
  #work: BlkWork | null = null;

  constructor(config: ThreadConfig) {
    this.#config = config;
    this.#control = new ControlBlock(config.control);
    this.#ram = new SharedMemory(config.memory);
    this.#window = new DeviceWindow(new SharedMemory(config.window));
    const exits = new ExitChannel(this.#window, config.index, () => this.#control.isAborted);
    this.#transport = new MmioDriver(this.#window, exits);
    this.#memory = vcpuMemory(config.plan, config.index);
    const counters = new SharedNumbers(config.counters);
    this.#ledger = new Ledger(counters, Histogram.attach(config.histogram));
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
    const { plan } = this.#config;
    const { size, startIndex } = plan.queue;
    const queues = Array.from({ length: plan.queue.count }, (_, vcpu) => ({
      addresses: vcpu === 0 ? this.#memory.ring : vcpuMemory(plan, vcpu).ring,
      size,
      startIndex,
    }));
    bringUpBlk(this.#transport, this.#ram, plan.queue.features, queues);
    setDriverOk(this.#transport);
    this.#control.setPhase(GuestPhase.live);
  }

  #drive(): void {
    const { plan, index } = this.#config;
    this.#features = this.#negotiated();
    const limits = readBlkLimits(this.#transport, this.#features);
    const queue = this.#makeQueue();
    const slots = new BlkSlots(this.#ram, this.#memory.allocator, slotCount(plan), largestBlockBytes(plan));
    const blk = new BlkQueue(this.#ram, queue, slots, limits, { merged: plan.workload.framing === 'merged' });
    this.#blk = blk;
    const interrupts = this.#transport.interrupts(index);
    if (index === 0) this.#serial = this.#askSerial(blk, queue);
    const work = blkWork(plan, index, slots, limits.capacitySectors * SECTOR_BYTES);
    this.#work = work;
    const fault = new WorkerFault(plan.fault, 'guest', index, this.#control);
    this.#control.startTogether(plan.queue.count);
    const runner = new BlkRunner(
      {
        blk,
        queue,
        waiter: new Waiter(interrupts.bell, plan.wait),
        interrupts,
        ...work.start(),
        ledger: this.#ledger,
        control: {
          stopRequested: () => this.#control.stopMode >= StopMode.drain,
          aborted: () => this.#control.isAborted,
          interrupted: (causes) => this.#checkDevice(causes),
          afterCompletion: (count) => {
            work.report(this.#ledger.counters);
            fault.check(count);
          },
        },
      },
      slotCount(plan),
    );
    runner.run();
  }

  #makeQueue(): DriverQueue<number> {
    const { queue } = this.#config.plan;
    const options: QueueOptions = {
      size: queue.size,
      startIndex: queue.startIndex,
      eventIdx: this.#features.has(Feature.eventIdx),
      indirect: this.#features.has(Feature.indirectDesc),
      inOrder: this.#features.has(Feature.inOrder),
    };
    const indirect = options.indirect
      ? { tables: new IndirectTables(this.#memory.allocator), directCount: queue.directCount }
      : null;
    const layout = splitLayout(queue.size, this.#memory.ring);
    return new SplitDriver(this.#ram, layout, options, this.#transport.kicker(this.#config.index), indirect);
  }

  /** One request before the run: who the device says it is. */
  #askSerial(blk: BlkQueue, queue: DriverQueue<number>): string {
    const interrupts = this.#transport.interrupts(0);
    blk.getId(0);
    queue.kick();
    for (;;) {
      const sequence = interrupts.bell.sequence();
      if (queue.enableCallbacks()) interrupts.bell.wait(sequence, Infinity);
      const causes = interrupts.pending();
      if (causes !== 0) {
        interrupts.acknowledge(causes);
        this.#checkDevice(causes);
      }
      if (blk.complete() === 0) break;
      if (this.#control.isAborted) return '';
    }
    return blk.status(0) === 0 ? blk.identity(0) : '';
  }

  #negotiated(): FeatureSet {
    return new FeatureSet([0, 1, 2, 3].map((select) => this.#window.negotiatedWord(select)));
  }

  #checkDevice(causes: number): void {
    if ((causes & InterruptCause.configChange) === 0) return;
    if ((this.#transport.readStatus() & Status.needsReset) === 0) return;
    throw new VringError(
      'DEVICE_NEEDS_RESET',
      'the device asks for a reset: it cannot go on',
      ExitCode.safety,
    );
  }

  /** When all vCPUs have ended, the first one resets the device; then what was never answered is taken back. */
  #cleanUp(): void {
    const { plan, index } = this.#config;
    this.#control.end();
    if (index === 0) {
      this.#control.waitUntilAllEnded(plan.queue.count);
      if (this.#control.isAborted) return;
      resetDevice(this.#transport);
      this.#control.announceReset();
    }
    if (!this.#control.waitUntilReset() || this.#blk === null) return;
    while (this.#blk.detach() !== -1) this.#ledger.counters.add(GuestCounter.detached, 1);
  }
}
