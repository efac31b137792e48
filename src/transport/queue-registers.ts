import { ProtocolViolation } from '../errors.js';
import { isQueueSize, type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { RingPart } from '../virtqueue/split-layout.js';
import { Mmio } from './mmio-registers.js';
import type { QueueSetup } from './window.js';

const TWO_TO_32 = 0x1_0000_0000;

/** The registers of one queue, as the driver has written them so far (virtio 1.4, 4.2.2). */
export class QueueRegisters {
  /** What QueueReady reads: the driver enabled the queue. */
  ready = false;
  size = 0;
  readonly #low: Map<number, number> = new Map();
  readonly #high: Map<number, number> = new Map();

  reset(): void {
    this.ready = false;
    this.size = 0;
    this.#low.clear();
    this.#high.clear();
  }

  /** Half of an address; `offset` is one of the six address registers. */
  writeAddress(offset: number, value: number): void {
    if ((offset & 4) === 0) this.#low.set(offset, value);
    else this.#high.set(offset - 4, value);
  }

  get setup(): QueueSetup {
    return {
      size: this.size,
      desc: this.#address(Mmio.queueDescLow),
      driver: this.#address(Mmio.queueDriverLow),
      device: this.#address(Mmio.queueDeviceLow),
    };
  }

  /** What is wrong with the set-up that the driver wants to enable; null when nothing is. */
  check(layout: RingLayout, sizeMax: number, memoryBytes: number): ProtocolViolation | null {
    const { size, desc, driver, device } = this.setup;
    if (!isQueueSize(layout, size) || size > sizeMax) {
      return new ProtocolViolation('MMIO_QUEUE_SIZE', 'the queue size is not one the device can use', {
        section: '4.2.2',
        expected: `a ${layout === 'split' ? 'power of 2' : 'number'} up to ${sizeMax}`,
        actual: size,
      });
    }
    const parts = ringParts(layout, size);
    return (
      checkPart('descriptor area', desc, parts.desc, memoryBytes) ??
      checkPart('driver area', driver, parts.driver, memoryBytes) ??
      checkPart('device area', device, parts.device, memoryBytes)
    );
  }

  #address(lowOffset: number): number {
    return (this.#low.get(lowOffset) ?? 0) + (this.#high.get(lowOffset) ?? 0) * TWO_TO_32;
  }
}

function checkPart(
  name: string,
  address: number,
  part: RingPart,
  memoryBytes: number,
): ProtocolViolation | null {
  if (address % part.align !== 0) {
    return new ProtocolViolation('MMIO_QUEUE_ALIGNMENT', `the ${name} is misaligned`, {
      section: '2.7',
      expected: `a multiple of ${part.align}`,
      actual: `0x${address.toString(16)}`,
    });
  }
  if (address + part.sizeBytes > memoryBytes) {
    return new ProtocolViolation('MMIO_QUEUE_ADDRESS', `the ${name} is not in guest memory`, {
      section: '4.2.2',
      expected: `${part.sizeBytes} bytes within ${memoryBytes}`,
      actual: `0x${address.toString(16)}`,
    });
  }
  return null;
}
