import { commonNowNs } from '../clock.js';
import { errorToWire, ProtocolViolation, type WireError } from '../errors.js';
import { BlkHostDevice } from '../host/blk-host-device.js';
import type { HostDevice } from '../host/device.js';
import { QueueServer, type QueueServerSetup } from '../host/queue-server.js';
import { RngHostDevice } from '../host/rng-host-device.js';
import { HostView } from '../dma/host-view.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { HostCounter } from '../stats/counters.js';
import { SplitTable } from '../stats/split-table.js';
import { SplitWriter } from '../stats/split-writer.js';
import { TimeUse } from '../stats/time-use.js';
import { type DeviceRegisters, ExitServer } from '../transport/exits.js';
import { HostQueue } from '../transport/host-queue.js';
import { deviceRegisters } from '../transport/kinds.js';
import { offeredRingFeatures } from '../transport/ring-features.js';
import { type Armable, Waiter } from '../transport/waiter.js';
import { DeviceWindow } from '../transport/window.js';
import { MAX_QUEUE_SIZE } from '../virtqueue/split-layout.js';
import { ControlBlock, StopMode } from './control-block.js';
import { DmaMemory } from './dma-memory.js';
import { explainPrivateAccess } from './private-access.js';
import type { HostResult, ThreadConfig } from './thread-config.js';
import { ThreadRecord } from './thread-record.js';
import { ThreadWatch } from './thread-watch.js';
import { WorkerFault } from './worker-fault.js';

/** Label of the entropy device's random stream, apart from the guest's. */
const Stream = { rng: 0x500 } as const;

/** The registers, on the thread that serves them. */
interface Registers {
  readonly device: DeviceRegisters;
  readonly exits: ExitServer;
}

/** One I/O thread of the host: serves its queue, and the first one also the device's registers. */
export class HostThread implements Armable {
  private readonly plan: JobPlan;
  private readonly control: ControlBlock;
  /** Guest memory as this host can see it. */
  private readonly ram: MemoryPort;
  /** Null: it sees all of it. */
  private readonly view: HostView | null;
  private readonly server: QueueServer;
  private readonly registers: Registers | null;
  private readonly device: HostDevice;
  private readonly counters: SharedNumbers;
  private readonly timeUse: TimeUse;
  private readonly waiter: Waiter;
  private readonly fault: WorkerFault;
  private readonly failures: WireError[] = [];
  private readonly window: DeviceWindow;
  /** There was an access to a register since a sleep ended with nothing to do. */
  private wasAccessed = false;

  constructor(config: ThreadConfig) {
    const { plan, index } = config;
    this.plan = plan;
    this.control = new ControlBlock(config.control);
    const ram = reachableMemory(config);
    this.view = hostView(config, ram);
    this.ram = this.view ?? ram;
    const window = new DeviceWindow(new SharedMemory(config.window));
    this.window = window;
    const hostQueue = new HostQueue(window, index, plan.queue.count);
    this.counters = new SharedNumbers(config.counters);
    this.timeUse = new TimeUse(this.counters);
    const split = new SplitWriter(SplitTable.attach(config.split.table), plan.service.window);
    const meters = { timeUse: this.timeUse, split };
    const watch = ThreadWatch.of(config);
    const record = ThreadRecord.of(config);
    this.device = makeDevice(config, watch?.port(this.ram, 'device') ?? this.ram);
    this.fault = new WorkerFault(plan.fault, 'host', index, this.control, () =>
      this.counters.set(HostCounter.faultAtNs, commonNowNs()),
    );
    this.server = new QueueServer({
      port: this.ram,
      hostQueue,
      interrupter: this.fault.lossy(hostQueue.interrupter),
      startIndex: plan.queue.startIndex,
      serve: (queue, features, life) => {
        meters.split.begin(life);
        return this.device.serve(queue, features, meters);
      },
      recordPort: record === null ? null : (at) => record.ringPort(this.ram, at),
      watch: watchRing(index, watch, record),
    });
    this.registers = index === 0 ? this.makeRegisters(window) : null;
    const bell = watch?.bell(hostQueue.bell) ?? hostQueue.bell;
    this.waiter = new Waiter(record?.bell(bell) ?? bell, plan.wait);
  }

  run(): HostResult {
    let isWoken = false;
    while (!this.control.isHostStopped && !this.control.isAborted) {
      this.timeUse.begin();
      const worked = this.turn();
      this.timeUse.spent(HostCounter.ringNs);
      if (worked) {
        this.waiter.busy();
        isWoken = false;
        continue;
      }
      if (isWoken && this.isForNothing()) this.counters.add(HostCounter.spuriousKicks, 1);
      isWoken = this.waiter.idle(this);
      this.timeUse.spent(HostCounter.waitingNs);
    }
    this.device.close();
    this.reportPrivateAccesses();
    return { failures: this.failures, backendErrors: this.device.backendErrors };
  }

