import { NO_ORDINAL, numbersOf, type RingEvent } from '../../events/ring-event.js';
import type { RecordedEvent, RecordedLife, Side } from '../../recording/recording.js';
import { describeOperation } from './describe-operation.js';
import { describeWord } from './describe-word.js';
import { fieldAt } from './fields.js';

/** One event as a reader of the page has it. */
export interface ViewerStep {
  readonly timeNs: number;
  readonly side: Side;
  readonly kind: 'store' | 'read' | 'operation';
  /** What is done, without who does it. */
  readonly text: string;
  /** Of the specification; empty where it says nothing of the kind. */
  readonly section: string;
  /** Of a store or a read: where, and what. */
  readonly word: { readonly address: number; readonly widthBytes: number; readonly value: number } | null;
  /** The buffer that it is about. */
  readonly ordinal: number | null;
}

/** A line of English for each event of a ring, and which buffer it belongs to. */
export function stepsOf(life: RecordedLife): ViewerStep[] {
  const ordinals = ordinalsOf(life.events);
  return life.events.map(({ side, event }, i): ViewerStep => {
    const ordinal = ordinals[i] ?? null;
    if (event.kind !== 'stored' && event.kind !== 'saw') {
      const { text, section } = describeOperation(event, side, life);
      return { timeNs: event.timeNs, side, kind: 'operation', text, section, word: null, ordinal };
    }
    const { address, widthBytes, value } = event;
    const field = fieldAt(life, address);
    const { text, section } = describeWord(event, field, life);
    const kind = event.kind === 'stored' ? 'store' : 'read';
    return { timeNs: event.timeNs, side, kind, text, section, word: { address, widthBytes, value }, ordinal };
  });
}

/**
 * Which buffer each event is about. A driver's stores belong to the buffer that it says it has posted when they are
 * made; a device's to the one that it has just said it is done with.
 */
function ordinalsOf(events: readonly RecordedEvent[]): (number | null)[] {
  const ordinals = events.map(({ event }) => ordinalIn(event));
  let filling: number[] = [];
  let returning: number | null = null;
  for (const [i, { side, event }] of events.entries()) {
    const isStore = event.kind === 'stored';
    if (isStore && side === 'driver') filling.push(i);
    else if (isStore) ordinals[i] = returning;
    else if (side === 'device') returning = event.kind === 'used' ? ordinalIn(event) : null;
    else {
      if (event.kind === 'posted') for (const store of filling) ordinals[store] = event.ordinal;
      filling = [];
    }
  }
  return ordinals;
}

function ordinalIn(event: RingEvent): number | null {
  const found = numbersOf(event).find(([name]) => name === 'ordinal')?.[1];
  return found === undefined || found === NO_ORDINAL ? null : found;
}
