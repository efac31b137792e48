import assert from 'node:assert/strict';
import type { FeatureSet } from '../../../src/transport/features.js';
import { notificationWord } from '../../../src/transport/notification.js';
import { queueOptions } from '../../../src/transport/ring-features.js';
import type { Chain } from '../../../src/virtqueue/chain.js';
import { IndirectTables } from '../../../src/virtqueue/indirect-tables.js';
import { driverQueue, initRing, ringParts } from '../../../src/virtqueue/layouts.js';
import type { DeviceQueue } from '../../../src/virtqueue/queue.js';
import type { RingAddresses } from '../../../src/virtqueue/split-layout.js';
import { Lockstep } from '../ring/lockstep.js';
import { PackedView } from '../ring/packed-view.js';
import { packedWire, type QueueEnds, splitWire } from '../ring/rig.js';
import { same } from '../ring/same.js';
import { SplitView } from '../ring/split-view.js';
import { detachAll } from '../ring/traffic.js';
import type { Fault } from './faults.js';
import type { StackSequence } from './sequence.js';
import { QUEUE, type StackMachine } from './stack-machine.js';

/** What a ring that was reset is filled with: it is the driver's, and nobody else writes there. */
const DEAD = 0xa5;

/** What a ring is made for. */
export interface RingSetup {
  readonly machine: StackMachine;
  readonly sequence: StackSequence;
  readonly features: FeatureSet;
  readonly size: number;
  /** The how manieth ring of the run this is, from 1 on. */
  readonly number: number;
  readonly firstToken: number;
  readonly fault: Fault;
}

/** One life of the queue: from the set-up of its ring to a reset, with the reference beside it. */
export class StackRing {
  readonly number: number;
  readonly size: number;
  readonly at: RingAddresses;
  readonly lockstep: Lockstep;
  readonly device: FollowedQueue;
  private readonly tables: TrackedTables;
  private readonly setup: RingSetup;

  constructor(setup: RingSetup) {
    const { machine, sequence, features, size, number } = setup;
    const { layout, startIndex, directCount } = sequence;
    this.setup = setup;
    this.number = number;
    this.size = size;
    this.at = machine.places[number % 2] as RingAddresses;
    this.device = new FollowedQueue(size, machine);
    this.tables = new TrackedTables(machine.allocator);
    initRing(layout, machine.ram, size, this.at, startIndex);
    const options = queueOptions(features, size, startIndex);
    const indirect = options.indirect ? { tables: this.tables, directCount } : null;
    const kicker = machine.driver.kicker(QUEUE, features);
    const driver = driverQueue<number>(layout, machine.ram, this.at, options, kicker, indirect);
    setup.fault.onDriver?.(driver, number);
    const { device } = this;
    const ends = { options, driver, device, payload: machine.payload, ...notified(setup) };
    this.lockstep = new Lockstep(this.view(ends, indirect?.directCount ?? null), setup.firstToken);
  }

  /** The device has begun to serve the ring. */
  started(queue: DeviceQueue): void {
    same(queue.size, this.size, 'size of the queue that the device serves');
    same(this.device.started, false, 'whether the device serves the ring already');
    this.setup.fault.onDevice?.(queue, this.number);
    this.device.queue = queue;
    // The device asks for no kicks while it works, and it begins with work.
    this.lockstep.run({ kind: 'disableKicks', a: 0, b: 0 });
  }

  /**
   * The ring was reset. What the device had given back may be taken as always; all else is detached, each buffer once.
   * Returns how many those were.
   */
  close(takeUsed: boolean): number {
    const { lockstep } = this;
    if (takeUsed) lockstep.run({ kind: 'drain', a: 0, b: 0 });
    const { driver } = lockstep.rig;
    const outstanding = lockstep.model.outstandingTokens;
    const detached = detachAll(lockstep.rig).sort((a, b) => a - b);
    same(detached.join(' '), outstanding.join(' '), 'buffers that come back from a ring that was reset');
    same(driver.freeCount, this.size, 'free descriptors of a ring that was reset');
    same(driver.outstandingCount, 0, 'outstanding buffers of a ring that was reset');
    same(this.tables.inUse.size, 0, 'indirect tables of a ring that was reset');
    for (const bytes of this.bytes()) bytes.fill(DEAD);
    return detached.length;
  }

