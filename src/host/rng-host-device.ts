import { RNG_DEVICE_ID } from '../devices/rng.js';
import type { MemoryPort } from '../memory/port.js';
import type { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { Feature, type FeatureDependency, FeatureSet } from '../transport/features.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { HostDevice, QueueService, ServiceMeters, ServiceStats } from './device.js';
import { RngService } from './rng-service.js';

/** An entropy device. */
export class RngHostDevice implements HostDevice {
  readonly deviceId: number = RNG_DEVICE_ID;
  readonly features: FeatureSet = FeatureSet.empty;
  readonly dependencies: readonly FeatureDependency[] = [];
  readonly config: Uint8Array = new Uint8Array(0);
  readonly backendErrors: Readonly<Record<string, number>> = {};
  readonly stats: ServiceStats = { buffersPopped: 0, buffersUsed: 0, interrupts: 0, interruptsSuppressed: 0 };
  private readonly port: MemoryPort;
  private readonly plan: JobPlan;
  private readonly rng: Rng;

  constructor(plan: JobPlan, port: MemoryPort, rng: Rng) {
    this.port = port;
    this.plan = plan;
    this.rng = rng;
  }

  serve(queue: DeviceQueue, features: FeatureSet, meters: ServiceMeters): QueueService {
    return new RngService({
      port: this.port,
      queue,
      inOrder: features.has(Feature.inOrder),
      service: this.plan.service,
      rng: this.rng,
      answerSeed: this.plan.seed,
      stats: this.stats,
      ...meters,
    });
  }

  close(): void {
    // There is nothing behind it.
  }
}
