import { afterEach, describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import { BlkQueue } from '../../src/guest/blk-queue.js';
import { BlkSlots } from '../../src/guest/blk-slots.js';
import { bringUpBlk } from '../../src/guest/bring-up.js';
import { slotCount, vcpuMemory, wantedFeatures } from '../../src/machine/guest-memory.js';
import { GuestRings } from '../../src/machine/guest-rings.js';
import { nowNs } from '../../src/clock.js';
import { Rng } from '../../src/rng.js';
import { ExitChannel } from '../../src/transport/exits.js';
import { driverTransport } from '../../src/transport/kinds.js';
import { resetDevice, resumeDevice, setDriverOk, suspendDevice } from '../../src/transport/negotiate.js';
import { queueOptions } from '../../src/transport/ring-features.js';
import { waitUntil } from '../../src/transport/wait-until.js';
import { driverQueue, initRing } from '../../src/virtqueue/layouts.js';
import type { DriverQueue } from '../../src/virtqueue/queue.js';
import { PeerBench } from '../support/e2e/peer-bench.js';

const QUEUES = [0, 1];
const ROUNDS = 400;
const PATIENCE_NS = 20e9;
const FEATURES = 'features: [EVENT_IDX, NOTIFICATION_DATA, RING_RESET, SUSPEND]';

let bench: PeerBench | null = null;

afterEach(async () => {
  await bench?.end();
});

/** For loops on the test's own thread, which no timer could end. */
function patience(): () => Error | null {
  const until = nowNs() + PATIENCE_NS;
  return () => (nowNs() < until ? null : new Error('the host does not answer'));
}

/** A driver of both queues on the test's own thread. */
class Guest {
  readonly blks: BlkQueue[] = [];
  readonly transport;
  private readonly bench: PeerBench;
  private readonly queues: DriverQueue<number>[] = [];
  private readonly features;

  constructor(machine: PeerBench) {
    const { plan, ram, window } = machine;
    this.bench = machine;
    this.transport = driverTransport(plan.transport, window, new ExitChannel(window, 0, () => false));
    const rings = new GuestRings(plan, ram, machine.control);
    rings.prepare(null);
    const { features, limits } = bringUpBlk(this.transport, ram, wantedFeatures(plan), () => rings.all());
    this.features = features;
    setDriverOk(this.transport);
    for (const index of QUEUES) {
      const { allocator } = vcpuMemory(plan, index);
      const queue = this.attach(index);
      const slots = new BlkSlots(ram, allocator, slotCount(plan), 512);
      this.queues.push(queue);
      this.blks.push(new BlkQueue(ram, queue, slots, limits, { merged: false }));
    }
  }

  post(index: number, slot: number, sector: number): void {
    expect(this.blk(index).read(slot, sector, 512, 1)).toBe(true);
  }

  kick(index: number): void {
    this.queues[index]?.kick();
  }

  /** Takes back whatever is there; how many were. */
  collect(index: number): number {
    let count = 0;
    for (let slot = this.blk(index).complete(); slot !== -1; slot = this.blk(index).complete()) {
      expect(this.blk(index).status(slot)).toBe(BlkStatus.ok);
      count += 1;
    }
    return count;
  }

  outstanding(index: number): number {
    return this.blk(index).outstandingCount;
  }

  collectAll(index: number): void {
    waitUntil(() => {
      this.collect(index);
      return this.outstanding(index) === 0;
    }, patience());
  }

  /** Resets one queue, forgets what was in it, and enables it again. */
  reset(index: number): void {
    const { plan, ram } = this.bench;
    this.transport.resetQueue(index, patience());
    while (this.queues[index]?.detachUnused() !== undefined);
    const [ring] = vcpuMemory(plan, index).rings;
    initRing(plan.queue.layout, ram, plan.queue.size, ring, 0);
    this.transport.enableQueue(index, plan.queue.size, ring);
    const queue = this.attach(index);
    this.queues[index] = queue;
    this.blk(index).rebind(queue);
  }

  private attach(index: number): DriverQueue<number> {
    const { plan, ram } = this.bench;
    const options = queueOptions(this.features, plan.queue.size, 0);
    const kicker = this.transport.kicker(index, this.features);
    return driverQueue<number>(
      plan.queue.layout,
      ram,
      vcpuMemory(plan, index).rings[0],
      options,
      kicker,
      null,
    );
  }

  private blk(index: number): BlkQueue {
    return this.blks[index] as BlkQueue;
  }
}

describe('a host on its threads', () => {
  test.each([
    ['mmio', 'split'],
    ['mmio', 'packed'],
    ['pci', 'split'],
    ['pci', 'packed'],
  ])(
    'keeps every request through suspensions, and stops one queue without the other: %s, %s',
    async (transport, layout) => {
      const queue = `queue: { count: 2, size: 32, layout: ${layout}, ${FEATURES} }`;
      bench = new PeerBench(
        `{ workload: read, operations: 1, wait: block, transport: ${transport}, ${queue} }`,
      );
      const hosts = QUEUES.map((index) => (bench as PeerBench).startHost(index));
      const guest = new Guest(bench);
      const rng = new Rng(11);
      let asked = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const victim = rng.below(2);
        const count = 1 + rng.below(8);
        for (const index of QUEUES) for (let i = 0; i < count; i++) guest.post(index, i, rng.below(64));
        for (const index of QUEUES) guest.kick(index);
        asked += 2 * count;
        if (rng.chance(0.5)) {
          suspendDevice(guest.transport, patience());
          QUEUES.forEach((index) => guest.collect(index));
          const left = QUEUES.map((index) => guest.outstanding(index));
          QUEUES.forEach((index) => guest.collect(index));
          expect(QUEUES.map((index) => guest.outstanding(index))).toEqual(left);
          resumeDevice(guest.transport, patience());
        }
        if (rng.chance(0.3)) guest.reset(victim);
        for (const index of QUEUES) guest.collectAll(index);
      }
      expect(asked).toBeGreaterThan(ROUNDS);
      resetDevice(guest.transport);
      bench.stopHost();
      const results = await Promise.all(hosts);
      expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    },
  );
});
