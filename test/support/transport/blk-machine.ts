import { BLK_DEPENDENCIES, BLK_DEVICE_ID } from '../../../src/devices/blk.js';
import { ProtocolViolation } from '../../../src/errors.js';
import { type BlkBringUp, bringUpBlk, setUpQueue, type WantedQueue } from '../../../src/guest/bring-up.js';
import { BlkQueue } from '../../../src/guest/blk-queue.js';
import { BlkSlots } from '../../../src/guest/blk-slots.js';
import { allocateRing } from '../../../src/guest/queue-memory.js';
import type { Backend } from '../../../src/host/backend.js';
import { blkConfig, blkFeatures, type BlkOffer, blkOffer } from '../../../src/host/blk-config.js';
import { BlkQueueService } from '../../../src/host/blk-device.js';
import { newBlkStats } from '../../../src/host/blk-stats.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { QueueServer } from '../../../src/host/queue-server.js';
import { ringSizeMax } from '../../../src/machine/guest-memory.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { JobPlan } from '../../../src/scenario/plan.js';
import { SampledOrdinals } from '../../../src/stats/sampled-ordinals.js';
import { SplitTable } from '../../../src/stats/split-table.js';
import { SplitWriter } from '../../../src/stats/split-writer.js';
import { type DeviceRegisters, ExitChannel, ExitServer } from '../../../src/transport/exits.js';
import type { FeatureSet } from '../../../src/transport/features.js';
import { HostQueue } from '../../../src/transport/host-queue.js';
import type { DeviceModel } from '../../../src/transport/device-model.js';
import { deviceRegisters, driverTransport } from '../../../src/transport/kinds.js';
import type { DriverTransport } from '../../../src/transport/transport.js';
import { setDriverOk } from '../../../src/transport/negotiate.js';
import { offeredRingFeatures, queueOptions, ringLayout } from '../../../src/transport/ring-features.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../src/transport/window.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import { driverQueue } from '../../../src/virtqueue/layouts.js';
import type { DeviceQueue } from '../../../src/virtqueue/queue.js';
import type { RingAddresses } from '../../../src/virtqueue/split-layout.js';
import { stampDisk } from '../../../src/workload/payload.js';
import { CooperativeMemory } from './cooperative-memory.js';
import { RegisterLog } from './driver-rig.js';
import { QueueTap } from './queue-tap.js';

/**
 * A guest and a host with a block device between them, on one thread: whenever the guest sleeps, the host works until
 * it wakes it. The host sleeps too, until its bell rings: a kick that is lost ends the test with ASLEEP.
 */
export class BlkMachine {
  readonly plan: JobPlan;
  readonly ram: SharedMemory;
  readonly allocator: Allocator;
  readonly ring: RingAddresses;
  /** Entries that the ring has now. */
  ringSize: number;
  readonly disk: SharedMemory | null;
  readonly offer: BlkOffer;
  readonly window: DeviceWindow = new DeviceWindow(SharedMemory.ofSize(WINDOW_BYTES));
  readonly guestMemory: CooperativeMemory;
  readonly device: DeviceRegisters;
  readonly log: RegisterLog;
  readonly driver: DriverTransport;
  readonly stats = newBlkStats();
  readonly violations: ProtocolViolation[] = [];
  /** Where the device leaves the times of each request. */
  readonly splitTable: SplitTable = SplitTable.create();
  private readonly split: SplitWriter;
  private readonly backend: Backend;
  readonly hostQueue: HostQueue;
  private readonly server: QueueServer;
  private readonly exits: ExitServer;
  /** What its bell showed when the host went to sleep. */
  private asleepOn: number | null = null;

  constructor(plan: JobPlan, backend?: Backend) {
    this.plan = plan;
    this.ram = SharedMemory.ofSize(plan.memoryBytes);
    this.allocator = new Allocator(plan.memoryBytes);
    this.ringSize = plan.queue.size;
    this.ring = allocateRing(this.allocator, plan.queue.layout, ringSizeMax(plan));
    this.disk = plan.backend.kind === 'memory' ? SharedMemory.ofSize(plan.backend.sizeBytes) : null;
    if (this.disk !== null) stampDisk(this.disk.words(0, this.disk.sizeBytes), plan.seed);
    this.backend = backend ?? new MemoryBackend(this.disk as SharedMemory, plan.backend.readOnly);
    this.offer = blkOffer(plan.blk, this.backend, plan.queue.count);
    const { transport } = plan;
    this.device = deviceRegisters(transport, this.window, this.model(), this.ram.sizeBytes, (violation) => {
      this.violations.push(violation);
    });
    this.hostQueue = new HostQueue(this.window, 0, 1);
    this.split = new SplitWriter(this.splitTable, plan.service.window, new SampledOrdinals(1));
    this.server = new QueueServer({
      port: this.ram,
      hostQueue: this.hostQueue,
      startIndex: plan.queue.startIndex,
      serve: (queue, features, life) => {
        this.split.begin(life);
        return this.serve(queue, features);
      },
    });
    this.log = new RegisterLog(this.device);
    this.exits = new ExitServer(this.window, this.log, 1);
    this.guestMemory = new CooperativeMemory((this.window.port as SharedMemory).buffer);
    const guestWindow = new DeviceWindow(this.guestMemory);
    const exits = new ExitChannel(guestWindow, 0, () => false);
    this.driver = driverTransport(transport, guestWindow, exits);
    this.guestMemory.whenAsleep(() => this.hostRuns());
  }

