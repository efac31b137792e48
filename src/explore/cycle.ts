import { INIT } from './graph.js';
import { Kind } from './order.js';
import type { RecordedEvent, Recording } from './recording.js';

/**
 * The accesses of an execution as sequential consistency sees them: each before the later ones of its thread (program
 * order), a write before its readers and before the writes that come over it, a read before what comes over what it
 * took. When that has no cycle, the execution is an interleaving.
 */
export class AccessGraph {
  readonly events: readonly RecordedEvent[];
  /** By event: what it is directly before on account of a location. */
  readonly across: readonly (readonly number[])[];
  /** By thread: its accesses in order; and by access, where it is there. */
  private readonly accesses: readonly number[][];
  private readonly ranks: readonly number[];

  constructor({ threads, events, locations }: Recording) {
    this.events = events;
    const accesses: number[][] = threads.map(() => []);
    this.ranks = events.map(({ thread }, e) =>
      this.isAccess(e) ? (accesses[thread]?.push(e) ?? 0) - 1 : -1,
    );
    this.accesses = accesses;
    const across: number[][] = events.map(() => []);
    const coOf = new Map<number, readonly number[]>(
      locations.map(({ address, writes }) => [address, writes]),
    );
    events.forEach((event, e) => {
      if (event.kind !== Kind.read && event.kind !== Kind.write) return;
      const co = coOf.get(event.address) ?? [];
      const at = co.indexOf(event.kind === Kind.read ? event.from : e);
      across[e]?.push(...co.slice(at + 1));
      if (event.kind === Kind.read && event.from !== INIT) across[event.from]?.push(e);
    });
    this.across = across;
  }

  isAccess(e: number): boolean {
    const { kind } = this.events[e] as RecordedEvent;
    return kind === Kind.read || kind === Kind.write;
  }

  isProgramOrder(a: number, b: number): boolean {
    const [first, second] = [this.events[a] as RecordedEvent, this.events[b] as RecordedEvent];
    return first.thread === second.thread && first.index < second.index;
  }

  /** The shortest cycles, each from its first access on. */
  shortestCycles(): number[][] {
    let cycles: number[][] = [];
    for (let start = 0; start < this.events.length; start++) {
      if (!this.isAccess(start)) continue;
      const cycle = this.cycleThrough(start);
      if (cycle === null || cycle.length > (cycles[0]?.length ?? Infinity)) continue;
      if (cycle.length < (cycles[0]?.length ?? Infinity)) cycles = [];
      cycles.push(cycle);
    }
    return cycles;
  }

  private cycleThrough(start: number): number[] | null {
    const from = new Int32Array(this.events.length).fill(-1);
    const todo = [start];
    /** By thread: from this access on, all are known to be reached. */
    const reached = this.accesses.map((accesses) => accesses.length);
    for (const e of todo) {
      for (const next of this.after(e, reached)) {
        if (next === start) return this.pathTo(e, start, from);
        if (from[next] !== -1) continue;
        from[next] = e;
        todo.push(next);
      }
    }
    return null;
  }

  /** What access `e` is directly before, without the part of its thread that another one came to already. */
  private after(e: number, reached: number[]): readonly number[] {
    const across = this.across[e] as readonly number[];
    const { thread } = this.events[e] as RecordedEvent;
    const first = (this.ranks[e] as number) + 1;
    const end = reached[thread] as number;
    if (first >= end) return across;
    reached[thread] = first;
    return [...across, ...(this.accesses[thread] as number[]).slice(first, end)];
  }

  private pathTo(end: number, start: number, from: Int32Array): number[] {
    const path = [end];
    for (let e = end; e !== start;) {
      e = from[e] as number;
      path.push(e);
    }
    return path.toReversed();
  }
}
