import type { MemoryPort } from '../memory/port.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedFlag } from './packed-layout.js';
import type { ScatterList } from './scatter-list.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const {
  addressLow: ADDRESS_LOW,
  addressHigh: ADDRESS_HIGH,
  length: LENGTH,
  id: ID,
  flags: FLAGS,
} = PackedDesc;
const ENTRY_BYTES = PACKED_DESC_BYTES;
const LOW_MAX = 0xffff_ffff;

/** Everything of a descriptor but its flags, which decide whose it is. */
export function writePackedBody(
  port: MemoryPort,
  at: number,
  address: number,
  length: number,
  id: number,
): void {
  port.store32(at + ADDRESS_LOW, address >>> 0);
  port.store32(at + ADDRESS_HIGH, address > LOW_MAX ? Math.floor(address / 0x1_0000_0000) : 0);
  port.store32(at + LENGTH, length);
  port.store16(at + ID, id);
}

/** Writes `buffers` into the indirect table at `table`: entry after entry, no flag but WRITE (2.8.19, N0097). */
export function writePackedTable(port: MemoryPort, table: number, buffers: ScatterList): void {
  for (let i = 0; i < buffers.count; i++) {
    const at = table + i * ENTRY_BYTES;
    writePackedBody(port, at, buffers.address(i), buffers.length(i), 0);
    port.store16(at + FLAGS, buffers.isWritable(i) ? PackedFlag.write : 0);
  }
}
