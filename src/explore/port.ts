import type { BarrierStrength, MemoryPort, WaitResult } from '../memory/port.js';
import { Order } from './order.js';

/** What carries out the accesses of a thread: an exploration, or the replay of one execution. */
export interface AccessHandler {
  readonly memoryBytes: number;
  read(address: number, lengthBytes: number, order: number): number;
  write(address: number, lengthBytes: number, order: number, value: number): void;
  fence(order: number): void;
  /** Returns the value before; `apply` makes the new one of it, or null if it is to stay. */
  update(address: number, order: number, apply: (value: number) => number | null): number;
  /** Returns the word once it differs from `expected`. */
  awaitChange(address: number, expected: number, timeoutMs: number): number;
  notify(address: number): void;
  readContent(address: number, target: Uint8Array): void;
  writeContent(address: number, content: Uint8Array): void;
  unsupported(method: string): never;
}

/**
 * The port of an explored thread. The methods of {@link MemoryPort} carry the order that their names declare; the
 * others are for programs that are written for the explorer, and for litmus tests.
 */
export class ExplorerPort implements MemoryPort {
  /** All threads are processors. */
  readonly barriers: BarrierStrength = 'smp';
  private readonly handler: AccessHandler;

  constructor(handler: AccessHandler) {
    this.handler = handler;
  }

  get sizeBytes(): number {
    return this.handler.memoryBytes;
  }

  load8(address: number): number {
    return this.handler.read(address, 1, Order.plain);
  }

  load16(address: number): number {
    return this.handler.read(address, 2, Order.plain);
  }

  load32(address: number): number {
    return this.handler.read(address, 4, Order.plain);
  }

  store8(address: number, value: number): void {
    this.handler.write(address, 1, Order.plain, value & 0xff);
  }

  store16(address: number, value: number): void {
    this.handler.write(address, 2, Order.plain, value & 0xffff);
  }

  store32(address: number, value: number): void {
    this.handler.write(address, 4, Order.plain, value >>> 0);
  }

  load16Relaxed(address: number): number {
    return this.handler.read(address, 2, Order.relaxed);
  }

  store16Relaxed(address: number, value: number): void {
    this.handler.write(address, 2, Order.relaxed, value & 0xffff);
  }

  load16Acquire(address: number): number {
    return this.handler.read(address, 2, Order.acquirePc);
  }

  store16Release(address: number, value: number): void {
    this.handler.write(address, 2, Order.release, value & 0xffff);
  }

  load32Acquire(address: number): number {
    return this.handler.read(address, 4, Order.acquirePc);
  }

  store32Release(address: number, value: number): void {
    this.handler.write(address, 4, Order.release, value >>> 0);
  }

  fence(): void {
    this.handler.fence(Order.full);
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    if (length > 0) this.handler.writeContent(address, source.subarray(sourceOffset, sourceOffset + length));
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    if (length > 0) this.handler.readContent(address, target.subarray(targetOffset, targetOffset + length));
  }

  copyWithin(target: number, source: number, length: number): void {
    const content = new Uint8Array(length);
    this.copyOut(source, content, 0, length);
    this.copyIn(target, content, 0, length);
  }

  bytes(_address: number, _length: number): Uint8Array {
    return this.handler.unsupported('bytes');
  }

  target(_address: number, _length: number): Uint8Array {
    return this.handler.unsupported('target');
  }

  words(_address: number, _length: number): Uint32Array {
    return this.handler.unsupported('words');
  }

  add32(address: number, delta: number): number {
    return this.handler.update(address, Order.acquireRelease, (value) => (value + delta) >>> 0);
  }

  or32(address: number, bits: number): number {
    return this.handler.update(address, Order.acquireRelease, (value) => (value | bits) >>> 0);
  }

  and32(address: number, bits: number): number {
    return this.handler.update(address, Order.acquireRelease, (value) => (value & bits) >>> 0);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    this.handler.awaitChange(address, expected, timeoutMs);
    return 'ok';
  }

  notify32(address: number): number {
    this.handler.notify(address);
    return 0;
  }

  /** A 32-bit load of any order of {@link Order}. */
  load32Ordered(address: number, order: number): number {
    return this.handler.read(address, 4, order);
  }

  /** A 32-bit store of any order. */
  store32Ordered(address: number, value: number, order: number): void {
    this.handler.write(address, 4, order, value >>> 0);
  }

  /** A 32-bit read-modify-write of any order; returns the value before. Null leaves it, as a failed exchange does. */
  update32Ordered(address: number, order: number, apply: (value: number) => number | null): number {
    return this.handler.update(address, order, apply);
  }

  /** Sleeps until the word differs from `expected`, and returns it. */
  await32(address: number, expected: number): number {
    return this.handler.awaitChange(address, expected, Infinity);
  }

  /** A fence of any order. */
  fenceOrdered(order: number): void {
    this.handler.fence(order);
  }
}
