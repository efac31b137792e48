import type { FailureKind, Finding } from './failure.js';
import type { Graph } from './graph.js';

/** A failure that was found, as plain data. */
export interface FailureNote {
  readonly kind: FailureKind;
  readonly message: string;
  /** Events of the smallest graph that shows it. */
  readonly events: number;
  /** Graphs that show it. */
  readonly graphs: number;
}

/** Different failures that are kept; those beyond are only counted. */
const KEPT_MAX = 100;

/** The failures of an exploration: of those that say the same, the one in the smallest graph. */
export class FailureBook {
  readonly #notes: Map<string, FailureNote> = new Map();

  get isEmpty(): boolean {
    return this.#notes.size === 0;
  }

  /** The smallest first. */
  get notes(): FailureNote[] {
    return [...this.#notes.values()].toSorted((a, b) => a.events - b.events);
  }

  offer({ kind, message }: Finding, graph: Graph): void {
    this.add({ kind, message, events: graph.size, graphs: 1 });
  }

  add(note: FailureNote): void {
    const key = `${note.kind} ${note.message}`;
    const known = this.#notes.get(key);
    if (known === undefined && this.#notes.size >= KEPT_MAX) return;
    const smaller = known === undefined || note.events < known.events ? note : known;
    this.#notes.set(key, { ...smaller, graphs: note.graphs + (known?.graphs ?? 0) });
  }

  /** Gives away what it holds. */
  takeAll(): FailureNote[] {
    const { notes } = this;
    this.#notes.clear();
    return notes;
  }
}