  /** The device's end of the ring while the queue is live. */
  get live(): DeviceQueue | null {
    return this.server.live;
  }

  bringUp(): BlkBringUp {
    const { layout, features } = this.plan.queue;
    const queues = [this.wantedQueue()];
    const wanted = layout === 'packed' ? [...features, 'RING_PACKED' as const] : features;
    return bringUpBlk(this.driver, this.ram, wanted, () => queues);
  }

  /** Resets the queue alone, and enables it again with an empty ring of another size. */
  resetRing(size: number, features: FeatureSet): void {
    this.driver.resetQueue(0, () => null);
    this.ringSize = size;
    setUpQueue(this.driver, this.ram, ringLayout(features), this.wantedQueue(), 0);
  }

  /** Up to DRIVER_OK, with the driver's end of the queue. */
  start(): { blk: BlkQueue; queue: QueueTap } {
    const up = this.bringUp();
    setDriverOk(this.driver);
    return this.drive(up);
  }

  /** What the driver has of a queue; the device need not be live yet. */
  drive({ features, limits }: BlkBringUp): { blk: BlkQueue; queue: QueueTap } {
    const queue = this.makeQueue(features);
    const { arrival, blocks, framing } = this.plan.workload;
    const slotCount = Math.min(arrival.depth, ringSizeMax(this.plan));
    const largest = Math.max(...blocks.map((block) => block.sizeBytes));
    const slots = new BlkSlots(this.ram, this.allocator, slotCount, largest);
    return { blk: new BlkQueue(this.ram, queue, slots, limits, { merged: framing === 'merged' }), queue };
  }

  /** The driver's end of the ring, which was made ready for it. */
  makeQueue(features: FeatureSet): QueueTap {
    const { startIndex, directCount } = this.plan.queue;
    const options = queueOptions(features, this.ringSize, startIndex);
    const indirect = options.indirect ? { tables: new IndirectTables(this.allocator), directCount } : null;
    const kicker = this.driver.kicker(0, features);
    const inner = driverQueue<number>(ringLayout(features), this.ram, this.ring, options, kicker, indirect);
    return new QueueTap(inner, this.ram);
  }

  /** As long as the host has anything to do. */
  hostRunsDry(): void {
    while (this.hostRuns());
  }

  /** A step of the host's thread; false while it sleeps. */
  hostRuns(): boolean {
    const { bell } = this.hostQueue;
    if (this.asleepOn === bell.sequence()) return false;
    if (this.asleepOn !== null) this.server.disarm();
    this.asleepOn = null;
    if (this.turn()) return true;
    const sequence = bell.sequence();
    if (this.server.arm()) this.asleepOn = sequence;
    else this.server.disarm();
    return true;
  }

  private turn(): boolean {
    const served = this.exits.serve();
    this.device.poll();
    try {
      return this.server.turn() || served;
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.violations.push(error);
      this.server.fail();
      return true;
    }
  }

  private wantedQueue(): WantedQueue {
    return { addresses: this.ring, size: this.ringSize, startIndex: this.plan.queue.startIndex };
  }

  private serve(queue: DeviceQueue, features: FeatureSet): BlkQueueService {
    const { offer, stats } = this;
    const { service, seed } = this.plan;
    const parts = { port: this.ram, queue, backend: this.backend, offer, features, service, stats };
    return new BlkQueueService({ ...parts, split: this.split, rng: new Rng(seed).fork(0x300) });
  }

  private model(): DeviceModel {
    return {
      deviceId: BLK_DEVICE_ID,
      features: blkFeatures(this.offer).with(...offeredRingFeatures(this.plan.queue.features)),
      dependencies: BLK_DEPENDENCIES,
      queueCount: 1,
      queueSizeMax: 1024,
      config: blkConfig(this.offer),
    };
  }
}
