import { BLK_DEPENDENCIES, BLK_DEVICE_ID } from '../devices/blk.js';
import type { MemoryPort } from '../memory/port.js';
import type { SharedMemory } from '../memory/shared-memory.js';
import type { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import type { FeatureDependency, FeatureSet } from '../transport/features.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { Backend } from './backend.js';
import { blkConfig, blkFeatures, type BlkOffer, blkOffer } from './blk-config.js';
import { BlkQueueService } from './blk-device.js';
import { type BlkStats, newBlkStats } from './blk-stats.js';
import type { HostDevice, QueueService, ServiceMeters } from './device.js';
import { openBackend } from './open-backend.js';

/** Labels of the device's random streams, apart from the guest's. */
const Stream = { service: 0x300, backend: 0x400 } as const;

/** A block device, on the thread of one of its queues. */
export class BlkHostDevice implements HostDevice {
  readonly deviceId: number = BLK_DEVICE_ID;
  readonly dependencies: readonly FeatureDependency[] = BLK_DEPENDENCIES;
  readonly stats: BlkStats = newBlkStats();
  private readonly ram: MemoryPort;
  private readonly plan: JobPlan;
  private readonly backend: Backend;
  private readonly offer: BlkOffer;
  private readonly serviceRng: Rng;

  constructor(plan: JobPlan, ram: MemoryPort, disk: SharedMemory | null, rng: Rng) {
    this.ram = ram;
    this.plan = plan;
    this.backend = openBackend(plan.backend, disk, rng.fork(Stream.backend));
    this.offer = blkOffer(plan.blk, this.backend, plan.queue.count);
    this.serviceRng = rng.fork(Stream.service);
  }

  get features(): FeatureSet {
    return blkFeatures(this.offer);
  }

  get config(): Uint8Array {
    return blkConfig(this.offer);
  }

  get backendErrors(): Readonly<Record<string, number>> {
    return this.stats.backendErrorsByErrno;
  }

  serve(queue: DeviceQueue, features: FeatureSet, meters: ServiceMeters): QueueService {
    return new BlkQueueService({
      port: this.ram,
      queue,
      backend: this.backend,
      offer: this.offer,
      features,
      service: this.plan.service,
      rng: this.serviceRng,
      stats: this.stats,
      ...meters,
    });
  }

  close(): void {
    this.backend.close();
  }
}
