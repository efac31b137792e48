import type { ProtocolViolation } from '../errors.js';
import { isQueueSize, type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { RingPart } from '../virtqueue/split-layout.js';
import { type Bus, busViolation } from './bus.js';
import type { QueueSetup } from './window.js';

const TWO_TO_32 = 0x1_0000_0000;

/** The three parts of a ring that a queue's address registers point to. */
export type QueueArea = 'desc' | 'driver' | 'device';

/** What a register of a queue means, wherever a transport has put it. Addresses are written in halves. */
export type QueueField = 'size' | `${QueueArea}Low` | `${QueueArea}High`;

/** The registers of one queue, as the driver has written them so far. */
export class QueueRegisters {
  /** The driver enabled the queue. */
  ready = false;
  /** The driver reset the queue, and has not enabled it since. */
  wasReset = false;
  private readonly sizeAtReset: number;
  private readonly fields: Map<QueueField, number> = new Map();

  constructor(sizeAtReset: number) {
    this.sizeAtReset = sizeAtReset;
  }

  reset(): void {
    this.ready = false;
    this.wasReset = false;
    this.fields.clear();
  }

  read(field: QueueField): number {
    return this.fields.get(field) ?? (field === 'size' ? this.sizeAtReset : 0);
  }

  write(field: QueueField, value: number): void {
    this.fields.set(field, value);
  }

  get setup(): QueueSetup {
    return {
      size: this.read('size'),
      desc: this.address('desc'),
      driver: this.address('driver'),
      device: this.address('device'),
    };
  }

  private address(area: QueueArea): number {
    return this.read(`${area}Low`) + this.read(`${area}High`) * TWO_TO_32;
  }
}

/** What a set-up has to keep to. */
export interface QueueBounds {
  readonly layout: RingLayout;
  readonly sizeMax: number;
  readonly memoryBytes: number;
}

/** What is wrong with the set-up that the driver wants to enable; null when nothing is. */
export function checkSetup(bus: Bus, setup: QueueSetup, bounds: QueueBounds): ProtocolViolation | null {
  const { size, desc, driver, device } = setup;
  const wrong = checkSize(bus, size, bounds);
  if (wrong !== null) return wrong;
  const parts = ringParts(bounds.layout, size);
  return (
    checkPart(bus, 'descriptor area', desc, parts.desc, bounds.memoryBytes) ??
    checkPart(bus, 'driver area', driver, parts.driver, bounds.memoryBytes) ??
    checkPart(bus, 'device area', device, parts.device, bounds.memoryBytes)
  );
}

export function checkSize(bus: Bus, size: number, bounds: QueueBounds): ProtocolViolation | null {
  const { layout, sizeMax } = bounds;
  if (isQueueSize(layout, size) && size <= sizeMax) return null;
  const expected = `a ${layout === 'split' ? 'power of 2' : 'number'} up to ${sizeMax}`;
  const message = 'the queue size is not one the device can use';
  return busViolation(bus, 'QUEUE_SIZE', message, expected, size, bus.layoutClause);
}

function checkPart(
  bus: Bus,
  name: string,
  address: number,
  part: RingPart,
  memoryBytes: number,
): ProtocolViolation | null {
  const actual = `0x${address.toString(16)}`;
  if (address % part.align !== 0) {
    const message = `the ${name} is misaligned`;
    return busViolation(bus, 'QUEUE_ALIGNMENT', message, `a multiple of ${part.align}`, actual, '2.7');
  }
  if (address + part.sizeBytes > memoryBytes) {
    const message = `the ${name} is not in guest memory`;
    const expected = `${part.sizeBytes} bytes within ${memoryBytes}`;
    return busViolation(bus, 'QUEUE_ADDRESS', message, expected, actual, bus.layoutClause);
  }
  return null;
}
