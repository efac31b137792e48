import { assert } from '../assert.js';
import { type Alternative, type Frame, Way } from './alternative.js';
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
import type { Finding, OnFinding } from './failure.js';
import { type EventShape, Graph, INIT, ThreadState } from './graph.js';
import { initialMemory } from './initial-memory.js';
import { LoadBuffering } from './load-buffering.js';
import { Locations } from './locations.js';
import type { MemoryModel } from './models/model.js';
import type { Program } from './program.js';
import { RACE_MESSAGE, racingWith } from './races.js';
import { isRevisitable, restrict } from './restrict.js';
import { packFrame, type Subtree, unpackFrame } from './subtree.js';

export interface ExplorerOptions {
  readonly onFinding: OnFinding;
  /** Events that a graph may have. */
  readonly maxEvents?: number;
  readonly adjust?: Adjust | null;
  /** Whether reads may take their value from what comes of them, where the model allows it; true unless said. */
  readonly loadBuffering?: boolean;
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
  private readonly program: Program;
  private readonly model: MemoryModel;
  private readonly onFinding: OnFinding;
  private readonly maxEvents: number;
  private readonly execution: Execution;
  private readonly frames: Frame[] = [];
  /** Graphs of frames that were closed, to be used again. */
  private readonly pool: Graph[] = [];
  private readonly loadBuffering: LoadBuffering | null;
  private isStopped = false;
  /** The newest frame's graph is to be gone on with, before anything else. */
  private isAtGraph = true;
  /** Part of the tree that the graph being built stands for, and the sum of those that are done. */
  private weight = 1;
  private done = 0;

  constructor(program: Program, model: MemoryModel, options: ExplorerOptions) {
    this.program = program;
    this.model = model;
    this.onFinding = options.onFinding;
    this.maxEvents = options.maxEvents ?? 2000;
    this.locations = new Locations(initialMemory(program));
    this.execution = new Execution(program, this.locations, this, options.adjust ?? null);
    const buffers = model.name === 'armv8' && (options.loadBuffering ?? true);
    this.loadBuffering = buffers
      ? new LoadBuffering(program, this.locations, (finding) => this.report(finding))
      : null;
    this.openFrame();
  }

  /** Executions in which a read took its value from a write that comes of it; not among the {@link counts}. */
  get bufferedCount(): number {
    return this.loadBuffering?.count ?? 0;
  }

  /** The thread whose code is being run, for when it does not come back. */
  get runningThread(): string | null {
    return this.execution.runningThread;
  }

  /** Builds up to `limit` graphs; true when there are no more. */
  run(limit: number = Infinity): boolean {
    for (let built = 0; built < limit; built++) {
      if (!this.isAtGraph && !this.backtrack()) return true;
      this.isAtGraph = false;
      const { graph } = this.frames.at(-1) as Frame;
      this.account(graph, this.execution.run(graph));
      this.done += this.weight;
    }
    return this.frames.every(({ alternatives }) => alternatives.length === 0);
  }

  /**
   * How much of the tree has been seen, from 0 to 1: each fork on the way to a graph shares equally what the fork in
   * front of it got. An estimate, since branches differ in size.
   */
  get share(): number {
    return this.done;
  }

  /** Gives away all that is still to be done, the largest parts first. */
  handOut(): Subtree[] {
    assert(!this.isAtGraph, 'work is handed out between graphs');
    const frames = this.frames.filter(({ alternatives }) => alternatives.length > 0);
    const subtrees = frames.map((frame) => packFrame(frame, this.locations));
    for (const { graph } of this.frames) this.pool.push(graph);
    this.frames.length = 0;
    return subtrees;
  }

  /** Goes on with what another explorer of the same program and model has handed out. */
  takeOver(subtrees: readonly Subtree[]): void {
    // The whole program is somebody else's to explore.
    if (this.isAtGraph) this.frames.length = 0;
    this.isAtGraph = false;
    for (const subtree of subtrees)
      unpackFrame(subtree, this.openFrame(), this.locations, this.model.happensBefore);
  }

  /**
   * Goes down one way of the tree, chosen by `pick` at each fork, and leaves the others out. Returns how many graphs
   * there were, were the tree like this way everywhere: the mean of many random ways is the number there are (Knuth,
   * Mathematics of Computation, 1975).
   */
  descend(pick: (bound: number) => number): number {
    for (const { graph } of this.frames) this.pool.push(graph);
    this.frames.length = 0;
    this.weight = 1;
    let frame = this.openFrame();
    frame.graph.clear();
    for (let passed = 0; ;) {
      this.execution.run(frame.graph);
      const chosen = choose(frame.alternatives, passed, pick);
      if (chosen === null) return 1 / this.weight;
      this.weight = chosen.weight;
      passed = frame.alternatives.length;
      let isOpen = this.take(frame, chosen);
      // A revisit whose write has several places puts the others back.
      const place = pick(frame.alternatives.length - passed + 1);
      if (place > 0) isOpen = this.take(frame, frame.alternatives[passed + place - 1] as Alternative);
      if (!isOpen) return 0;
      frame.alternatives.length = passed;
      const newest = this.frames.at(-1) as Frame;
      if (newest !== frame) passed = 0;
      frame = newest;
    }
  }

