import assert from 'node:assert/strict';
import { ProtocolViolation, QueueBroken } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { chooseRanges, toScatterList } from './random-buffer.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeRig, type Rig, type RigOptions } from './rig.js';
import { detachAll } from './traffic.js';

export type CorruptionStep =
  | { readonly kind: 'corrupt'; readonly offset: number; readonly value: number }
  | { readonly kind: 'honest'; readonly call: number; readonly a: number; readonly b: number };

/** Which bytes are corrupted: those that the driver writes, or those that the device writes. */
export type Region = 'driver' | 'device';

/**
 * Honest traffic over memory in which bytes change by themselves. Each end may at any point come up with a
 * {@link ProtocolViolation}, and then with nothing but {@link QueueBroken}. Whatever else is thrown fails the run.
 */
export class CorruptedQueue {
  readonly codes: Set<string> = new Set();
  readonly #rig: Rig;
  readonly #region: Region;
  readonly #outstanding = new Set<number>();
  readonly #held: Chain[] = [];
  readonly #buffers = new ScatterList();
  #nextToken = 1;

  constructor(options: RigOptions, region: Region) {
    this.#rig = makeRig({ memoryBytes: 1 << 17, ...options });
    this.#region = region;
  }

  run(step: CorruptionStep): void {
    if (step.kind === 'corrupt') this.#corrupt(step.offset, step.value);
    else this.#honest(step.call, step.a, step.b);
  }

  /** After the worst, every buffer that did not come back can still be taken back, once. */
  finish(): void {
    const { driver, options } = this.#rig;
    const tokens = detachAll(this.#rig);
    assert.deepEqual(new Set(tokens), this.#outstanding);
    assert.equal(tokens.length, this.#outstanding.size, 'a token came back twice');
    assert.equal(driver.freeCount, options.size);
  }

  #corrupt(offset: number, value: number): void {
    const { wire, memory, options } = this.#rig;
    const end = wire.at.used + 6 + 8 * options.size;
    if (this.#region === 'device') {
      memory.store8(wire.at.used + (offset % (end - wire.at.used)), value);
      return;
    }
    // Table and available ring, then the first indirect tables, which the allocator places behind the payload.
    const ringBytes = wire.at.used - wire.at.desc;
    const at = offset % (ringBytes + 512);
    memory.store8(at < ringBytes ? wire.at.desc + at : this.#rig.payload + 4096 + at - ringBytes, value);
  }

  #honest(call: number, a: number, b: number): void {
    const { driver, device } = this.#rig;
    const calls: (() => void)[] = [
      () => this.#add(a, b),
      () => this.#add(b, a),
      () => void driver.kick(),
      () => this.#getBuf(),
      () => this.#getBuf(),
      () => void driver.enableCallbacks(),
      () => void driver.enableCallbacksDelayed(),
      () => driver.disableCallbacks(),
      () => this.#pop(),
      () => this.#pop(),
      () => this.#push(a, b),
      () => this.#push(b, a),
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

  #add(a: number, b: number): void {
    const { driver, payload, options } = this.#rig;
    toScatterList(chooseRanges(payload, options.size, a, b), this.#buffers);
    if (!driver.addBuf(this.#buffers, this.#nextToken)) return;
    this.#outstanding.add(this.#nextToken);
    this.#nextToken += 1;
  }

  #getBuf(): void {
    const token = this.#rig.driver.getBuf();
    if (token !== undefined) assert.ok(this.#outstanding.delete(token), `token ${token} was not outstanding`);
  }

  #pop(): void {
    const { device, options, memory } = this.#rig;
    const chain = new Chain();
    if (!device.pop(chain)) return;
    const { buffers, head } = chain;
    assert.ok(
      this.#held.every((other) => other.head !== head),
      `head ${head} was popped twice`,
    );
    assert.ok(buffers.count >= 1 && buffers.count <= options.size);
    for (let i = 0; i < buffers.count; i++) {
      assert.ok(buffers.address(i) + buffers.length(i) <= memory.sizeBytes, 'a range outside memory');
    }
    this.#held.push(chain);
  }

  #push(a: number, b: number): void {
    const index = this.#rig.options.inOrder ? 0 : a % this.#held.length;
    const chain = this.#held[index];
    if (chain === undefined) return;
    this.#rig.device.push(chain, b % (chain.writableBytes + 1));
    this.#held.splice(index, 1);
  }
}
