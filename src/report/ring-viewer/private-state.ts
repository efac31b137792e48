import { NO_ORDINAL, type RingEvent } from '../../events/ring-event.js';
import type { RecordedLife, Side } from '../../recording/recording.js';
import { fieldAt } from './fields.js';

/** What one side keeps to itself: the other one never sees it, and the ring's bytes do not hold it. */
export interface StateField {
  readonly side: Side;
  readonly label: string;
  /** Before the first event; `?` where that is not known. */
  readonly start: string;
}

/** Where one side is in a ring, to be marked at the slot. */
export interface Pointer {
  readonly side: Side;
  readonly table: string;
  readonly label: string;
  /** Null: not known. */
  readonly start: number | null;
}

/** What an event changes: pairs of a field's or a pointer's number and what it is from now on. */
export interface StateChange {
  readonly fields: readonly (readonly [number, string])[];
  readonly pointers: readonly (readonly [number, number | null])[];
}

export interface PrivateState {
  readonly fields: readonly StateField[];
  readonly pointers: readonly Pointer[];
  /** One for each event of the life. */
  readonly changes: readonly StateChange[];
}

/** Counts that a side goes by, in entries of a split ring or in slots of a packed one; NaN: not known. */
interface Counts {
  posted: number;
  reaped: number;
  popped: number;
  used: number;
  free: number;
  held: number;
}

/** Both sides' own variables, as far as the recording tells them. */
export function privateState(life: RecordedLife): PrivateState {
  return new StateReader(life).read();
}

class StateReader {
  private readonly life: RecordedLife;
  private readonly counts: Counts;
  /** Slots of each buffer, by ordinal. */
  private readonly slots: Map<number, number> = new Map();
  private readonly shown: Map<string, string> = new Map();
  private readonly marked: Map<string, number | null> = new Map();
  private readonly others: Map<string, string> = new Map();

  constructor(life: RecordedLife) {
    this.life = life;
    const start = life.isFromStart ? 0 : Number.NaN;
    this.counts = {
      posted: start,
      reaped: start,
      popped: start,
      used: start,
      free: start + life.options.size,
      held: start,
    };
  }

  read(): PrivateState {
    const fields = this.fields().map(([side, label, start]) => ({ side, label, start }));
    const pointers = this.pointers().map(([side, table, label, start]) => ({ side, table, label, start }));
    for (const { side, label, start } of fields) this.shown.set(`${side} ${label}`, start);
    for (const { side, label, start } of pointers) this.marked.set(`${side} ${label}`, start);
    const changes = this.life.events.map(({ side, event }) => {
      this.take(side, event);
      return this.change();
    });
    return { fields, pointers, changes };
  }

  /** What has changed since the last call. */
  private change(): StateChange {
    const fields = this.fields().flatMap(([side, label, now], i): [number, string][] => {
      const key = `${side} ${label}`;
      if (this.shown.get(key) === now) return [];
      this.shown.set(key, now);
      return [[i, now]];
    });
    const pointers = this.pointers().flatMap(([side, , label, now], i): [number, number | null][] => {
      const key = `${side} ${label}`;
      if (this.marked.get(key) === now) return [];
      this.marked.set(key, now);
      return [[i, now]];
    });
    return { fields, pointers };
  }

  private fields(): [Side, string, string][] {
    const { posted, reaped, popped, used, free, held } = this.counts;
    const other = (key: string, otherwise: string): string => this.others.get(key) ?? otherwise;
    const isSplit = this.life.layout === 'split';
    const start = this.life.isFromStart ? 'wanted' : '?';
    return [
      ['driver', 'next available', this.position(posted)],
      ['driver', 'next used', this.position(reaped)],
      ['driver', 'free descriptors', number(free)],
      ['driver', 'interrupts', other('interrupts', start)],
      ...(isSplit
        ? ([['driver', 'last saw used.idx', other('usedIdx', '?')]] as [Side, string, string][])
        : []),
      ['driver', 'thread', other('driver', 'awake')],
      ['device', 'next available', this.position(popped)],
      ['device', 'next used', this.position(used)],
      ['device', 'buffers held', number(held)],
      ['device', 'kicks', other('kicks', start)],
      ...(isSplit
        ? ([['device', 'last saw avail.idx', other('availIdx', '?')]] as [Side, string, string][])
        : []),
      ['device', 'thread', other('device', 'awake')],
    ];
  }

