import type { Finding } from './failure.js';
import type { Graph } from './graph.js';
import type { Locations } from './locations.js';
import { compareSimplicity, extract, record, type Recording } from './recording.js';

/** A failure that was found, as plain data. */
export interface FailureNote {
  /** The simplest execution that shows it. */
  readonly recording: Recording;
  /** Graphs that show it. */
  readonly graphs: number;
  /** Which random run the recording is of; 0 where all graphs are built. */
  readonly run: number;
}

/** Different failures that are kept; those beyond are not. */
const KEPT_MAX = 100;

/** The failures of an exploration: of those that say the same, the simplest. */
export class FailureBook {
  private readonly noteByKey: Map<string, FailureNote> = new Map();

  get isEmpty(): boolean {
    return this.noteByKey.size === 0;
  }

  get size(): number {
    return this.noteByKey.size;
  }

  /** The simplest first. */
  get notes(): FailureNote[] {
    return [...this.noteByKey.values()].toSorted((a, b) =>
      compareSimplicity(a.recording.simplicity, b.recording.simplicity),
    );
  }

  offer(
    finding: Finding,
    graph: Graph,
    locations: Locations,
    threadNames: readonly string[],
    run: number = 0,
  ): void {
    const known = this.noteByKey.get(keyOf(finding));
    const part = extract(finding, graph, known?.recording.simplicity ?? null);
    if (part === null) {
      if (known !== undefined) this.noteByKey.set(keyOf(finding), { ...known, graphs: known.graphs + 1 });
      return;
    }
    this.add({ recording: record(finding, graph, locations, threadNames, part), graphs: 1, run });
  }

  add(note: FailureNote): void {
    const key = keyOf(note.recording.finding);
    const known = this.noteByKey.get(key);
    if (known === undefined && this.noteByKey.size >= KEPT_MAX) return;
    const isSimpler =
      known === undefined || compareSimplicity(note.recording.simplicity, known.recording.simplicity) < 0;
    const { recording, run } = isSimpler ? note : known;
    this.noteByKey.set(key, { recording, run, graphs: note.graphs + (known?.graphs ?? 0) });
  }

  /** Gives away what it holds. */
  takeAll(): FailureNote[] {
    const { notes } = this;
    this.noteByKey.clear();
    return notes;
  }
}

function keyOf({ kind, message }: { readonly kind: string; readonly message: string }): string {
  return `${kind} ${message}`;
}
