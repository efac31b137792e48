import { assert } from '../assert.js';
import { LINE_ROUTE, messageRoute, SILENT_ROUTE } from './interrupt-route.js';
import { NO_VECTOR } from './pci-registers.js';
import { type DeviceWindow, MAX_QUEUES } from './window.js';

/**
 * Which MSI-X vector each event is mapped to (virtio 1.4, 4.1.5.1.2), and so which vCPUs it interrupts.
 *
 * On a real bus the guest writes into the table what message a vector sends. Here the table is fixed: vector v
 * interrupts vCPU v, and the last vector all vCPUs, as a message to a group does. The guest's choice is the mapping:
 * a queue to its own vCPU, and changes of the configuration to all, since each vCPU has to stop when the device does.
 */
export class PciVectors {
  readonly count: number;
  private readonly window: DeviceWindow;
  private readonly queues: number[];
  private configVector: number = NO_VECTOR;
  private isEnabled = false;

  constructor(window: DeviceWindow, queueCount: number, count: number) {
    assert(count >= 0 && count <= MAX_QUEUES + 1, 'there is no table for % vectors', count);
    this.window = window;
    this.count = count;
    this.queues = Array.from({ length: queueCount }, () => NO_VECTOR);
  }

  /** Whether messages are sent at all; the interrupt line is used until they are. */
  get enabled(): boolean {
    return this.isEnabled;
  }

  setEnabled(enabled: boolean): void {
    this.isEnabled = enabled && this.count > 0;
    this.publish();
  }

  /** What a vector field can be mapped to: any vector of the table, or none. */
  isVector(vector: number): boolean {
    return vector < this.count || vector === NO_VECTOR;
  }

  get config(): number {
    return this.configVector;
  }

  /** Maps changes of the configuration; a vector that there is not ends as NO_VECTOR (4.1.5.1.2.1, N0344). */
  mapConfig(vector: number): void {
    this.configVector = this.isVector(vector) ? vector : NO_VECTOR;
    this.publish();
  }

  queue(index: number): number {
    return this.queues[index] ?? NO_VECTOR;
  }

  mapQueue(index: number, vector: number): void {
    this.queues[index] = this.isVector(vector) ? vector : NO_VECTOR;
    this.publish();
  }

  /** A queue that is reset is mapped to nothing, as after a reset of the device (2.6.1). */
  unmapQueue(index: number): void {
    this.mapQueue(index, NO_VECTOR);
  }

  /** The vCPUs that vector `vector` interrupts, a bit each. */
  vcpus(vector: number): number {
    return vector === this.count - 1 ? 2 ** this.queues.length - 1 : 1 << vector;
  }

  /** All events are unmapped by a reset (4.1.5.1.2.1, N0342); whether messages are used belongs to the bus. */
  reset(): void {
    this.configVector = NO_VECTOR;
    this.queues.fill(NO_VECTOR);
    this.publish();
  }

  private publish(): void {
    this.window.setConfigRoute(this.route(this.configVector));
    this.queues.forEach((vector, queue) => this.window.setQueueRoute(queue, this.route(vector)));
  }

  private route(vector: number): number {
    if (!this.isEnabled) return LINE_ROUTE;
    return vector === NO_VECTOR ? SILENT_ROUTE : messageRoute(this.vcpus(vector));
  }
}
