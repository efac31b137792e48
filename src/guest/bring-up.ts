import { BLK_DEPENDENCIES, BLK_DEVICE_ID, BLK_FEATURE_NAMES } from '../devices/blk.js';
import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { MemoryPort } from '../memory/port.js';
import type { RingFeatureName } from '../scenario/plan.js';
import { Feature, type FeatureSet } from '../transport/features.js';
import { negotiate, NegotiationError } from '../transport/negotiate.js';
import type { DriverTransport } from '../transport/transport.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import { BLK_DRIVER_FEATURES, type BlkLimits, readBlkLimits } from './blk-limits.js';
import { prepareSplitRing } from './queue-memory.js';

/** Ring features by the names a scenario knows them by. */
const RING_FEATURE_BITS: Readonly<Record<RingFeatureName, number>> = {
  INDIRECT_DESC: Feature.indirectDesc,
  EVENT_IDX: Feature.eventIdx,
  IN_ORDER: Feature.inOrder,
};

/** A queue that the driver wants, and where in its memory the ring is. */
export interface WantedQueue {
  readonly addresses: RingAddresses;
  readonly size: number;
  readonly startIndex: number;
}

export interface BlkBringUp {
  readonly features: FeatureSet;
  readonly limits: BlkLimits;
}

/**
 * Brings a block device up to, but not including, DRIVER_OK (virtio 1.4, 3.1.1 and 5.2.5): negotiates, reads the
 * configuration, and enables the queues.
 */
export function bringUpBlk(
  transport: DriverTransport,
  port: MemoryPort,
  ringFeatures: readonly RingFeatureName[],
  queues: readonly WantedQueue[],
): BlkBringUp {
  const deviceId = transport.probe();
  if (deviceId !== BLK_DEVICE_ID) {
    throw new VringError('NOT_A_BLOCK_DEVICE', `device ID ${deviceId} is no block device`, ExitCode.safety);
  }
  const features = negotiate(transport, {
    supported: BLK_DRIVER_FEATURES.with(...ringFeatures.map((name) => RING_FEATURE_BITS[name])),
    dependencies: BLK_DEPENDENCIES,
  });
  const limits = readBlkLimits(transport, features);
  if (limits.queueCount < queues.length) {
    throw new NegotiationError(
      'TOO_FEW_QUEUES',
      `${queues.length} queues are wanted, the device has ${limits.queueCount}`,
    );
  }
  queues.forEach((queue, index) => enableQueue(transport, port, queue, index));
  return { features, limits };
}

export function featureNames(features: FeatureSet): string[] {
  return features.names(BLK_FEATURE_NAMES);
}

function enableQueue(transport: DriverTransport, port: MemoryPort, queue: WantedQueue, index: number): void {
  const sizeMax = transport.queueSizeMax(index);
  if (queue.size > sizeMax) {
    throw new NegotiationError(
      'QUEUE_SIZE',
      `queue ${index} can have ${sizeMax} entries, ${queue.size} are wanted`,
    );
  }
  prepareSplitRing(port, queue.addresses, queue.size, queue.startIndex);
  transport.enableQueue(index, queue.size, queue.addresses);
}
