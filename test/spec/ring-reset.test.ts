import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import type { BlkQueue } from '../../src/guest/blk-queue.js';
import { allocateRing } from '../../src/guest/queue-memory.js';
import { resumeDevice, suspendDevice } from '../../src/transport/negotiate.js';
import { queueOptions } from '../../src/transport/ring-features.js';
import { driverQueue, initRing, type RingLayout } from '../../src/virtqueue/layouts.js';
import type { DriverQueue } from '../../src/virtqueue/queue.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { jobPlan, type PlanChanges } from '../support/transport/job-plan.js';

const CASES = (['mmio', 'pci'] as const).flatMap((transport) =>
  (['split', 'packed'] as const).map((layout) => ({ transport, layout })),
);
const PATIENT = (): Error | null => null;

/** A block device whose queue is reset and enabled again and again; its driver's end follows. */
class ResetRig {
  readonly machine: BlkMachine;
  readonly blk: BlkQueue;
  queue: DriverQueue<number>;
  private readonly layout: RingLayout;

  constructor(changes: PlanChanges, layout: RingLayout) {
    const queue = { ...changes.queue, layout, features: ['RING_RESET', 'EVENT_IDX', 'SUSPEND'] as const };
    this.machine = new BlkMachine(jobPlan({ ...changes, queue }));
    const started = this.machine.start();
    this.machine.hostRunsDry();
    this.layout = layout;
    this.queue = started.queue;
    this.blk = started.blk;
  }

  reset(): void {
    this.machine.driver.resetQueue(0, PATIENT);
  }

  /** Another ring, elsewhere in memory, of another size. */
  enable(size: number, startIndex = 0): void {
    const { machine } = this;
    const ring = allocateRing(machine.allocator, this.layout, size);
    initRing(this.layout, machine.ram, size, ring, startIndex);
    machine.driver.enableQueue(0, size, ring);
    const features = machine.hostQueue.negotiatedFeatures();
    const options = queueOptions(features, size, startIndex);
    const kicker = machine.driver.kicker(0, features);
    this.queue = driverQueue<number>(this.layout, machine.ram, ring, options, kicker, null);
    this.blk.rebind(this.queue);
  }

  read(slot: number): number {
    expect(this.blk.read(slot, slot, 512, 1)).toBe(true);
    this.queue.kick();
    this.machine.hostRunsDry();
    expect(this.blk.complete()).toBe(slot);
    return this.blk.status(slot);
  }

  takeBack(): number[] {
    const tokens: number[] = [];
    for (let token = this.queue.detachUnused(); token !== undefined; token = this.queue.detachUnused()) {
      tokens.push(token);
    }
    return tokens.sort((a, b) => a - b);
  }

  memory(): Uint8Array {
    return this.machine.ram.bytes(0, this.machine.ram.sizeBytes).slice();
  }
}

describe.each(CASES)('2.6.1 virtqueue reset, $transport, $layout', ({ transport, layout }) => {
  test('2.6.1.1.1 N0025 nothing of a queue that was reset is executed, and nobody hears of it', () => {
    const rig = new ResetRig({ transport }, layout);
    const { machine, blk } = rig;
    for (let slot = 0; slot < 3; slot++) blk.read(slot, slot, 512, 1);
    rig.queue.publish();
    rig.reset();
    const [before, rings] = [rig.memory(), machine.window.interruptBell(0).sequence()];
    machine.driver.kicker(0, machine.hostQueue.negotiatedFeatures()).notify(3);
    machine.hostRunsDry();
    expect(machine.live).toBeNull();
    expect(Buffer.compare(rig.memory(), before)).toBe(0);
    expect(machine.window.interruptBell(0).sequence()).toBe(rings);
    expect(machine.violations).toEqual([]);
  });

  test('2.6.1.1.1 N0026 indices and wrap counters begin anew, wherever they were', () => {
    const rig = new ResetRig({ transport, queue: { size: 4 } }, layout);
    for (let life = 1; life < 8; life++) {
      for (let i = 0; i < 4 * life + 1; i++) expect(rig.read(i % 4)).toBe(BlkStatus.ok);
      rig.reset();
      rig.enable(4);
    }
    expect(rig.read(0)).toBe(BlkStatus.ok);
    expect(rig.machine.violations).toEqual([]);
  });

  test('2.6.1.1.2 N0028 the buffers are the driver’s again, and may be used for anything', () => {
    const rig = new ResetRig({ transport, service: { window: 4, order: 'lifo' } }, layout);
    const { blk, machine } = rig;
    for (let slot = 0; slot < 8; slot++) blk.read(slot, slot, 512, 1);
    rig.queue.kick();
    while (machine.stats.buffersUsed === 0) expect(machine.hostRuns()).toBe(true);
    rig.reset();
    const { buffersUsed } = machine.stats;
    let returned = 0;
    while (rig.queue.getBuf() !== undefined) returned += 1;
    expect(returned).toBe(buffersUsed);
    expect(rig.takeBack()).toHaveLength(8 - buffersUsed);
    for (let slot = 0; slot < 8; slot++) blk.slots.bytes(slot).fill(0x5a);
    machine.hostRunsDry();
    for (let slot = 0; slot < 8; slot++) {
      expect(blk.slots.bytes(slot).every((byte) => byte === 0x5a)).toBe(true);
    }
  });

  test('2.6.1.2.1 N0029 2.6.1.2.2 N0030 it is enabled again with another size, elsewhere, and starts at once', () => {
    const rig = new ResetRig({ transport, queue: { size: 8 } }, layout);
    for (const size of layout === 'split' ? [64, 4, 16] : [64, 3, 77]) {
      rig.reset();
      rig.enable(size);
      rig.machine.hostRunsDry();
      expect(rig.machine.live?.size).toBe(size);
      for (let i = 0; i < 3 * size; i++) expect(rig.read(i % 8)).toBe(BlkStatus.ok);
    }
    expect(rig.machine.violations).toEqual([]);
  });

  test('2.6.1 what was posted to the new ring before it was enabled is found without a kick', () => {
    const rig = new ResetRig({ transport }, layout);
    rig.reset();
    rig.enable(16);
    rig.blk.read(3, 0, 512, 1);
    rig.queue.publish();
    rig.machine.hostRunsDry();
    expect(rig.blk.complete()).toBe(3);
  });

  test('2.6.1 3.4 a suspended device can be rid of a queue, and given one; it is served when it resumes', () => {
    const rig = new ResetRig({ transport }, layout);
    const { machine } = rig;
    expect(rig.read(0)).toBe(BlkStatus.ok);
    suspendDevice(machine.driver);
    rig.reset();
    expect(machine.live).toBeNull();
    rig.enable(16);
    machine.hostRunsDry();
    expect(machine.live, 'not before').toBeNull();
    resumeDevice(machine.driver);
    expect(rig.read(1)).toBe(BlkStatus.ok);
    suspendDevice(machine.driver);
    rig.reset();
    resumeDevice(machine.driver);
    machine.hostRunsDry();
    expect(machine.live, 'nor without').toBeNull();
    expect(machine.violations).toEqual([]);
  });
});
