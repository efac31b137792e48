import { ProtocolViolation } from '../errors.js';

/** What the device found, held against what the driver must have posted as that buffer. */
export function checkShape(
  expectedReadable: number,
  readableBytes: number,
  expectedWritable: number,
  writableBytes: number,
): ProtocolViolation | null {
  if (readableBytes === expectedReadable && writableBytes === expectedWritable) return null;
  return new ProtocolViolation('SHAPE', 'the device found another buffer than the driver posted', {
    section: '2.7.6',
    expected: `${expectedReadable} bytes to read and ${expectedWritable} to write`,
    actual: `${readableBytes} and ${writableBytes}`,
  });
}
