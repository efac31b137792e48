import { computeClocks } from './clocks.js';
import { findingAtEnd } from './end.js';
import {
  type Adjust,
  describeThrown,
  Execution,
  type Grower,
  type RunOutcome,
  type Verdict,
} from './execution.js';
import type { OnFinding } from './failure.js';
import { type EventShape, Graph, INIT, ThreadState } from './graph.js';
import { initialMemory } from './initial-memory.js';
import { Locations } from './locations.js';
import type { MemoryModel } from './models/model.js';
import type { Program } from './program.js';
import { racingWith } from './races.js';
import { isRevisitable, restrict } from './restrict.js';

/** Another way to go on from a graph, for when everything behind the present way has been seen. */
interface Alternative {
  /** The event that it is about: the graph is cut back to it. */
  readonly event: number;
  readonly way: number;
  /** Of a read, the other write that it reads; of a revisit, the earlier read that takes its value from the event. */
  readonly other: number;
  /** Of a write, where it goes in coherence order; -1 where that is still to be found out. */
  readonly position: number;
}

/** What an {@link Alternative} is. */
const Way = { read: 0, place: 1, revisit: 2 } as const;

/** A graph, and what is still to be tried in it. A revisit opens a frame of its own. */
interface Frame {
  readonly graph: Graph;
  readonly alternatives: Alternative[];
}

export interface ExplorerOptions {
  readonly onFinding: OnFinding;
  /** Events that a graph may have. */
  readonly maxEvents?: number;
  readonly adjust?: Adjust;
}

/** So many graphs are run twice to see that the program is deterministic; of the later ones, a few. */
const VERIFIED_FIRST = 32;

/** Graphs, by how they ended. */
export interface ExplorerCounts {
  complete: number;
  /** A thread sleeps whom nobody has woken yet: a prefix of other executions, or a lost wakeup. */
  blocked: number;
  /** Larger than allowed: what is behind them was not looked at. */
  bounded: number;
  /** Ended by something that is wrong in them. */
  failed: number;
}

/**
 * Builds every execution graph of a program that a memory model allows, and each of them once: the TruSt algorithm
 * (Kokologiannakis, Marmanis, Gladstein, Vafeiadis: POPL 2022). A new read tries every write that is there, and a new
 * write every place in coherence order; and a new write also tries to be what an earlier read took its value from.
 */
