import { InvariantError, ProtocolViolation, type VringError } from '../errors.js';
import type { DeviceQueue, DriverQueue } from '../virtqueue/queue.js';

/** At the end of a ring's life, when all buffers are back: the driver has all of its descriptors again. */
export function checkDriverBalance(queue: DriverQueue<unknown>): VringError | null {
  const wrong = checkDescriptors(queue);
  if (wrong !== null || !queue.poll()) return wrong;
  return new ProtocolViolation('USED_EXTRA', 'a used buffer is shown though none is outstanding', {
    section: '2.7.8',
    expected: 'an empty ring',
    actual: 'a used buffer',
  });
}

/** As much of it as the driver knows without a look at the ring. */
export function checkDescriptors(queue: DriverQueue<unknown>): VringError | null {
  if (queue.freeCount === queue.size && queue.outstandingCount === 0) return null;
  return new InvariantError(
    `the driver's end has ${queue.freeCount} of ${queue.size} descriptors free and ` +
      `${queue.outstandingCount} buffers outstanding, though all came back`,
  );
}

/** The same for the device: it holds nothing, and nothing is left to pop. */
export function checkDeviceBalance(queue: DeviceQueue): VringError | null {
  if (queue.inFlightCount !== 0)
    return new InvariantError(`the device's end holds ${queue.inFlightCount} buffers, though all went back`);
  if (!queue.poll()) return null;
  return new ProtocolViolation('AVAIL_EXTRA', 'an available buffer is shown that the driver never posted', {
    section: '2.7.6',
    expected: 'an empty ring',
    actual: 'an available buffer',
  });
}
