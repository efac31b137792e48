import { Flag, Kind, Order } from './order.js';
import type { Program } from './program.js';
import type { RecordedAccess } from './recording.js';

/** What people call an address. */
export type Label = Program['label'];

export function nameOfAddress(address: number, label: Label): string {
  return label?.(address) ?? `[0x${address.toString(16)}]`;
}

/** An access in few words: `W avail.idx=2`, `R avail_event=0`, `fence`, `notify kick`, `wait kick=0`. */
export function describeAccess(access: RecordedAccess, label: Label): string {
  const { kind, order, flags, address, lengthBytes, value, expected } = access;
  if (kind === Kind.fence) return describeFence(order);
  const name = nameOfAddress(address, label);
  if (kind === Kind.notify) return `notify ${name}`;
  const text = describeValue(value, lengthBytes, name);
  if ((flags & Flag.await) !== 0)
    return `wait while ${name}=${expected}${value === expected ? '' : `: ${text}`}`;
  return `${kind === Kind.read ? 'R' : 'W'} ${name}=${text}`;
}

function describeFence(order: number): string {
  if (order === Order.none) return '(no fence)';
  return { [Order.writes]: 'fence (writes)', [Order.reads]: 'fence (reads)' }[order] ?? 'fence';
}

/** Small numbers as people count, larger ones and flags in hexadecimal, payloads by their checksum. */
export function describeValue(value: number, lengthBytes: number, name: string): string {
  if (lengthBytes !== 1 && lengthBytes !== 2 && lengthBytes !== 4)
    return `<${lengthBytes} bytes, crc ${value.toString(16).padStart(8, '0')}>`;
  const isBits = value >= 4096 || (value > 9 && name.includes('flags'));
  return isBits ? `0x${value.toString(16)}` : String(value);
}