  /** A ring that was reset is as the driver left it. */
  checkDead(): void {
    for (const bytes of this.bytes()) {
      if (!bytes.every((byte) => byte === DEAD)) assert.fail('a ring was written to after its reset');
    }
  }

  private bytes(): Uint8Array[] {
    const { machine, sequence } = this.setup;
    const parts = ringParts(sequence.layout, this.size);
    return (['desc', 'driver', 'device'] as const).map((part) =>
      machine.ram.bytes(this.at[part], parts[part].sizeBytes),
    );
  }

  private view(ends: QueueEnds, directCount: number | null): SplitView | PackedView {
    const { machine, sequence, size } = this.setup;
    return sequence.layout === 'split'
      ? new SplitView({ ...ends, wire: splitWire(machine.ram, size, this.at) }, directCount)
      : new PackedView({ ...ends, wire: packedWire(machine.ram, size, this.at) }, directCount);
  }
}

/** What the bells have rung, and what the last kick carried. */
function notified({ machine, sequence }: RingSetup): Pick<QueueEnds, 'kicks' | 'interrupts'> {
  const { window, line } = machine;
  const bell = window.kickBell(QUEUE);
  const hasData = sequence.features.includes('NOTIFICATION_DATA');
  return {
    kicks: {
      get count() {
        return bell.sequence();
      },
      get lastIndex() {
        const word = window.notification(QUEUE);
        const index = word >>> 16;
        same(word, notificationWord(QUEUE, hasData ? index : 0), 'what a kick says beside the position');
        return hasData ? index : null;
      },
    },
    interrupts: {
      get count() {
        return line.bell.sequence();
      },
      lastIndex: null,
    },
  };
}

/** Tables of which each is lent to one buffer at a time. */
class TrackedTables extends IndirectTables {
  readonly inUse: Set<number> = new Set();

  override take(entries: number): number | null {
    const address = super.take(entries);
    same(address !== null && this.inUse.has(address), false, 'whether a table is lent twice');
    if (address !== null) this.inUse.add(address);
    return address;
  }

  override release(address: number, entries: number): void {
    same(this.inUse.delete(address), true, 'whether a table that is given back was lent');
    super.release(address, entries);
  }
}

/** The device's end as it comes and goes: kicks are asked for as the I/O thread does that. */
export class FollowedQueue implements DeviceQueue {
  readonly size: number;
  queue: DeviceQueue | null = null;
  private readonly machine: StackMachine;

  constructor(size: number, machine: StackMachine) {
    this.size = size;
    this.machine = machine;
  }

  get started(): boolean {
    return this.queue !== null;
  }

  get inFlightCount(): number {
    return this.queue?.inFlightCount ?? 0;
  }

  get broken(): boolean {
    return this.queue?.broken ?? false;
  }

  pop(chain: Chain): boolean {
    return this.served.pop(chain);
  }

  push(chain: Chain, writtenBytes: number): void {
    this.served.push(chain, writtenBytes);
  }

  stageUsed(chain: Chain, writtenBytes: number): void {
    this.served.stageUsed(chain, writtenBytes);
  }

  publishUsed(): void {
    this.served.publishUsed();
  }

  interruptPrepare(): boolean {
    return this.served.interruptPrepare();
  }

  interrupt(): boolean {
    return this.served.interrupt();
  }

  poll(): boolean {
    return this.served.poll();
  }

  disableKicks(): void {
    this.machine.server.disarm();
  }

  enableKicks(): boolean {
    return this.machine.server.arm();
  }

  private get served(): DeviceQueue {
    if (this.queue === null) throw new Error('nobody serves this ring');
    return this.queue;
  }
}
