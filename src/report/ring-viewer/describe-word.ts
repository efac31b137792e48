import type { RingEvent } from '../../events/ring-event.js';
import type { RecordedLife } from '../../recording/recording.js';
import { counted } from './counted.js';
import type { Field } from './fields.js';
import { descriptorFlags, eventFlags, offWrap, packedFlags } from './flag-words.js';

export interface Line {
  readonly text: string;
  readonly section: string;
}

/** A word, what is in it now, and what was before; `place` is the descriptor that it belongs to. */
interface Word {
  readonly value: number;
  readonly before: number;
  readonly index: number;
  readonly place: string;
}

interface Meaning {
  readonly section: string;
  readonly stored: (word: Word) => string;
  readonly seen: (word: Word) => string;
}

/** For wishes the two sentences have the same middle. */
function wish(section: string, name: string, meaning: (value: number) => string): Meaning {
  const text = ({ value }: Word): string => `${name}${meaning(value)}`;
  return {
    section,
    // A store that changes nothing is one all the same: it makes a promise again.
    stored: (word) => `stores ${word.value === word.before ? 'again ' : ''}${text(word)}`,
    seen: (word) => `sees ${text(word)}`,
  };
}

/** What no end looks at in one load of its own. */
function body(section: string, stored: Meaning['stored']): Meaning {
  return { section, stored, seen: ({ value, place }) => `sees ${hex(value)} in ${place}` };
}

const MEANINGS: Readonly<Record<Field['name'], Meaning>> = {
  addressLow: body('2.7.5', ({ value, place }) => `writes into ${place} where the data is: ${hex(value)}`),
  addressHigh: body(
    '2.7.5',
    ({ value, place }) => `writes into ${place} that address, upper half: ${hex(value)}`,
  ),
  length: body('2.7.5', ({ value, place }) => `writes into ${place} a length of ${counted(value, 'byte')}`),
  flagsAndNext: body('2.7.5', ({ value, place }) => `writes into ${place} ${splitTail(value)}`),
  id: body('2.8.6', ({ value, place }) => `writes into ${place} the id of the buffer: ${value}`),
  flags: {
    section: '2.8.1',
    stored: ({ value, place }) => `stores flags ${packedFlags(value) || 'none'} in ${place}${turn(value)}`,
    seen: ({ value, place }) => `sees flags ${packedFlags(value) || 'none'} in ${place}${turn(value)}`,
  },
  availRing: body(
    '2.7.6',
    ({ value, index }) =>
      `puts head ${value} into slot ${index} of the available ring: behind avail.idx, not visible`,
  ),
  availIdx: {
    section: '2.7.6',
    stored: (word) => `stores avail.idx = ${word.value}: ${more(word)} visible to the device from here on`,
    seen: ({ value }) => `sees avail.idx = ${value}: every buffer before that is there to be taken`,
  },
  usedId: body(
    '2.7.8',
    ({ value, index }) =>
      `puts head ${value} into slot ${index} of the used ring: behind used.idx, not visible`,
  ),
  usedLength: body(
    '2.7.8',
    ({ value }) => `adds how much of the buffer was written: ${counted(value, 'byte')}`,
  ),
  usedIdx: {
    section: '2.7.8',
    stored: (word) => `stores used.idx = ${word.value}: ${more(word)} the driver\u2019s again from here on`,
    seen: ({ value }) => `sees used.idx = ${value}: every buffer before that is done`,
  },
  availFlags: wish('2.7.7', 'avail.flags', (value) =>
    value === 0 ? ' = 0: interrupts are welcome' : ' = NO_INTERRUPT: no interrupts, please',
  ),
  usedEvent: wish(
    '2.7.7',
    'used_event',
    (value) => ` = ${value}: interrupt once used.idx has passed ${value}`,
  ),
  usedFlags: wish('2.7.10', 'used.flags', (value) =>
    value === 0 ? ' = 0: kicks are welcome' : ' = NO_NOTIFY: no kicks, please',
  ),
  availEvent: wish(
    '2.7.10',
    'avail_event',
    (value) => ` = ${value}: kick once avail.idx has passed ${value}`,
  ),
  driverOffWrap: wish('2.8.10', 'the driver\u2019s event position: ', offWrap),
  driverFlags: wish('2.8.10', 'the driver\u2019s event flags: ', (value) => eventText(value, 'interrupts')),
  deviceOffWrap: wish('2.8.10', 'the device\u2019s event position: ', offWrap),
  deviceFlags: wish('2.8.10', 'the device\u2019s event flags: ', (value) => eventText(value, 'kicks')),
  unknown: wish('', '', (value) => `${hex(value)}, which is in no part of the ring`),
};

/** What a store or a read of one word of a ring means. */
export function describeWord(event: RingEvent<'stored' | 'saw'>, field: Field, life: RecordedLife): Line {
  const meaning = MEANINGS[field.name];
  const before = event.kind === 'stored' ? event.before : event.value;
  const word = { value: event.value, before, index: field.index, place: placeOf(field, life) };
  const isFree = field.table !== null && field.name === 'flags';
  if (isFree)
    return { text: `stores flags ${packedFlags(word.value) || 'none'} in ${word.place}`, section: '2.8.7' };
  const text = event.kind === 'stored' ? meaning.stored(word) : meaning.seen(word);
  return { text, section: sectionOf(meaning, field, life) };
}

function sectionOf({ section }: Meaning, { name, table }: Field, { layout }: RecordedLife): string {
  if (table !== null) return layout === 'split' ? '2.7.5.3' : '2.8.7';
  const isBody = name === 'addressLow' || name === 'addressHigh' || name === 'length';
  return isBody && layout === 'packed' ? '2.8.4' : section;
}

function eventText(flags: number, what: string): string {
  const name = eventFlags(flags);
  if (flags === 0) return `${name}, ${what} are welcome`;
  return flags === 1 ? `${name}, no ${what}, please` : `${name}, ${what} from that position on`;
}

function splitTail(word: number): string {
  const flags = descriptorFlags(word & 0xffff);
  const next = (word & 1) === 0 ? 'the chain ends here' : `the chain goes on at ${word >>> 16}`;
  return flags === '' ? `no flags: for the device to read, and ${next}` : `flags ${flags}: ${next}`;
}

function turn(flags: number): string {
  const isEqual = ((flags & 0x80) !== 0) === ((flags & 0x8000) !== 0);
  return isEqual ? ': both alike, the driver\u2019s' : ': AVAIL and USED differ, the device\u2019s';
}

function more({ value, before }: Word): string {
  const count = (value - before) & 0xffff;
  return count === 1 ? '1 more buffer is' : `${count} more buffers are`;
}

function placeOf({ index, table }: Field, { layout }: RecordedLife): string {
  if (table !== null) return `entry ${index} of the indirect table at ${hex(table)}`;
  return layout === 'split' ? `descriptor ${index}` : `slot ${index}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
