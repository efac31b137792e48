import {
  CapField,
  CapId,
  CapType,
  MsixControl,
  MsixField,
  PciCommon,
  PciHeader,
  PciStatus,
} from './pci-registers.js';
import { ProbeError } from './probe-error.js';

/** Reads of a function's PCI configuration space. */
export type ReadConfigSpace = (offset: number, widthBytes: 1 | 2 | 4) => number;

/** Part of BAR 0. */
export interface Structure {
  readonly offset: number;
  readonly lengthBytes: number;
}

export interface NotifyStructure extends Structure {
  readonly multiplier: number;
}

export interface Msix {
  /** Where the capability is in the configuration space. */
  readonly capability: number;
  readonly vectorCount: number;
}

/** Where a device has what its driver needs. */
export interface PciStructures {
  readonly common: Structure;
  readonly notify: NotifyStructure;
  readonly isr: Structure;
  /** Null for a device without a configuration of its own. */
  readonly device: Structure | null;
  readonly msix: Msix | null;
}

/** The window is a mapping of this BAR. */
const MAPPED_BAR = 0;
/** `struct virtio_pci_cap`; a device may have made it longer (N0272). */
const CAP_BYTES = 16;
/** More than fit into 192 bytes: a list that is longer goes in circles. */
const MAX_CAPS = 48;
/** Of the common configuration a driver needs all up to the last address; newer fields are for newer features. */
const COMMON_NEEDED_BYTES: number = PciCommon.queueNotifConfigData;

/** Follows the list of capabilities to the structures of a virtio device (4.1.4). */
export function discover(read: ReadConfigSpace): PciStructures {
  const found = new Map<number, number>();
  let msix: Msix | null = null;
  for (const at of capabilities(read)) {
    const id = read(at + CapField.id, 1);
    if (id === CapId.msix) msix ??= readMsix(read, at);
    if (id !== CapId.vendor || !isUsable(read, at)) continue;
    const type = read(at + CapField.type, 1);
    // The device has put the one that it likes best first (4.1.4.1, N0271).
    if (!found.has(type)) found.set(type, at);
  }
  const common = structure(read, found.get(CapType.common), COMMON_NEEDED_BYTES, 'common configuration');
  const notify = structure(read, found.get(CapType.notify), 2, 'notification');
  const multiplier = read((found.get(CapType.notify) as number) + CapField.notifyMultiplier, 4);
  const isr = structure(read, found.get(CapType.isr), 1, 'ISR status');
  const deviceAt = found.get(CapType.device);
  const device = deviceAt === undefined ? null : structure(read, deviceAt, 1, 'device configuration');
  return { common, notify: { ...notify, multiplier }, isr, device, msix };
}

function capabilities(read: ReadConfigSpace): number[] {
  if ((read(PciHeader.status, 2) & PciStatus.capabilities) === 0) {
    throw new ProbeError('PCI_NO_CAPS', 'the device has no capabilities, and so no virtio structures');
  }
  const starts: number[] = [];
  // The low two bits of a pointer are reserved.
  let at = read(PciHeader.capabilities, 1) & 0xfc;
  while (at !== 0) {
    if (starts.length === MAX_CAPS) {
      throw new ProbeError('PCI_CAPS_LOOP', 'the list of capabilities does not end', { capability: at });
    }
    starts.push(at);
    at = read(at + CapField.next, 1) & 0xfc;
  }
  return starts;
}

/**
 * A structure in another BAR cannot be reached, one in a reserved BAR must be ignored (virtio 1.4, 4.1.4.1, N0273),
 * and a capability that is too short does not say where its structure is.
 */
function isUsable(read: ReadConfigSpace, at: number): boolean {
  return read(at + CapField.length, 1) >= CAP_BYTES && read(at + CapField.bar, 1) === MAPPED_BAR;
}

function readMsix(read: ReadConfigSpace, capability: number): Msix {
  const control = read(capability + MsixField.control, 2);
  return { capability, vectorCount: (control & MsixControl.sizeMask) + 1 };
}

/** A structure may be larger than this driver knows, never smaller (N0274, N0275). */
function structure(
  read: ReadConfigSpace,
  at: number | undefined,
  neededBytes: number,
  name: string,
): Structure {
  if (at === undefined) throw new ProbeError('PCI_STRUCTURE', `the device has no ${name} structure`);
  const offset = read(at + CapField.structureOffset, 4);
  const lengthBytes = read(at + CapField.structureLength, 4);
  if (lengthBytes >= neededBytes) return { offset, lengthBytes };
  const message = `the ${name} structure has ${lengthBytes} bytes, at least ${neededBytes} are needed`;
  throw new ProbeError('PCI_STRUCTURE', message, { expected: neededBytes, actual: lengthBytes });
}
