import type { BarrierStrength, MemoryPort, WaitResult } from '../memory/port.js';
import type { EventWriter } from './event-ring.js';

/**
 * The port of one end of a ring, where every store is an event. A store is recorded before it is made: whoever sees
 * what was stored does so at a later time than the event has. Plain loads are not recorded, they are of what a word
 * that was seen has made known.
 *
 * Payload does not go through a ring's end, so bulk accesses and views are passed on as they are.
 */
export class RecordingPort implements MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength;
  private readonly memory: MemoryPort;
  private readonly log: EventWriter;
  private readonly queue: number;
  /** By address, of words that both sides use: what was last there, as far as this side knows. */
  private readonly known: Map<number, number> = new Map();

  constructor(memory: MemoryPort, log: EventWriter, queue: number) {
    this.memory = memory;
    this.sizeBytes = memory.sizeBytes;
    this.barriers = memory.barriers;
    this.log = log;
    this.queue = queue;
  }

  load8(address: number): number {
    return this.memory.load8(address);
  }

  load16(address: number): number {
    return this.memory.load16(address);
  }

  load32(address: number): number {
    return this.memory.load32(address);
  }

  store8(address: number, value: number): void {
    this.stored(address, 1, value, this.memory.load8(address));
    this.memory.store8(address, value);
  }

  store16(address: number, value: number): void {
    this.stored(address, 2, value, this.memory.load16(address));
    this.memory.store16(address, value);
  }

  store32(address: number, value: number): void {
    this.stored(address, 4, value, this.memory.load32(address));
    this.memory.store32(address, value);
  }

  load16Relaxed(address: number): number {
    return this.saw(address, 2, this.memory.load16Relaxed(address));
  }

  store16Relaxed(address: number, value: number): void {
    this.stored(address, 2, value, this.memory.load16Relaxed(address));
    this.memory.store16Relaxed(address, value);
  }

  load16Acquire(address: number): number {
    return this.saw(address, 2, this.memory.load16Acquire(address));
  }

  store16Release(address: number, value: number): void {
    this.stored(address, 2, value, this.memory.load16Relaxed(address));
    this.memory.store16Release(address, value);
  }

  load32Acquire(address: number): number {
    return this.saw(address, 4, this.memory.load32Acquire(address));
  }

  store32Release(address: number, value: number): void {
    this.stored(address, 4, value, this.memory.load32Acquire(address));
    this.memory.store32Release(address, value);
  }

  fence(): void {
    this.memory.fence();
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.memory.copyIn(address, source, sourceOffset, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.memory.copyOut(address, target, targetOffset, length);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.memory.copyWithin(target, source, length);
  }

  bytes(address: number, length: number): Uint8Array {
    return this.memory.bytes(address, length);
  }

  target(address: number, length: number): Uint8Array {
    return this.memory.target(address, length);
  }

  words(address: number, length: number): Uint32Array {
    return this.memory.words(address, length);
  }

  add32(address: number, delta: number): number {
    return this.memory.add32(address, delta);
  }

  or32(address: number, bits: number): number {
    return this.memory.or32(address, bits);
  }

  and32(address: number, bits: number): number {
    return this.memory.and32(address, bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    return this.memory.wait32(address, expected, timeoutMs);
  }

  notify32(address: number): number {
    return this.memory.notify32(address);
  }

  private stored(address: number, widthBytes: number, value: number, before: number): void {
    this.known.set(address, value);
    this.log.write('stored', this.queue, address, widthBytes, value, before);
  }

  private saw(address: number, widthBytes: number, value: number): number {
    if (this.known.get(address) === value) return value;
    this.known.set(address, value);
    this.log.write('saw', this.queue, address, widthBytes, value);
    return value;
  }
}
