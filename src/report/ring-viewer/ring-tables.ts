import type { RecordedLife, Side } from '../../recording/recording.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedEvent } from '../../virtqueue/packed-layout.js';
import { Desc, DESC_BYTES } from '../../virtqueue/split-layout.js';

/** How a word of memory is to be shown. */
export type CellFormat =
  | 'number'
  | 'address'
  | 'descriptor-flags'
  | 'packed-flags'
  | 'no-interrupt'
  | 'no-notify'
  | 'position'
  | 'event-flags';

export interface Cell {
  readonly label: string;
  /** From the beginning of the bytes; in a row, from the beginning of the row. */
  readonly at: number;
  readonly widthBytes: number;
  readonly format: CellFormat;
}

/** One part of a ring as a table: single words, and rows that are all alike. */
export interface RingTable {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  /** Who writes it; null: both. */
  readonly writer: Side | null;
  readonly words: readonly Cell[];
  readonly rows: { readonly at: number; readonly bytes: number; readonly cells: readonly Cell[] } | null;
}

/** The parts of a ring; `offsets` are where each of the three begins. */
export function ringTables(life: RecordedLife, offsets: readonly [number, number, number]): RingTable[] {
  return life.layout === 'split' ? splitTables(life.options.size, offsets) : packedTables(offsets);
}

function splitTables(size: number, [desc, avail, used]: readonly [number, number, number]): RingTable[] {
  const word = (label: string, at: number, format: CellFormat = 'number'): Cell => {
    return { label, at, widthBytes: 2, format };
  };
  return [
    {
      id: 'desc',
      title: 'Descriptor table',
      section: '2.7.5',
      writer: 'driver',
      words: [],
      rows: {
        at: desc,
        bytes: DESC_BYTES,
        cells: [
          { label: 'address', at: Desc.addressLow, widthBytes: 8, format: 'address' },
          { label: 'length', at: Desc.length, widthBytes: 4, format: 'number' },
          { label: 'flags', at: Desc.flagsAndNext, widthBytes: 2, format: 'descriptor-flags' },
          { label: 'next', at: Desc.flagsAndNext + 2, widthBytes: 2, format: 'number' },
        ],
      },
    },
    {
      id: 'avail',
      title: 'Available ring',
      section: '2.7.6',
      writer: 'driver',
      words: [
        word('idx', avail + 2),
        word('flags', avail, 'no-interrupt'),
        word('used_event', avail + 4 + 2 * size),
      ],
      rows: { at: avail + 4, bytes: 2, cells: [word('head', 0)] },
    },
    {
      id: 'used',
      title: 'Used ring',
      section: '2.7.8',
      writer: 'device',
      words: [
        word('idx', used + 2),
        word('flags', used, 'no-notify'),
        word('avail_event', used + 4 + 8 * size),
      ],
      rows: {
        at: used + 4,
        bytes: 8,
        cells: [
          { label: 'head', at: 0, widthBytes: 4, format: 'number' },
          { label: 'length', at: 4, widthBytes: 4, format: 'number' },
        ],
      },
    },
  ];
}

function packedTables([ring, driver, device]: readonly [number, number, number]): RingTable[] {
  const events = (at: number): Cell[] => [
    { label: 'position', at: at + PackedEvent.offWrap, widthBytes: 2, format: 'position' },
    { label: 'flags', at: at + PackedEvent.flags, widthBytes: 2, format: 'event-flags' },
  ];
  return [
    {
      id: 'desc',
      title: 'Descriptor ring',
      section: '2.8.1',
      writer: null,
      words: [],
      rows: {
        at: ring,
        bytes: PACKED_DESC_BYTES,
        cells: [
          { label: 'address', at: PackedDesc.addressLow, widthBytes: 8, format: 'address' },
          { label: 'length', at: PackedDesc.length, widthBytes: 4, format: 'number' },
          { label: 'id', at: PackedDesc.id, widthBytes: 2, format: 'number' },
          { label: 'flags', at: PackedDesc.flags, widthBytes: 2, format: 'packed-flags' },
        ],
      },
    },
    {
      id: 'driver-events',
      title: 'Driver events',
      section: '2.8.10',
      writer: 'driver',
      words: events(driver),
      rows: null,
    },
    {
      id: 'device-events',
      title: 'Device events',
      section: '2.8.10',
      writer: 'device',
      words: events(device),
      rows: null,
    },
  ];
}