export class Explorer implements Grower {
  readonly counts: ExplorerCounts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };
  readonly locations: Locations;
  readonly #program: Program;
  readonly #model: MemoryModel;
  readonly #onFinding: OnFinding;
  readonly #maxEvents: number;
  readonly #execution: Execution;
  readonly #frames: Frame[] = [];
  /** Graphs of frames that were closed, to be used again. */
  readonly #pool: Graph[] = [];
  #isStopped = false;

  constructor(program: Program, model: MemoryModel, options: ExplorerOptions) {
    this.#program = program;
    this.#model = model;
    this.#onFinding = options.onFinding;
    this.#maxEvents = options.maxEvents ?? 2000;
    this.locations = new Locations(initialMemory(program));
    this.#execution = new Execution(program, this.locations, this, options.adjust ?? null);
    this.#openFrame();
  }

  /** Builds up to `limit` graphs; true when there are no more. */
  run(limit: number = Infinity): boolean {
    for (let built = 0; built < limit; built++) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return true;
      this.#account(frame.graph, this.#execution.run(frame.graph));
      if (!this.#backtrack()) return true;
    }
    return false;
  }

  addRead(graph: Graph, shape: EventShape): Verdict {
    const e = this.#append(graph, shape);
    if (e === -1) return 'bounded';
    const co = graph.co[shape.location] as number[];
    const { alternatives } = this.#frames.at(-1) as Frame;
    for (let at = -1; at < co.length - 1; at++) {
      const write = at === -1 ? INIT : (co[at] as number);
      this.#link(graph, e, write);
      if (this.#model.allows(graph, e))
        alternatives.push({ event: e, way: Way.read, other: write, position: -1 });
      graph.unlink(e);
    }
    this.#link(graph, e, co.at(-1) ?? INIT);
    return this.#races(graph, e) ? 'failed' : 'go-on';
  }

  addWrite(graph: Graph, shape: EventShape): Verdict {
    const e = this.#append(graph, shape);
    if (e === -1) return 'bounded';
    computeClocks(graph, e, this.#model.happensBefore);
    const { alternatives } = this.#frames.at(-1) as Frame;
    const positions = this.#positionsOf(graph, e, -1);
    const last = positions.pop();
    // Revisits cut the write off, so they come last: alternatives are taken from the end.
    this.#addRevisits(graph, e);
    for (const position of positions) alternatives.push({ event: e, way: Way.place, other: -1, position });
    graph.place(e, last ?? (graph.co[shape.location] as number[]).length);
    if (last === undefined) return 'infeasible';
    return this.#races(graph, e) ? 'failed' : 'go-on';
  }

  addOther(graph: Graph, shape: EventShape): Verdict {
    const e = this.#append(graph, shape);
    if (e === -1) return 'bounded';
    computeClocks(graph, e, this.#model.happensBefore);
    return 'go-on';
  }

  #append(graph: Graph, shape: EventShape): number {
    return graph.size < this.#maxEvents ? graph.append(shape) : -1;
  }

  #link(graph: Graph, e: number, write: number): void {
    graph.link(e, write);
    const value = write === INIT ? this.locations.initial[graph.location[e] as number] : graph.value[write];
    graph.value[e] = value as number;
    computeClocks(graph, e, this.#model.happensBefore);
  }

  /**
   * Where write `e`, which has no place yet, can go in coherence order; `read` is the one that is to take its value,
   * or -1. The write of a read-modify-write belongs behind what its read saw, and nothing comes in between.
   */
  #positionsOf(graph: Graph, e: number, read: number): number[] {
    const co = graph.co[graph.location[e] as number] as number[];
    if (!graph.isUpdate(e)) {
      const positions: number[] = [];
      for (let at = 0; at < co.length; at++) if (this.#isPlaceable(graph, e, at, read)) positions.push(at);
      positions.push(co.length);
      return positions;
    }
    const own = (graph.po[graph.thread[e] as number] as number[])[(graph.index[e] as number) - 1] as number;
    const position = graph.rfPosition(own) + 1;
    return position === co.length || this.#isPlaceable(graph, e, position, read) ? [position] : [];
  }

  #isPlaceable(graph: Graph, e: number, position: number, read: number): boolean {
    const co = graph.co[graph.location[e] as number] as number[];
    if (graph.isUpdate(co[position] as number)) return false;
    graph.place(e, position);
    if (read !== -1) this.#link(graph, read, e);
    const isAllowed = this.#model.allows(graph, e) && (read === -1 || this.#model.allows(graph, read));
    if (read !== -1) graph.unlink(read);
    graph.unplace(e);
    return isAllowed;
  }

  /** Reads that were there first could have taken their value from the new write `e`. */
  #addRevisits(graph: Graph, e: number): void {
    const location = graph.location[e] as number;
    const co = graph.co[location] as number[];
    const { alternatives } = this.#frames.at(-1) as Frame;
    for (let at = -1; at < co.length; at++) {
      const from = at === -1 ? INIT : (co[at] as number);
      for (let r = graph.readersOf(from, location); r !== -1; r = graph.nextReader[r] as number) {
        if (graph.isInPrefix(r, e) || !isRevisitable(graph, r, e)) continue;
        alternatives.push({ event: e, way: Way.revisit, other: r, position: -1 });
      }
    }
  }

  #races(graph: Graph, e: number): boolean {
    if (this.#model.happensBefore === 'none') return false;
    const other = racingWith(graph, e);
    if (other === -1) return false;
    const thread = graph.thread[e] as number;
    const message = 'two accesses to the same bytes are ordered by nothing, and one of them is plain';
    this.counts.failed += 1;
    this.#isStopped ||= this.#onFinding({ kind: 'race', message, thread, events: [other, e] }, graph);
    return true;
  }

  #account(graph: Graph, outcome: RunOutcome): void {
    if (typeof outcome === 'object') {
      const { thread, error } = outcome;
      this.counts.failed += 1;
      const finding = {
        kind: 'assertion',
        message: describeThrown(error),
        error,
        thread,
        events: [],
      } as const;
      this.#isStopped ||= this.#onFinding(finding, graph);
    } else if (outcome === 'bounded') {
      this.counts.bounded += 1;
    } else if (outcome === 'go-on') {
      const isBlocked = graph.state.includes(ThreadState.blocked);
      this.counts[isBlocked ? 'blocked' : 'complete'] += 1;
      const whole = this.counts.blocked + this.counts.complete;
      if (whole <= VERIFIED_FIRST || Number.isInteger(Math.log2(whole))) this.#execution.verify(graph);
      const finding = findingAtEnd(this.#program, graph);
      if (finding !== null) this.#isStopped ||= this.#onFinding(finding, graph);
    }
  }

  #openFrame(): Frame {
    const graph = this.#pool.pop() ?? new Graph(this.#program.threads.length);
    const frame = { graph, alternatives: [] };
    graph.clear();
    this.#frames.push(frame);
    return frame;
  }

  /** Goes to the next graph that has to be built; false when there is none. */
  #backtrack(): boolean {
    while (!this.#isStopped) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return false;
      const alternative = frame.alternatives.pop();
      if (alternative === undefined) this.#pool.push((this.#frames.pop() as Frame).graph);
      else if (this.#take(frame, alternative)) return true;
    }
    return false;
  }

  /** Makes the alternative's graph the present one; false when there is nothing behind it. */
  #take({ graph, alternatives }: Frame, alternative: Alternative): boolean {
    const { event, way, other, position } = alternative;
    if (way === Way.revisit) {
      graph.cut(event);
      return this.#revisit(graph, alternatives, alternative);
    }
    graph.cut(event + 1);
    graph.state[graph.thread[event] as number] = ThreadState.unknown;
    if (way === Way.read) {
      graph.unlink(event);
      this.#link(graph, event, other);
    } else {
      graph.unplace(event);
      graph.place(event, position);
    }
    return !this.#races(graph, event);
  }

  #revisit(source: Graph, parentAlternatives: Alternative[], alternative: Alternative): boolean {
    const { graph } = this.#openFrame();
    const read = restrict(source, graph, alternative.other, alternative.event);
    const e = graph.size - 1;
    computeClocks(graph, e, this.#model.happensBefore);
    let { position } = alternative;
    if (position === -1) {
      const positions = this.#positionsOf(graph, e, read);
      position = positions.pop() ?? -1;
      for (const later of positions) parentAlternatives.push({ ...alternative, position: later });
      // There is no such execution. The write has no place, so the graph cannot be cut: it is emptied when reused.
      if (position === -1) return false;
    }
    graph.place(e, position);
    this.#link(graph, read, e);
    return !this.#races(graph, e) && !this.#races(graph, read);
  }
}
