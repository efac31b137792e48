import type { ProtocolViolation } from '../errors.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import { type Bus, busViolation } from './bus.js';
import { checkSetup, checkSize, type QueueField, QueueRegisters } from './queue-registers.js';
import { type DeviceWindow, QueueState } from './window.js';

export interface QueueBankOptions {
  readonly count: number;
  readonly sizeMax: number;
  /** What the size register holds before the driver has written it. */
  readonly sizeAtReset: number;
  readonly memoryBytes: number;
}

/** The queue registers of a device behind the queue selector, and the starting and stopping of its queues. */
export class QueueBank {
  private readonly window: DeviceWindow;
  private readonly bus: Bus;
  private readonly queues: readonly QueueRegisters[];
  private readonly options: QueueBankOptions;
  private selectedIndex = 0;
  /** What RING_PACKED says, once features are agreed. */
  private layout: RingLayout = 'split';

  constructor(window: DeviceWindow, bus: Bus, options: QueueBankOptions) {
    this.window = window;
    this.bus = bus;
    this.options = options;
    this.queues = Array.from({ length: options.count }, () => new QueueRegisters(options.sizeAtReset));
  }

  /** The features are agreed: what a queue must look like follows from them. */
  setLayout(layout: RingLayout): void {
    this.layout = layout;
  }

  get count(): number {
    return this.queues.length;
  }

  /** As the driver wrote it: there may be no such queue. */
  get selected(): number {
    return this.selectedIndex;
  }

  select(index: number): void {
    this.selectedIndex = index;
  }

  get selectedExists(): boolean {
    return this.selectedIndex < this.queues.length;
  }

  /** The largest size of the selected queue; 0 when there is no such queue (4.2.2, 4.1.4.3.1). */
  get selectedSizeMax(): number {
    return this.selectedExists ? this.options.sizeMax : 0;
  }

  /** Whether the selected queue is enabled: until a queue that was disabled has really stopped (N0382). */
  get selectedReady(): number {
    return this.selectedExists && this.isBusy(this.selectedIndex) ? 1 : 0;
  }

  /** Whether a reset of the selected queue is going on: until its I/O thread has let go of it (N0291, N0370). */
  get selectedResetting(): number {
    const wasReset = this.queues[this.selectedIndex]?.wasReset === true;
    return wasReset && !this.window.isQueueSettled(this.selectedIndex) ? 1 : 0;
  }

  /** A register of the selected queue; 0 when there is no such queue (4.1.4.3.1, N0293). */
  read(field: QueueField): number {
    return this.queues[this.selectedIndex]?.read(field) ?? 0;
  }

  /** Writes a register of the selected queue; returns what was wrong with that, null when nothing was. */
  write(field: QueueField, value: number): ProtocolViolation | null {
    const queue = this.queues[this.selectedIndex];
    if (queue === undefined) return this.noSuchQueue();
    if (this.isBusy(this.selectedIndex)) {
      return this.busy(`${field} of a queue was written while it is in use`);
    }
    queue.write(field, value);
    return null;
  }

  /** What would be wrong with a size for the selected queue; null when nothing would. */
  checkSize(size: number): ProtocolViolation | null {
    return checkSize(this.bus, size, { ...this.options, layout: this.layout });
  }

  /** Enables the selected queue, which starts when it may run; returns what was wrong with that. */
  enable(mayRun: boolean): ProtocolViolation | null {
    const queue = this.queues[this.selectedIndex];
    if (queue === undefined) return this.noSuchQueue();
    if (this.isBusy(this.selectedIndex)) return this.busy('a queue was enabled twice');
    const wrong = checkSetup(this.bus, queue.setup, { ...this.options, layout: this.layout });
    if (wrong !== null) return wrong;
    queue.ready = true;
    queue.wasReset = false;
    if (mayRun) this.window.startQueue(this.selectedIndex, queue.setup);
    return null;
  }

  /** Disables the selected queue; returns what was wrong with that. */
  disable(): ProtocolViolation | null {
    const queue = this.queues[this.selectedIndex];
    if (queue === undefined) return this.noSuchQueue();
    queue.ready = false;
    this.stop(this.selectedIndex);
    return null;
  }

  /**
   * Resets the selected queue alone (2.6.1): it stops, and its registers hold what they hold after a reset of the
   * device. A queue that does not run, or whose reset goes on already, has nothing to be stopped.
   */
  resetSelected(): ProtocolViolation | null {
    const queue = this.queues[this.selectedIndex];
    if (queue === undefined) return this.noSuchQueue();
    queue.reset();
    queue.wasReset = true;
    this.stop(this.selectedIndex);
    return null;
  }

  noSuchQueue(): ProtocolViolation {
    const message = 'a queue that does not exist was set up';
    return busViolation(this.bus, 'QUEUE_SEL', message, `below ${this.count}`, this.selectedIndex);
  }

  /** Starts every queue that is ready, because the driver is; one that was paused goes on where it was. */
  startAll(): void {
    this.queues.forEach((queue, index) => {
      if (!queue.ready) return;
      if (this.window.queueState(index) === QueueState.paused) this.window.resumeQueue(index);
      else this.window.startQueue(index, queue.setup);
    });
  }

  pauseAll(): void {
    for (let index = 0; index < this.count; index++) {
      if (this.window.queueState(index) === QueueState.live) this.window.pauseQueue(index);
    }
  }

  stopAll(): void {
    for (let index = 0; index < this.count; index++) this.stop(index);
  }

  get areAllSettled(): boolean {
    return this.queues.every((_, index) => this.window.isQueueSettled(index));
  }

  reset(): void {
    for (const queue of this.queues) queue.reset();
    this.selectedIndex = 0;
  }

  private busy(message: string): ProtocolViolation {
    const { enabled } = this.bus;
    return busViolation(this.bus, 'QUEUE_BUSY', message, `${enabled} = 0`, `${enabled} = 1`);
  }

  private stop(index: number): void {
    if (this.window.queueState(index) !== QueueState.stopped) this.window.stopQueue(index);
  }

  private isBusy(index: number): boolean {
    return this.queues[index]?.ready === true || !this.window.isQueueSettled(index);
  }
}
