import { InterruptCause, Status } from '../transport/status.js';
import type { DriverTransport } from '../transport/transport.js';

/**
 * What the interrupt causes say of the device as a whole: true when it asks for a reset (virtio 1.4, 2.1.2). Any other
 * change of its configuration is `changed`'s to look at.
 */
export function asksForReset(transport: DriverTransport, causes: number, changed: () => void): boolean {
  if ((causes & InterruptCause.configChange) === 0) return false;
  if ((transport.readStatus() & Status.needsReset) !== 0) return true;
  changed();
  return false;
}
