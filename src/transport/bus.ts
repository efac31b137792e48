import { ProtocolViolation } from '../errors.js';

/** How a transport's registers are called in violations: what all else is shared, the words are its own. */
export interface Bus {
  /** In front of the codes of violations at the registers. */
  readonly prefix: 'MMIO' | 'PCI';
  /** The clause that lays the registers out. */
  readonly layoutClause: string;
  /** The clause that says what a driver may do with them. */
  readonly driverClause: string;
  /** The register that says whether the selected queue is enabled. */
  readonly enabled: string;
}

export const MMIO_BUS: Bus = {
  prefix: 'MMIO',
  layoutClause: '4.2.2',
  driverClause: '4.2.2.2',
  enabled: 'QueueReady',
};

export const PCI_BUS: Bus = {
  prefix: 'PCI',
  layoutClause: '4.1.4.3',
  driverClause: '4.1.4.3.2',
  enabled: 'queue_enable',
};

/** An access that the driver must not make; `code` goes without the prefix of the bus. */
export function busViolation(
  bus: Bus,
  code: string,
  message: string,
  expected: string | number,
  actual: string | number,
  section: string = bus.driverClause,
): ProtocolViolation {
  return new ProtocolViolation(`${bus.prefix}_${code}`, message, { section, expected, actual });
}

export function registerName(offset: number): string {
  return `register 0x${offset.toString(16).padStart(3, '0')}`;
}
