import { ProtocolViolation } from '../errors.js';

/** A register access that the driver must not make (virtio 1.4, 4.2.2.2 unless said otherwise). */
export function mmioViolation(
  code: string,
  message: string,
  expected: string | number,
  actual: string | number,
  section = '4.2.2.2',
): ProtocolViolation {
  return new ProtocolViolation(code, message, { section, expected, actual });
}

export function registerName(offset: number): string {
  return `register 0x${offset.toString(16).padStart(3, '0')}`;
}
