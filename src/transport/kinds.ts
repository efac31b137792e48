import type { TransportName } from '../scenario/plan.js';
import type { OnViolation } from './device-core.js';
import type { DeviceModel } from './device-model.js';
import type { DeviceRegisters, ExitChannel } from './exits.js';
import { MmioDevice } from './mmio-device.js';
import { MmioDriver } from './mmio-driver.js';
import { PciDevice } from './pci-device.js';
import { PciDriver } from './pci-driver.js';
import type { DriverTransport } from './transport.js';
import type { DeviceWindow } from './window.js';

/** The driver's side of a transport, as one vCPU has it. */
export function driverTransport(
  kind: TransportName,
  window: DeviceWindow,
  exits: ExitChannel,
): DriverTransport {
  return kind === 'mmio' ? new MmioDriver(window, exits) : new PciDriver(window, exits);
}

/** The device's side of it, for the one thread that answers register accesses. */
export function deviceRegisters(
  kind: TransportName,
  window: DeviceWindow,
  model: DeviceModel,
  memoryBytes: number,
  onViolation: OnViolation,
): DeviceRegisters {
  const Registers = kind === 'mmio' ? MmioDevice : PciDevice;
  return new Registers(window, model, memoryBytes, onViolation);
}