  addRead(graph: Graph, shape: EventShape): Verdict {
    const e = this.append(graph, shape);
    if (e === -1) return 'bounded';
    const co = graph.co[shape.location] as number[];
    const { alternatives } = this.frames.at(-1) as Frame;
    const known = alternatives.length;
    for (let at = -1; at < co.length - 1; at++) {
      const write = at === -1 ? INIT : (co[at] as number);
      this.link(graph, e, write);
      if (this.model.allows(graph, e))
        alternatives.push({ event: e, way: Way.read, other: write, position: -1, weight: 0 });
      graph.unlink(e);
    }
    this.shareWeight(alternatives, known);
    this.link(graph, e, co.at(-1) ?? INIT);
    return this.races(graph, e) ? 'failed' : 'go-on';
  }

  addWrite(graph: Graph, shape: EventShape): Verdict {
    const e = this.append(graph, shape);
    if (e === -1) return 'bounded';
    computeClocks(graph, e, this.model.happensBefore);
    const { alternatives } = this.frames.at(-1) as Frame;
    const known = alternatives.length;
    const positions = this.positionsOf(graph, e, -1);
    const last = positions.pop();
    // Revisits cut the write off, so they come last: alternatives are taken from the end.
    this.addRevisits(graph, e);
    for (const position of positions)
      alternatives.push({ event: e, way: Way.place, other: -1, position, weight: 0 });
    this.shareWeight(alternatives, known);
    graph.place(e, last ?? (graph.co[shape.location] as number[]).length);
    if (last === undefined) return 'infeasible';
    return this.races(graph, e) ? 'failed' : 'go-on';
  }

  addOther(graph: Graph, shape: EventShape): Verdict {
    const e = this.append(graph, shape);
    if (e === -1) return 'bounded';
    computeClocks(graph, e, this.model.happensBefore);
    return 'go-on';
  }

  private append(graph: Graph, shape: EventShape): number {
    return graph.size < this.maxEvents ? graph.append(shape) : -1;
  }

  private link(graph: Graph, e: number, write: number): void {
    graph.link(e, write);
    const value = write === INIT ? this.locations.initial[graph.location[e] as number] : graph.value[write];
    graph.value[e] = value as number;
    computeClocks(graph, e, this.model.happensBefore);
  }

  /**
   * Where write `e`, which has no place yet, can go in coherence order; `read` is the one that is to take its value,
   * or -1. The write of a read-modify-write belongs behind what its read saw, and nothing comes in between.
   */
  private positionsOf(graph: Graph, e: number, read: number): number[] {
    const co = graph.co[graph.location[e] as number] as number[];
    if (!graph.isUpdate(e)) {
      const positions: number[] = [];
      for (let at = 0; at < co.length; at++) if (this.isPlaceable(graph, e, at, read)) positions.push(at);
      positions.push(co.length);
      return positions;
    }
    const own = (graph.po[graph.thread[e] as number] as number[])[(graph.index[e] as number) - 1] as number;
    const position = graph.rfPosition(own) + 1;
    return position === co.length || this.isPlaceable(graph, e, position, read) ? [position] : [];
  }

  private isPlaceable(graph: Graph, e: number, position: number, read: number): boolean {
    const co = graph.co[graph.location[e] as number] as number[];
    if (graph.isUpdate(co[position] as number)) return false;
    graph.place(e, position);
    if (read !== -1) this.link(graph, read, e);
    const isAllowed = this.model.allows(graph, e) && (read === -1 || this.model.allows(graph, read));
    if (read !== -1) graph.unlink(read);
    graph.unplace(e);
    return isAllowed;
  }

  /** Reads that were there first could have taken their value from the new write `e`. */
  private addRevisits(graph: Graph, e: number): void {
    const location = graph.location[e] as number;
    const co = graph.co[location] as number[];
    const { alternatives } = this.frames.at(-1) as Frame;
    for (let at = -1; at < co.length; at++) {
      const from = at === -1 ? INIT : (co[at] as number);
      for (let r = graph.readersOf(from, location); r !== -1; r = graph.nextReader[r] as number) {
        if (graph.isInPrefix(r, e) || !isRevisitable(graph, r, e)) continue;
        alternatives.push({ event: e, way: Way.revisit, other: r, position: -1, weight: 0 });
      }
    }
  }

