import { fail } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import type { Outstanding, OutstandingBuffer } from './outstanding.js';
import type { ScatterList } from './scatter-list.js';
import { Desc, DESC_BYTES, DescFlag } from './split-layout.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const {
  addressLow: ADDRESS_LOW,
  addressHigh: ADDRESS_HIGH,
  length: LENGTH,
  flagsAndNext: FLAGS_AND_NEXT,
} = Desc;
const { next: NEXT, write: WRITE, indirect: INDIRECT } = DescFlag;
const ENTRY_BYTES = DESC_BYTES;
const LOW_MAX = 0xffff_ffff;

/** The flags of a descriptor that is not the last of its chain, and which one follows. */
function linkedTo(next: number, flags: number): number {
  return (flags | NEXT | (next << 16)) >>> 0;
}

/** Writes one descriptor, wherever its table is. */
function writeDesc(
  port: MemoryPort,
  at: number,
  address: number,
  length: number,
  flagsAndNext: number,
): void {
  port.store32(at + ADDRESS_LOW, address >>> 0);
  port.store32(at + ADDRESS_HIGH, address > LOW_MAX ? Math.floor(address / 0x1_0000_0000) : 0);
  port.store32(at + LENGTH, length);
  port.store32(at + FLAGS_AND_NEXT, flagsAndNext);
}

/**
 * The driver's descriptor table. Which entries are free, and which belong together, say the links of the driver's own
 * records: the device can read the table but never those, so what it writes cannot change what is freed.
 *
 * Two ways to hand entries out. Out of order: a list, last freed first. With IN_ORDER: ring order from 0, so that the
 * entry behind x is always x + 1 and the one behind the last is 0 (virtio 1.4, 2.7.9; N0039); freed entries are then
 * just counted, because they come back in the order they were taken.
 */
export class SplitDescriptors<Token> {
  freeCount: number;
  private readonly port: MemoryPort;
  private readonly table: number;
  private readonly size: number;
  private readonly inOrder: boolean;
  private firstFree: OutstandingBuffer<Token>;

  constructor(port: MemoryPort, table: number, size: number, inOrder: boolean, records: Outstanding<Token>) {
    this.port = port;
    this.table = table;
    this.size = size;
    this.inOrder = inOrder;
    this.freeCount = size;
    this.firstFree = records.at(0);
  }

  /**
   * Writes ranges `[0, directCount)` of `buffers` as a chain, then, when `table` is not null, one descriptor that
   * refers to an indirect table of `tableEntries` entries. Returns the head.
   */
  writeChain(
    buffers: ScatterList,
    directCount: number,
    table: number | null,
    tableEntries: number,
  ): OutstandingBuffer<Token> {
    const needed = directCount + (table === null ? 0 : 1);
    if (needed < 1 || needed > this.freeCount)
      fail('% descriptors wanted, % are free', needed, this.freeCount);
    const head = this.firstFree;
    let at = head;
    const last = needed - 1;
    for (let i = 0; i < directCount; i++) {
      const write = buffers.isWritable(i) ? WRITE : 0;
      // Out of the loop, and not on with it: to the engine a buffer of one range is then straight code.
      if (i === last) {
        writeDesc(this.port, this.at(at.id), buffers.address(i), buffers.length(i), write);
        break;
      }
      const linked = linkedTo(at.next.id, write);
      writeDesc(this.port, this.at(at.id), buffers.address(i), buffers.length(i), linked);
      at = at.next;
    }
    if (table !== null) writeDesc(this.port, this.at(at.id), table, tableEntries * ENTRY_BYTES, INDIRECT);
    this.firstFree = at.next;
    this.freeCount -= needed;
    return head;
  }

  /** Frees the `count` entries of the chain that starts at `head`. */
  free(head: OutstandingBuffer<Token>, count: number): void {
    this.freeCount += count;
    if (this.freeCount > this.size) fail('more descriptors were freed than the table has');
    if (this.inOrder) return;
    let tail = head;
    for (let i = 1; i < count; i++) tail = tail.next;
    tail.next = this.firstFree;
    this.firstFree = head;
  }

  private at(index: number): number {
    return this.table + index * ENTRY_BYTES;
  }
}

/**
 * Writes ranges `[from, count)` of `buffers` into the indirect table at `table`: linked by `next` = 1, 2, 3 and so
 * on, which IN_ORDER demands and everyone else allows (2.7.5.3, N0044).
 */
export function writeIndirectTable(
  port: MemoryPort,
  table: number,
  buffers: ScatterList,
  from: number,
): void {
  const entries = buffers.count - from;
  for (let i = 0; i < entries; i++) {
    const write = buffers.isWritable(from + i) ? WRITE : 0;
    const last = i + 1 === entries;
    const at = table + i * ENTRY_BYTES;
    const flagsAndNext = last ? write : linkedTo(i + 1, write);
    writeDesc(port, at, buffers.address(from + i), buffers.length(from + i), flagsAndNext);
  }
}