  /** Nothing may sleep while any of the things that ring the bell is waiting. */
  arm(): boolean {
    this.registers?.device.poll();
    if (this.control.isHostStopped || this.control.isAborted) return false;
    return this.registers?.exits.hasWork() !== true && this.blame(() => this.server.arm()) !== false;
  }

  disarm(): void {
    this.blame(() => this.server.disarm());
  }

  /**
   * Whether the sleep was ended by a kick, for sure. The bell is also rung by who stops the machine and, on the thread
   * of the registers, for accesses and by the threads of other queues that these have started or stopped: perhaps when
   * the access has been answered long ago.
   */
  private isForNothing(): boolean {
    if (this.wasAccessed) {
      this.wasAccessed = !this.haveOthersSettled();
      return false;
    }
    return this.control.stopMode === StopMode.run && this.server.isServing;
  }

  private haveOthersSettled(): boolean {
    const { count } = this.plan.queue;
    for (let queue = 1; queue < count; queue++) if (!this.window.isQueueSettled(queue)) return false;
    return true;
  }

  private turn(): boolean {
    const served = this.registers?.exits.serve() === true;
    if (served) this.wasAccessed = true;
    this.registers?.device.poll();
    return this.serveQueue() || served;
  }

  private serveQueue(): boolean {
    const { stats } = this.device;
    const usedBefore = stats.buffersUsed;
    const worked = this.blame(() => this.server.turn());
    if (worked === null) return true;
    if (worked) this.report();
    // For no fault of the driver, who should recover.
    if (stats.buffersUsed !== usedBefore && this.fault.check(stats.buffersUsed)) this.server.fail();
    return worked;
  }

  /**
   * Runs a step that looks at the ring; null when the driver turns out to have broken the protocol: then this queue is
   * served no more, and the device asks for a reset.
   */
  private blame<T>(step: () => T): T | null {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.failures.push(errorToWire(error));
      // A driver that breaks the protocol would do so again: the run comes to its end, it does not recover.
      this.control.raiseStop(StopMode.drain);
      this.server.fail();
      return null;
    }
  }

  /** In front of whatever else went wrong: it follows from that. */
  private reportPrivateAccesses(): void {
    if (this.view === null || this.view.firstPrivate === null) return;
    this.counters.set(HostCounter.privateAccesses, this.view.privateAccesses);
    const features = this.server.features;
    const violation = explainPrivateAccess(this.plan, this.control, this.view, features);
    const others = this.failures.filter(({ code }) => code !== violation.code);
    this.failures.splice(0, this.failures.length, errorToWire(violation), ...others);
  }

  private report(): void {
    const { stats } = this.device;
    this.counters.set(HostCounter.popped, stats.buffersPopped);
    this.counters.set(HostCounter.used, stats.buffersUsed);
    this.counters.set(HostCounter.interrupts, stats.interrupts);
    this.counters.set(HostCounter.interruptsSuppressed, stats.interruptsSuppressed);
  }

  private makeRegisters(window: DeviceWindow): Registers {
    const { deviceId, features, dependencies, config } = this.device;
    const model = {
      deviceId,
      dependencies,
      config,
      features: features.with(...offeredRingFeatures(this.plan.queue.features)),
      queueCount: this.plan.queue.count,
      queueSizeMax: MAX_QUEUE_SIZE,
    };
    const { transport } = this.plan;
    const device = deviceRegisters(transport, window, model, this.ram.sizeBytes, (violation) => {
      this.failures.push(errorToWire(violation));
    });
    return { device, exits: new ExitServer(window, device, this.plan.queue.count) };
  }
}

/** As much of guest memory as the device can form addresses for: what is above is not there for it. */
function reachableMemory({ plan, memory }: ThreadConfig): SharedMemory {
  const maskBits = plan.dma?.maskBits ?? Infinity;
  return new SharedMemory(memory, 0, Math.min(memory.byteLength, 2 ** maskBits));
}

/** Null: memory is not encrypted. */
function hostView({ plan, dma }: ThreadConfig, ram: MemoryPort): HostView | null {
  if (plan.encryption === null || dma === null) return null;
  return new HostView(ram, new DmaMemory(plan, dma).states, plan.encryption.hostSees);
}

/** Null: nothing is put around the ring's end. */
function watchRing(
  queue: number,
  watch: ThreadWatch | null,
  record: ThreadRecord | null,
): NonNullable<QueueServerSetup['watch']> | null {
  if (watch === null && record === null) return null;
  return (ringEnd, ringLife) => {
    const life = { queue, ...ringLife };
    const watched = watch?.device(ringEnd, life) ?? ringEnd;
    return record?.device(watched, life) ?? watched;
  };
}

function makeDevice({ plan, index, disk }: ThreadConfig, ram: MemoryPort): HostDevice {
  const rng = new Rng(plan.seed).fork(index);
  if (plan.device === 'rng') return new RngHostDevice(plan, ram, rng.fork(Stream.rng));
  return new BlkHostDevice(plan, ram, disk === null ? null : new SharedMemory(disk), rng);
}