  /** The present graph and the alternatives from `known` on share what the graph stood for alone. */
  private shareWeight(alternatives: readonly Alternative[], known: number): void {
    const ways = alternatives.length - known + 1;
    if (ways === 1) return;
    this.weight /= ways;
    for (let at = known; at < alternatives.length; at++)
      (alternatives[at] as Alternative).weight = this.weight;
  }

  private races(graph: Graph, e: number): boolean {
    if (this.model.happensBefore === 'none') return false;
    const other = racingWith(graph, e, this.model.happensBefore);
    if (other === -1) return false;
    const thread = graph.thread[e] as number;
    this.counts.failed += 1;
    this.isStopped ||= this.onFinding(
      { kind: 'race', message: RACE_MESSAGE, thread, events: [other, e] },
      graph,
    );
    return true;
  }

  private account(graph: Graph, outcome: RunOutcome): void {
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
      this.isStopped ||= this.onFinding(finding, graph);
    } else if (outcome === 'bounded') {
      this.counts.bounded += 1;
    } else if (outcome === 'go-on') {
      const isBlocked = graph.state.includes(ThreadState.blocked);
      this.counts[isBlocked ? 'blocked' : 'complete'] += 1;
      const whole = this.counts.blocked + this.counts.complete;
      if (whole <= VERIFIED_FIRST || Number.isInteger(Math.log2(whole))) this.execution.verify(graph);
      const finding = findingAtEnd(this.program, graph);
      if (finding !== null) this.isStopped ||= this.onFinding(finding, graph);
      if (!isBlocked && !this.isStopped) this.loadBuffering?.examine(graph);
    }
  }

  private report(finding: Finding): void {
    const { graph } = this.frames.at(-1) as Frame;
    this.isStopped ||= this.onFinding(finding, graph);
  }

  /** Its graph is whatever it was before. */
  private openFrame(): Frame {
    const graph = this.pool.pop() ?? new Graph(this.program.threads.length);
    const frame = { graph, alternatives: [] };
    this.frames.push(frame);
    return frame;
  }

  /** Goes to the next graph that has to be built; false when there is none. */
  private backtrack(): boolean {
    while (!this.isStopped) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return false;
      const alternative = frame.alternatives.pop();
      if (alternative === undefined) this.pool.push((this.frames.pop() as Frame).graph);
      else {
        this.weight = alternative.weight;
        if (this.take(frame, alternative)) return true;
        this.done += this.weight;
      }
    }
    return false;
  }

  /** Makes the alternative's graph the present one; false when there is nothing behind it. */
  private take({ graph, alternatives }: Frame, alternative: Alternative): boolean {
    const { event, way, other, position } = alternative;
    if (way === Way.revisit) {
      graph.cut(event);
      return this.revisit(graph, alternatives, alternative);
    }
    graph.cut(event + 1);
    graph.state[graph.thread[event] as number] = ThreadState.unknown;
    if (way === Way.read) {
      graph.unlink(event);
      this.link(graph, event, other);
    } else {
      graph.unplace(event);
      graph.place(event, position);
    }
    return !this.races(graph, event);
  }

  private revisit(source: Graph, parentAlternatives: Alternative[], alternative: Alternative): boolean {
    const { graph } = this.openFrame();
    const read = restrict(source, graph, alternative.other, alternative.event);
    const e = graph.size - 1;
    computeClocks(graph, e, this.model.happensBefore);
    let { position } = alternative;
    if (position === -1) {
      const positions = this.positionsOf(graph, e, read);
      position = positions.pop() ?? -1;
      const known = parentAlternatives.length;
      for (const later of positions) parentAlternatives.push({ ...alternative, position: later });
      this.shareWeight(parentAlternatives, known);
      // There is no such execution. The write has no place, so the graph cannot be cut: it is emptied when reused.
      if (position === -1) return false;
    }
    graph.place(e, position);
    this.link(graph, read, e);
    return !this.races(graph, e) && !this.races(graph, read);
  }
}

/** One of the alternatives behind those that were passed, which are cut back to it; null for none of them. */
function choose(
  alternatives: Alternative[],
  passed: number,
  pick: (bound: number) => number,
): Alternative | null {
  for (let first = passed; first < alternatives.length;) {
    const { event } = alternatives[first] as Alternative;
    let end = first;
    while (alternatives[end]?.event === event) end += 1;
    const way = pick(end - first + 1);
    if (way > 0) {
      const chosen = alternatives[first + way - 1] as Alternative;
      alternatives.length = first;
      return chosen;
    }
    first = end;
  }
  return null;
}
