import type { ProtocolViolation } from '../errors.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import { Mmio } from './mmio-registers.js';
import { mmioViolation } from './mmio-violation.js';
import { QueueRegisters } from './queue-registers.js';
import type { DeviceWindow } from './window.js';

/** The queue registers of a device behind QueueSel, and the starting and stopping of its queues. */
export class QueueBank {
  readonly #window: DeviceWindow;
  readonly #queues: readonly QueueRegisters[];
  readonly #sizeMax: number;
  readonly #memoryBytes: number;
  #selected = 0;
  /** What RING_PACKED says, once features are agreed. */
  #layout: RingLayout = 'split';

  constructor(window: DeviceWindow, count: number, sizeMax: number, memoryBytes: number) {
    this.#window = window;
    this.#queues = Array.from({ length: count }, () => new QueueRegisters());
    this.#sizeMax = sizeMax;
    this.#memoryBytes = memoryBytes;
  }

  /** The features are agreed: what a queue must look like follows from them. */
  setLayout(layout: RingLayout): void {
    this.#layout = layout;
  }

  get count(): number {
    return this.#queues.length;
  }

  select(index: number): void {
    this.#selected = index;
  }

  /** QueueSizeMax of the selected queue; 0 when there is no such queue (virtio 1.4, 4.2.2). */
  get selectedSizeMax(): number {
    return this.#selected < this.#queues.length ? this.#sizeMax : 0;
  }

  /** QueueReady of the selected queue: 1 until a queue that was disabled has really stopped (4.2.3.2, N0382). */
  get selectedReady(): number {
    return this.#selected < this.#queues.length && this.#isBusy(this.#selected) ? 1 : 0;
  }

  /** Writes a register of the selected queue; returns what was wrong with that, null when nothing was. */
  write(offset: number, value: number, mayRun: boolean): ProtocolViolation | null {
    const index = this.#selected;
    const queue = this.#queues[index];
    if (queue === undefined) {
      return mmioViolation(
        'MMIO_QUEUE_SEL',
        'a queue that does not exist was set up',
        `below ${this.count}`,
        index,
      );
    }
    if (offset === Mmio.queueReady) return this.#writeReady(index, queue, value, mayRun);
    if (this.#isBusy(index)) {
      const message = `register 0x${offset.toString(16)} of a queue was written while it is in use`;
      return mmioViolation('MMIO_QUEUE_BUSY', message, 'QueueReady = 0', 'QueueReady = 1');
    }
    if (offset === Mmio.queueSize) queue.size = value;
    else queue.writeAddress(offset, value);
    return null;
  }

  /** Starts every queue that is ready: the driver is. */
  startAll(): void {
    this.#queues.forEach((queue, index) => {
      if (queue.ready) this.#window.startQueue(index, queue.setup);
    });
  }

  stopAll(): void {
    for (let index = 0; index < this.count; index++) this.#stop(index);
  }

  get areAllSettled(): boolean {
    return this.#queues.every((_, index) => this.#window.isQueueSettled(index));
  }

  reset(): void {
    for (const queue of this.#queues) queue.reset();
    this.#selected = 0;
  }

  #writeReady(
    index: number,
    queue: QueueRegisters,
    value: number,
    mayRun: boolean,
  ): ProtocolViolation | null {
    if (value === 0) {
      queue.ready = false;
      this.#stop(index);
      return null;
    }
    if (this.#isBusy(index)) {
      return mmioViolation(
        'MMIO_QUEUE_BUSY',
        'a queue was enabled twice',
        'QueueReady = 0',
        'QueueReady = 1',
      );
    }
    const wrong = queue.check(this.#layout, this.#sizeMax, this.#memoryBytes);
    if (wrong !== null) return wrong;
    queue.ready = true;
    if (mayRun) this.#window.startQueue(index, queue.setup);
    return null;
  }

  #stop(index: number): void {
    if ((this.#window.queueLive(index) & 1) === 1) this.#window.stopQueue(index);
  }

  #isBusy(index: number): boolean {
    return this.#queues[index]?.ready === true || !this.#window.isQueueSettled(index);
  }
}
