import { assert } from '../assert.js';
import { BLK_DEPENDENCIES, BLK_DEVICE_ID, BLK_FEATURE_NAMES } from '../devices/blk.js';
import { RNG_DEVICE_ID } from '../devices/rng.js';
import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { MemoryPort } from '../memory/port.js';
import type { RingFeatureName } from '../scenario/plan.js';
import { Feature, type FeatureDependency, FeatureSet } from '../transport/features.js';
import { failed, negotiate, type RequiredFeature } from '../transport/negotiate.js';
import { RING_FEATURE_BITS, ringLayout } from '../transport/ring-features.js';
import type { DriverTransport } from '../transport/transport.js';
import { initRing, type RingLayout } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import { BLK_DRIVER_FEATURES, type BlkLimits, readBlkLimits, unwantedBlkFeatures } from './blk-limits.js';

/** Ring features by the names a scenario knows them by, and the layout. */
export type WantedRingFeature = RingFeatureName | 'RING_PACKED';

/** A queue that the driver wants, and where in its memory the ring is. */
export interface WantedQueue {
  readonly addresses: RingAddresses;
  readonly size: number;
  readonly startIndex: number;
}

/** Where the rings are: asked once it is agreed on how the device reaches memory. */
export type QueuesFor = (features: FeatureSet) => readonly WantedQueue[];

/** What a device must be able to do before an encrypted guest has anything to do with it. */
export type MemoryAccess = 'any' | 'restricted';

export interface BlkBringUp {
  readonly features: FeatureSet;
  readonly limits: BlkLimits;
}

/** Without it the device would be given addresses of pages that it cannot read; nothing would work, or worse. */
const RESTRICTED_ACCESS: RequiredFeature = {
  bit: Feature.accessPlatform,
  code: 'NO_ACCESS_PLATFORM',
  why:
    'memory of this guest is encrypted: the device must be given bounce buffers and shared pages, which the driver ' +
    'only does through the DMA API, and it uses the DMA API only with ACCESS_PLATFORM (6.1)',
};

/** A kind of device, as its driver knows it. */
interface DeviceKind {
  readonly deviceId: number;
  readonly name: string;
  readonly features: FeatureSet;
  readonly dependencies: readonly FeatureDependency[];
  readonly unwanted: (transport: DriverTransport, offered: FeatureSet) => readonly number[];
}

const BLK: DeviceKind = {
  deviceId: BLK_DEVICE_ID,
  name: 'block',
  features: BLK_DRIVER_FEATURES,
  dependencies: BLK_DEPENDENCIES,
  unwanted: unwantedBlkFeatures,
};

const RNG: DeviceKind = {
  deviceId: RNG_DEVICE_ID,
  name: 'entropy',
  features: FeatureSet.empty,
  dependencies: [],
  unwanted: () => [],
};

/**
 * Brings a block device up to, but not including, DRIVER_OK (virtio 1.4, 3.1.1 and 5.2.5): negotiates, reads the
 * configuration, and enables the queues.
 */
export function bringUpBlk(
  transport: DriverTransport,
  port: MemoryPort,
  ringFeatures: readonly WantedRingFeature[],
  queuesFor: QueuesFor,
  access: MemoryAccess = 'any',
): BlkBringUp {
  const features = agree(transport, port, BLK, ringFeatures, access);
  const limits = readBlkLimits(transport, features);
  const queues = queuesFor(features);
  if (limits.queueCount < queues.length) {
    throw failed(
      transport,
      'TOO_FEW_QUEUES',
      `${queues.length} queues are wanted, the device has ${limits.queueCount}`,
    );
  }
  const layout = ringLayout(features);
  queues.forEach((queue, index) => setUpQueue(transport, port, layout, queue, index));
  return { features, limits };
}

/** Brings an entropy device up to, but not including, DRIVER_OK (5.4.5): there is only its one queue. */
export function bringUpRng(
  transport: DriverTransport,
  port: MemoryPort,
  ringFeatures: readonly WantedRingFeature[],
  queuesFor: QueuesFor,
  access: MemoryAccess = 'any',
): FeatureSet {
  const features = agree(transport, port, RNG, ringFeatures, access);
  const [queue, ...others] = queuesFor(features);
  assert(queue !== undefined && others.length === 0, 'an entropy device has one queue');
  setUpQueue(transport, port, ringLayout(features), queue, 0);
  return features;
}

function agree(
  transport: DriverTransport,
  port: MemoryPort,
  kind: DeviceKind,
  ringFeatures: readonly WantedRingFeature[],
  access: MemoryAccess,
): FeatureSet {
  const deviceId = transport.probe();
  if (deviceId !== kind.deviceId) {
    throw new VringError('WRONG_DEVICE', `device ID ${deviceId} is no ${kind.name} device`, ExitCode.safety, {
      expected: kind.deviceId,
      actual: deviceId,
    });
  }
  const features = negotiate(transport, {
    supported: kind.features.with(...supportedRingFeatures(port, ringFeatures)),
    dependencies: kind.dependencies,
    unwanted: (offered) => kind.unwanted(transport, offered),
    required: access === 'restricted' ? [RESTRICTED_ACCESS] : [],
  });
  // Other features can be done without; memory for a packed ring was asked for in the packed layout.
  if (ringFeatures.includes('RING_PACKED') && !features.has(Feature.ringPacked)) {
    throw failed(
      transport,
      'NO_RING_PACKED',
      'a packed ring is wanted, and the device does not offer RING_PACKED',
    );
  }
  return features;
}

/**
 * What is wanted, and ORDER_PLATFORM wherever it is offered to a driver whose barriers are good enough (6.1, N1463);
 * with others its promise could not be kept (N1464), whatever is wanted.
 */
function supportedRingFeatures(port: MemoryPort, wanted: readonly WantedRingFeature[]): number[] {
  const bits = wanted.map((name) => (name === 'RING_PACKED' ? Feature.ringPacked : RING_FEATURE_BITS[name]));
  const others = bits.filter((bit) => bit !== Feature.orderPlatform);
  return port.barriers === 'platform' ? [...others, Feature.orderPlatform] : others;
}

export function featureNames(features: FeatureSet): string[] {
  return features.names(BLK_FEATURE_NAMES);
}

/** Hands a queue over with an empty ring; to a live device, one that was reset alone (2.6.1.2). */
export function setUpQueue(
  transport: DriverTransport,
  port: MemoryPort,
  layout: RingLayout,
  queue: WantedQueue,
  index: number,
): void {
  const sizeMax = transport.queueSizeMax(index);
  if (queue.size > sizeMax) {
    throw failed(
      transport,
      'QUEUE_SIZE',
      `queue ${index} can have ${sizeMax} entries, ${queue.size} are wanted`,
    );
  }
  initRing(layout, port, queue.size, queue.addresses, queue.startIndex);
  transport.enableQueue(index, queue.size, queue.addresses);
}
