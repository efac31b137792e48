import { MAX_QUEUES } from './window.js';

/** Where in the device's page its PCI configuration space answers, and how large it is. */
export const PCI_CONFIG_AT = 0xe00;
export const PCI_CONFIG_BYTES = 0x100;

/** BAR 0: the page from its start on. Structures are found through capabilities; these are the device's choice. */
export const BAR_BYTES = 0x800;
/** Two notifications side by side never share 32 bits, so one with NOTIFICATION_DATA fits too (4.1.4.4.1). */
export const NOTIFY_MULTIPLIER = 4;
/** A vector's entry in the MSI-X table: address, upper address, data, control. */
export const VECTOR_ENTRY_BYTES = 16;

/** Where BAR 0 has what. */
export const PciBar = {
  common: 0x000,
  isr: 0x040,
  notify: 0x080,
  vectorTable: 0x100,
  /** The pending bits of MSI-X: as no vector can be masked, none is ever pending. */
  pendingBits: 0x300,
  device: 0x400,
} as const;

/** Bytes of each of them. */
export const PciBarBytes: Readonly<Record<Exclude<keyof typeof PciBar, 'common'>, number>> = {
  isr: 1,
  notify: MAX_QUEUES * NOTIFY_MULTIPLIER,
  vectorTable: (MAX_QUEUES + 1) * VECTOR_ENTRY_BYTES,
  pendingBits: 8,
  device: BAR_BYTES - PciBar.device,
};
