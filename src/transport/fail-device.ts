import { Status } from './status.js';
import type { DeviceWindow } from './window.js';

/**
 * What any host thread does that can serve its driver no longer: DEVICE_NEEDS_RESET, and a configuration interrupt
 * when the driver is live (2.1.2, N0006, N0007).
 */
export function failDevice(window: DeviceWindow, vcpuCount: number): void {
  const wasLive = (window.status & Status.driverOk) !== 0;
  window.addStatus(Status.needsReset);
  if (wasLive) window.raiseConfigInterrupt(vcpuCount);
}
