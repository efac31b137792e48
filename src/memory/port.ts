/** What {@link MemoryPort.wait32} came back with, in the words of `Atomics.wait`. */
export type WaitResult = 'ok' | 'not-equal' | 'timed-out';

/**
 * Against whom the order that a port's methods declare holds (virtio 1.4, 6, VIRTIO_F_ORDER_PLATFORM): `smp` against
 * other CPUs only, as Linux' `virt_mb` and its kind; `platform` against every device of the platform too, as `mb`. A
 * driver promises the second when it accepts ORDER_PLATFORM, so it may do so only over a port that has it.
 */
export type BarrierStrength = 'smp' | 'platform';

/**
 * The only way to memory that both threads see. An address is a byte offset from guest-physical 0, exact to 2^53.
 *
 * The order an access needs is part of its name, so the protocol can be read off the ring code. Two readings exist:
 * *declared* is what the name says, what a C port on Arm would have to emit; *deployed* is {@link SharedMemory},
 * where every access that is not plain is an `Atomics` one and so sequentially consistent. Ring code must be right
 * under the declared reading.
 *
 * Rules for callers:
 * - A control field is accessed with one width by both sides: accesses of different widths do not synchronise.
 * - Plain accesses have no coherence in JavaScript: never spin on one, never decide anything from an unpublished one.
 * - Values are unsigned. Addresses are aligned to the width; an address outside the memory is a bug of the caller,
 *   who must have checked whatever the peer supplied.
 */
export interface MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength;

  /** Plain: descriptors, ring elements, payload. Ordered only by a release or acquire on another word. */
  load8(address: number): number;
  load16(address: number): number;
  load32(address: number): number;
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;

  /** Coherent but unordered: control words at points where {@link fence} or nothing does the ordering. */
  load16Relaxed(address: number): number;
  store16Relaxed(address: number, value: number): void;

  /** Words that publish: `avail.idx`, `used.idx`, packed flags; 32-bit ones in the device's control window. */
  load16Acquire(address: number): number;
  store16Release(address: number, value: number): void;
  load32Acquire(address: number): number;
  store32Release(address: number, value: number): void;

  /** Full barrier. What it is there for is the one thing that acquire and release do not give: store before load. */
  fence(): void;

  /** Copies `length` bytes of `source`, from `sourceOffset`, to `address`: one event, however long. */
  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void;
  /** Copies `length` bytes at `address` into `target` at `targetOffset`: one event, however long. */
  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void;
  /** Copies `length` bytes within the memory; the ranges do not overlap. One event. */
  copyWithin(target: number, source: number, length: number): void;
  /** The bytes themselves, for a system call that reads guest memory in place. */
  bytes(address: number, length: number): Uint8Array;
  /** The bytes themselves, to be overwritten in place: what is in them may not be looked at. */
  target(address: number, length: number): Uint8Array;
  /** The same as 32-bit words, to fill and check payload in place; `address` and `length` are multiples of 4. */
  words(address: number, length: number): Uint32Array;

  /** Atomic read-modify-writes for doorbells and status words; they return the value from before. Full barriers. */
  add32(address: number, delta: number): number;
  or32(address: number, bits: number): number;
  and32(address: number, bits: number): number;
  /** Sleeps while the word at `address` equals `expected`, for at most `timeoutMs`. */
  wait32(address: number, expected: number, timeoutMs: number): WaitResult;
  /** Wakes every sleeper on the word; returns how many there were. */
  notify32(address: number): number;
}
