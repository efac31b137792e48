import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/rng.js';
import type { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import {
  deviceReads,
  deviceReturns,
  popChain,
  type QueueRig,
  queueRig,
} from '../../support/dma/queue-rig.js';

const SEED = 20_261_124;
const STEPS = 1500;
const SLOT_BYTES = 8192;

interface Posted {
  readonly list: ScatterList;
  /** What the device must read, and what its ranges must hold when it is back: all of it, range by range. */
  readonly readable: number[];
  readonly writable: number[];
}

/** Random buffers through a queue whose pool is too small for all of them, each byte of each looked at. */
class Traffic {
  readonly refusals = { 'ring full': 0, 'not mapped': 0, none: 0 };
  returned = 0;
  private readonly rig: QueueRig;
  private readonly rng: Rng;
  private readonly area: number;
  private readonly posted: Map<number, Posted> = new Map();
  private readonly order: number[] = [];
  private readonly chains: { chain: Chain; token: number }[] = [];
  private nextToken = 0;

  constructor(rig: QueueRig, rng: Rng) {
    this.rig = rig;
    this.rng = rng;
    this.area = rig.place(new Uint8Array(rig.driver.size * SLOT_BYTES));
  }

  step(): void {
    const choice = this.rng.below(100);
    if (choice < 45) this.post();
    else if (choice < 60 && this.rig.device.poll()) this.pop();
    else if (choice < 80 && this.chains.length > 0) this.return();
    else this.get();
  }

  finish(): void {
    while (this.rig.device.poll()) this.pop();
    while (this.chains.length > 0) this.return();
    while (this.rig.driver.poll()) this.get();
    expect(this.posted.size).toBe(0);
  }

  private post(): void {
    const rng = this.rng;
    // A buffer's memory is its own for as long as it is under way.
    const slot = [...Array(this.rig.driver.size).keys()].find((i) => !this.isTaken(i));
    if (slot === undefined) return;
    const token = this.nextToken;
    const list = new ScatterList();
    const posted: Posted = { list, readable: [], writable: [] };
    const count = 1 + rng.below(4);
    const readableCount = rng.below(count + 1);
    let address = this.area + slot * SLOT_BYTES;
    for (let i = 0; i < count; i++) {
      const length = 1 + rng.below(rng.chance(0.2) ? 2000 : 200);
      const bytes = Uint8Array.from({ length }, () => rng.below(256));
      this.rig.ram.copyIn(address, bytes, 0, length);
      if (i < readableCount) list.addReadable(address, length);
      else list.addWritable(address, length);
      (i < readableCount ? posted.readable : posted.writable).push(...bytes);
      address += length;
    }
    const isAdded = this.rig.driver.addBuf(list, token);
    this.refusals[this.rig.driver.refusal] += 1;
    if (!isAdded) return;
    this.posted.set(token, posted);
    this.order.push(token);
    this.nextToken += 1;
  }

  private isTaken(slot: number): boolean {
    const at = this.area + slot * SLOT_BYTES;
    return [...this.posted.values()].some(({ list }) => list.address(0) === at);
  }

  private pop(): void {
    const chain = popChain(this.rig);
    const token = this.order.shift() as number;
    expect(deviceReads(this.rig, chain)).toEqual(this.posted.get(token)?.readable);
    this.chains.push({ chain, token });
  }

  /** Any of those that the device has, written as far as it likes. */
  private return(): void {
    const i = this.rng.below(this.chains.length);
    const [{ chain, token }] = this.chains.splice(i, 1) as [{ chain: Chain; token: number }];
    const { writable } = this.posted.get(token) as Posted;
    const length = this.rng.chance(0.5) ? writable.length : this.rng.below(writable.length + 1);
    const bytes = Uint8Array.from({ length }, () => this.rng.below(256));
    writable.splice(0, length, ...bytes);
    deviceReturns(this.rig, chain, bytes);
  }

  private get(): void {
    const token = this.rig.driver.getBuf();
    if (token === undefined) return;
    const { list, readable, writable } = this.posted.get(token) as Posted;
    const bytes = [...Array(list.count).keys()].flatMap((i) =>
      this.rig.read(list.address(i), list.length(i)),
    );
    expect(bytes).toEqual([...readable, ...writable]);
    this.posted.delete(token);
    this.returned += 1;
  }
}

const CASES = [
  { layout: 'split', indirect: false, minAlignMask: 0 },
  { layout: 'split', indirect: true, minAlignMask: 511 },
  { layout: 'packed', indirect: false, minAlignMask: 4095 },
  { layout: 'packed', indirect: true, minAlignMask: 0 },
] as const;

describe.each(CASES.map((options, i) => ({ ...options, seed: SEED + i })))(
  'random buffers over DMA, $layout, indirect: $indirect, mask $minAlignMask (seed $seed)',
  ({ seed, ...options }) => {
    it('come back with what the device wrote and nothing else, and leave nothing mapped', () => {
      const rig = queueRig({ ...options, size: 16, slotCount: 12 });
      const traffic = new Traffic(rig, new Rng(seed));
      for (let i = 0; i < STEPS; i++) traffic.step();
      traffic.finish();
      rig.checked.checkEnded();
      rig.exposure.checkAll();
      expect([rig.pool.usedSlots, rig.host.privateAccesses, rig.driver.freeCount]).toEqual([0, 0, 16]);
      expect(traffic.returned).toBe(traffic.refusals.none);
      expect(traffic.refusals['not mapped']).toBeGreaterThan(10);
      expect(traffic.returned).toBeGreaterThan(STEPS / 10);
    });
  },
);
