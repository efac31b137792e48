/**
 * Which vCPUs an event interrupts, as one word that the thread of the registers writes and the I/O threads read.
 *
 * Zero, what every window begins with, is the line: the cause goes into InterruptStatus, and the bell of the event's
 * own vCPU rings, or all of them for the configuration. Any other word is a message (MSI-X): the vCPUs it is sent to
 * are its low bits, and there is no cause to be read anywhere.
 */
export const LINE_ROUTE = 0;

const MESSAGE = 0x8000_0000;

/** A message to the vCPUs whose bits are set in `mask`; to nobody for an event that no vector was mapped to. */
export function messageRoute(mask: number): number {
  return (MESSAGE | mask) >>> 0;
}

/** The route of an event that must not interrupt (virtio 1.4, 4.1.5.3.1, 4.1.5.4.1). */
export const SILENT_ROUTE: number = messageRoute(0);

/** Whether a message on this route reaches vCPU `vcpu`; a line says nothing of it. */
export function messageReaches(route: number, vcpu: number): boolean {
  return ((route >>> vcpu) & 1) === 1;
}
