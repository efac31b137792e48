/** The common configuration structure (virtio 1.4, 4.1.4.3). 64-bit fields are accessed as two halves (4.1.3.1). */
export const PciCommon = {
  deviceFeatureSelect: 0,
  deviceFeature: 4,
  driverFeatureSelect: 8,
  driverFeature: 12,
  configMsixVector: 16,
  numQueues: 18,
  deviceStatus: 20,
  configGeneration: 21,
  queueSelect: 22,
  queueSize: 24,
  queueMsixVector: 26,
  queueEnable: 28,
  queueNotifyOff: 30,
  queueDescLow: 32,
  queueDescHigh: 36,
  queueDriverLow: 40,
  queueDriverHigh: 44,
  queueDeviceLow: 48,
  queueDeviceHigh: 52,
  queueNotifConfigData: 56,
  queueReset: 58,
  adminQueueIndex: 60,
  adminQueueNum: 62,
} as const;

export const PCI_COMMON_BYTES = 64;

/** An event that no vector is mapped to (4.1.5.1.2). */
export const NO_VECTOR = 0xffff;

const OFFSETS: readonly number[] = Object.values(PciCommon);

/** The natural width of the register at `offset`, up to where the next one begins; 0 where none begins. */
export function commonWidth(offset: number): number {
  const index = OFFSETS.indexOf(offset);
  return index === -1 ? 0 : (OFFSETS[index + 1] ?? PCI_COMMON_BYTES) - offset;
}

/** Header of the PCI configuration space (PCI 3.0, 6.1), as far as it matters here. */
export const PciHeader = {
  vendorId: 0x00,
  deviceId: 0x02,
  command: 0x04,
  status: 0x06,
  revisionId: 0x08,
  classCode: 0x09,
  cacheLineSize: 0x0c,
  bar0: 0x10,
  subsystemVendorId: 0x2c,
  subsystemId: 0x2e,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
} as const;

/** Bits of the header's Status: the interrupt line is up; there is a list of capabilities. */
export const PciStatus = { interrupt: 0x08, capabilities: 0x10 } as const;

/** What every virtio device is told by, and what its type is added to (4.1.2). */
export const PCI_VENDOR_VIRTIO = 0x1af4;
export const PCI_DEVICE_BASE = 0x1040;
/** The last device ID of virtio. */
export const PCI_DEVICE_LAST = 0x107f;
/** What a slot without a device answers. */
export const PCI_VENDOR_NONE = 0xffff;

/** Capability IDs of PCI. */
export const CapId = { vendor: 0x09, msix: 0x11 } as const;

/** Fields of a capability, from its start on: `struct virtio_pci_cap` (4.1.4). */
export const CapField = {
  id: 0,
  next: 1,
  length: 2,
  type: 3,
  bar: 4,
  structureId: 5,
  structureOffset: 8,
  structureLength: 12,
  /** Of a notification capability (4.1.4.4). */
  notifyMultiplier: 16,
  /** Of a PCI configuration access capability (4.1.4.9). */
  accessData: 16,
} as const;

/** Values of `cfg_type` (4.1.4). */
export const CapType = { common: 1, notify: 2, isr: 3, device: 4, access: 5 } as const;

/** Fields of the MSI-X capability (PCI 3.0, 6.8.2). */
export const MsixField = { control: 2, table: 4, pendingBits: 8 } as const;

/** Message Control: the number of vectors less one, and whether messages replace the line. */
export const MsixControl = { sizeMask: 0x7ff, enable: 0x8000 } as const;