  private pointers(): [Side, string, string, number | null][] {
    const { posted, reaped, popped, used } = this.counts;
    const isSplit = this.life.layout === 'split';
    const avail = isSplit ? 'avail' : 'desc';
    const back = isSplit ? 'used' : 'desc';
    return [
      ['driver', avail, 'posts next', this.slot(posted)],
      ['device', avail, 'takes next', this.slot(popped)],
      ['device', back, 'uses next', this.slot(used)],
      ['driver', back, 'looks here', this.slot(reaped)],
    ];
  }

  /** Split: the free-running index; packed: slot and wrap counter. */
  private position(count: number): string {
    if (Number.isNaN(count)) return '?';
    const { size, startIndex } = this.life.options;
    const at = startIndex + count;
    if (this.life.layout === 'split') return String(at & 0xffff);
    return `slot ${at % size}, wrap ${Math.floor(at / size) % 2 === 0 ? 1 : 0}`;
  }

  private slot(count: number): number | null {
    const { size, startIndex } = this.life.options;
    return Number.isNaN(count) ? null : (startIndex + count) % size;
  }

  private take(side: Side, event: RingEvent): void {
    const counts = this.counts;
    if (event.kind === 'slept' || event.kind === 'woke')
      this.others.set(side, event.kind === 'slept' ? 'asleep' : 'awake');
    else if (event.kind === 'saw') this.saw(event);
    else if (event.kind === 'posted') {
      this.slots.set(event.ordinal, event.descriptors);
      counts.posted = this.after(counts.posted, event.ordinal);
      counts.free -= event.descriptors;
    } else if (event.kind === 'reaped') {
      counts.reaped += this.step(event.ordinal);
      counts.free += event.descriptors;
    } else if (event.kind === 'detached') counts.free += event.descriptors;
    else if (event.kind === 'popped') {
      counts.popped = this.after(counts.popped, event.ordinal);
      counts.held += 1;
    } else if (event.kind === 'used') {
      counts.used += this.step(event.ordinal);
      counts.held -= 1;
    } else this.learn(event);
  }

  /** Events that say a count, or a wish. */
  private learn(event: RingEvent): void {
    const isSplit = this.life.layout === 'split';
    if (event.kind === 'usedShown' && isSplit) this.counts.used = event.count;
    if (event.kind === 'callbacksEnabled' && isSplit) this.counts.reaped = event.count;
    if (event.kind === 'callbacksEnabled') this.others.set('interrupts', 'wanted');
    if (event.kind === 'callbacksDisabled') this.others.set('interrupts', 'not wanted');
    if (event.kind === 'kicksEnabled') this.others.set('kicks', 'wanted');
    if (event.kind === 'kicksDisabled') this.others.set('kicks', 'not wanted');
  }

  private saw(event: RingEvent<'saw'>): void {
    const { name } = fieldAt(this.life, event.address);
    if (name === 'usedIdx' || name === 'availIdx') this.others.set(name, String(event.value));
  }

  /** Buffers come one after the other: in a split ring the ordinal is the count. */
  private after(count: number, ordinal: number): number {
    return this.life.layout === 'split' ? ordinal + 1 : count + this.step(ordinal);
  }

  private step(ordinal: number): number {
    if (this.life.layout === 'split') return 1;
    return ordinal === NO_ORDINAL ? Number.NaN : (this.slots.get(ordinal) ?? Number.NaN);
  }
}

function number(count: number): string {
  return Number.isNaN(count) ? '?' : String(count);
}
