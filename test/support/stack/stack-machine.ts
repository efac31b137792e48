import { allocateRing } from '../../../src/guest/queue-memory.js';
import type { QueueService } from '../../../src/host/device.js';
import { QueueServer } from '../../../src/host/queue-server.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { ProtocolViolation } from '../../../src/errors.js';
import { type DeviceRegisters, ExitChannel, ExitServer } from '../../../src/transport/exits.js';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import { HostQueue } from '../../../src/transport/host-queue.js';
import { deviceRegisters, driverTransport } from '../../../src/transport/kinds.js';
import { RING_FEATURE_BITS, RING_FEATURES } from '../../../src/transport/ring-features.js';
import type { DriverTransport, InterruptLine } from '../../../src/transport/transport.js';
import { DeviceWindow, QueueState, WINDOW_BYTES } from '../../../src/transport/window.js';
import type { DeviceQueue } from '../../../src/virtqueue/queue.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import type { RingAddresses } from '../../../src/virtqueue/split-layout.js';
import { PAYLOAD_BYTES } from '../ring/rig.js';
import { CooperativeMemory } from '../transport/cooperative-memory.js';
import type { StackSequence } from './sequence.js';

/** The queue that all is about: not the first one, whose index and whose bell would be right by chance too. */
export const QUEUE = 1;
const QUEUE_COUNT = 2;
export const SIZE_MAX = 8;

/** Sizes of rings: any number of a packed one. Large ones more often, as more can be on its way in them. */
export const RING_SIZES: Readonly<Record<RingLayout, readonly number[]>> = {
  split: [1, 2, 4, 8, 4, 8, 8],
  packed: [1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8],
};

const RAM_BYTES = 0x4000;

// One of each for all runs: a run clears the window, and needs no RAM but what it has written itself.
const WINDOW = SharedMemory.ofSize(WINDOW_BYTES);
const RAM = SharedMemory.ofSize(RAM_BYTES);

/** Everything between a driver's end of a ring and a device's that is not the ring, on one thread. */
export class StackMachine {
  readonly ram: SharedMemory = RAM;
  readonly allocator: Allocator = new Allocator(RAM_BYTES);
  readonly payload: number;
  /** Places for rings of any size, to be used in turns. */
  readonly places: readonly RingAddresses[];
  readonly window: DeviceWindow = new DeviceWindow(WINDOW);
  readonly driver: DriverTransport;
  readonly line: InterruptLine;
  readonly hostQueue: HostQueue;
  readonly server: QueueServer;
  readonly violations: ProtocolViolation[] = [];
  /** Register accesses that are answered before the I/O thread of the queue looks again. */
  slowness = 0;
  onTurn: (machine: StackMachine) => void = () => undefined;
  /** What the I/O thread still does before it looks: it was in the middle of it. */
  whileAway: (() => void) | null = null;
  private readonly device: DeviceRegisters;
  private readonly exits: ExitServer;
  private unseen = 0;

  constructor(sequence: StackSequence, serve: (queue: DeviceQueue, features: FeatureSet) => QueueService) {
    const { transport, layout, msix, startIndex } = sequence;
    WINDOW.bytes(0, WINDOW_BYTES).fill(0);
    this.payload = this.allocator.allocate(PAYLOAD_BYTES, 64) ?? 0;
    this.places = [0, 1].map(() => allocateRing(this.allocator, layout, SIZE_MAX));
    const model = {
      deviceId: 42,
      features: FeatureSet.of(...RING_FEATURES),
      dependencies: [],
      queueCount: QUEUE_COUNT,
      queueSizeMax: SIZE_MAX,
      config: new Uint8Array(8),
      ...(msix ? {} : { vectorCount: 0 }),
    };
    this.device = deviceRegisters(transport, this.window, model, RAM_BYTES, (violation) => {
      this.violations.push(violation);
    });
    this.hostQueue = new HostQueue(this.window, QUEUE, QUEUE_COUNT);
    this.server = new QueueServer({ port: RAM, hostQueue: this.hostQueue, startIndex, serve });
    this.exits = new ExitServer(this.window, this.device, QUEUE_COUNT);
    const guestMemory = new CooperativeMemory(WINDOW.buffer);
    const guestWindow = new DeviceWindow(guestMemory);
    this.driver = driverTransport(transport, guestWindow, new ExitChannel(guestWindow, QUEUE, () => false));
    this.line = this.driver.interrupts(QUEUE);
    guestMemory.whenAsleep(() => this.hostRuns());
  }

  /** A turn of the I/O thread. */
  turn(): boolean {
    this.whileAway = null;
    const worked = this.server.turn();
    this.onTurn(this);
    return worked;
  }

  /** Whether the device has been told to leave the queue alone, and has said that it does. */
  get isPaused(): boolean {
    return this.window.queueState(QUEUE) === QueueState.paused && this.isSettled;
  }

  /** Whether the I/O thread has seen all that it was told. */
  get isSettled(): boolean {
    return this.window.isQueueSettled(QUEUE);
  }

  /** The device has another configuration, of which the driver is to be told. */
  changeConfig(): void {
    this.device.updateConfig(new Uint8Array(8));
  }

  /** What the driver asks for. */
  wanted({ layout, features }: StackSequence): FeatureSet {
    const always = FeatureSet.of(Feature.ringReset, Feature.suspend);
    const wanted = always.with(...features.map((name) => RING_FEATURE_BITS[name]));
    return layout === 'packed' ? wanted.with(Feature.ringPacked) : wanted;
  }

  private hostRuns(): boolean {
    const served = this.exits.serve();
    this.device.poll();
    this.unseen += 1;
    if (served && this.unseen <= this.slowness) {
      this.whileAway?.();
      return true;
    }
    this.unseen = 0;
    return this.turn() || served;
  }
}
