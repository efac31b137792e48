import assert from 'node:assert/strict';
import { ProtocolViolation, QueueBroken } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { chooseRanges, toScatterList } from './random-buffer.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import type { AnyRig } from './rig.js';
import { detachAll } from './traffic.js';

export type CorruptionStep =
  | { readonly kind: 'corrupt'; readonly offset: number; readonly value: number }
  | { readonly kind: 'honest'; readonly call: number; readonly a: number; readonly b: number };

/** Bytes that may be corrupted. */
export interface Region {
  readonly start: number;
  readonly lengthBytes: number;
}

/**
 * Honest traffic over memory in which bytes change by themselves. Each end may at any point come up with a
 * {@link ProtocolViolation}, and then with nothing but {@link QueueBroken}. Whatever else is thrown fails the run.
 */
export class CorruptedQueue {
  readonly codes: Set<string> = new Set();
  private readonly rig: AnyRig;
  private readonly regions: readonly Region[];
  private readonly outstanding = new Set<number>();
  private readonly held: Chain[] = [];
  private readonly buffers = new ScatterList();
  private nextToken = 1;

  constructor(rig: AnyRig, regions: readonly Region[]) {
    this.rig = rig;
    this.regions = regions;
  }

  run(step: CorruptionStep): void {
    if (step.kind === 'corrupt') this.corrupt(step.offset, step.value);
    else this.honest(step.call, step.a, step.b);
  }

  /** After the worst, every buffer that did not come back can still be taken back, once. */
  finish(): void {
    const { driver, options } = this.rig;
    const tokens = detachAll(this.rig);
    assert.deepEqual(new Set(tokens), this.outstanding);
    assert.equal(tokens.length, this.outstanding.size, 'a token came back twice');
    assert.equal(driver.freeCount, options.size);
  }

  private corrupt(offset: number, value: number): void {
    const total = this.regions.reduce((sum, region) => sum + region.lengthBytes, 0);
    let at = offset % total;
    for (const { start, lengthBytes } of this.regions) {
      if (at < lengthBytes) return this.rig.memory.store8(start + at, value);
      at -= lengthBytes;
    }
  }

  private honest(call: number, a: number, b: number): void {
    const { driver, device } = this.rig;
    const calls: (() => void)[] = [
      () => this.add(a, b),
      () => this.add(b, a),
      () => void driver.kick(),
      () => this.getBuf(),
      () => this.getBuf(),
      () => void driver.enableCallbacks(),
      () => void driver.enableCallbacksDelayed(),
      () => driver.disableCallbacks(),
      () => this.pop(),
      () => this.pop(),
      () => this.push(a, b),
      () => this.push(b, a),
      () => void device.interrupt(),
      () => void device.enableKicks(),
      () => device.disableKicks(),
    ];
    const broken = [driver.broken, device.broken];
    try {
      (calls[call % calls.length] as () => void)();
    } catch (error) {
      if (error instanceof QueueBroken) assert.ok(broken.includes(true), 'QueueBroken without a violation');
      else if (error instanceof ProtocolViolation) this.codes.add(error.code);
      else throw error;
    }
  }

  private add(a: number, b: number): void {
    const { driver, payload, options } = this.rig;
    toScatterList(chooseRanges(payload, options.size, a, b), this.buffers);
    if (!driver.addBuf(this.buffers, this.nextToken)) return;
    this.outstanding.add(this.nextToken);
    this.nextToken += 1;
  }

  private getBuf(): void {
    const token = this.rig.driver.getBuf();
    if (token !== undefined) assert.ok(this.outstanding.delete(token), `token ${token} was not outstanding`);
  }

  private pop(): void {
    const { device, options, memory } = this.rig;
    const chain = new Chain();
    if (!device.pop(chain)) return;
    const { buffers, head } = chain;
    assert.ok(
      this.held.every((other) => other.head !== head),
      `buffer ${head} was popped twice`,
    );
    assert.ok(buffers.count >= 1 && buffers.count <= options.size);
    for (let i = 0; i < buffers.count; i++) {
      assert.ok(buffers.address(i) + buffers.length(i) <= memory.sizeBytes, 'a range outside memory');
    }
    this.held.push(chain);
  }

  private push(a: number, b: number): void {
    const index = this.rig.options.inOrder ? 0 : a % this.held.length;
    const chain = this.held[index];
    if (chain === undefined) return;
    this.rig.device.push(chain, b % (chain.writableBytes + 1));
    this.held.splice(index, 1);
  }
}
