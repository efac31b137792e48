import { ProtocolViolation } from '../errors.js';

/** Whether the driver is told as many bytes as the device has written: no fewer, and never bytes that are old. */
export function checkUsedLength(writtenBytes: number, toldBytes: number): ProtocolViolation | null {
  if (toldBytes === writtenBytes) return null;
  return new ProtocolViolation('USED_LENGTH', 'the driver is told another length than the device wrote', {
    section: '2.7.8.2',
    expected: writtenBytes,
    actual: toldBytes,
  });
}
