import { Rng } from '../rng.js';
import { computeClocks } from './clocks.js';
import { findingAtEnd } from './end.js';
import { type Adjust, describeThrown, Execution, type Grower, type Verdict } from './execution.js';
import type { Finding } from './failure.js';
import { type EventShape, Graph, INIT, ThreadState } from './graph.js';
import { initialMemory } from './initial-memory.js';
import { Locations } from './locations.js';
import type { MemoryModel } from './models/model.js';
import { Flag, Kind } from './order.js';
import type { Program } from './program.js';
import { RACE_MESSAGE, racingWith } from './races.js';
import { newSchedule, type Schedule, type Strategy } from './schedule.js';

/** Of the reads that could be stale, the share that is not. */
const NEWEST_SHARE = 0.7;

/** Of the writes that could come in front of another, the share that comes last all the same. */
const LAST_SHARE = 0.9;

export interface RandomOptions {
  /** Events an execution may have. */
  readonly maxEvents?: number;
  readonly adjust?: Adjust | null;
}

/** How one random execution ended. */
export interface RandomRun {
  /** `infeasible`: choices that the memory model does not allow together. */
  readonly outcome: 'complete' | 'bounded' | 'failed' | 'infeasible';
  readonly finding: Finding | null;
  readonly graph: Graph;
}

/**
 * Executions of a program at random, for those that have too many to build them all: the same threads, graphs and
 * memory models. A schedule chooses who goes on; a read takes its value from any write that the model allows, the
 * newest mostly; a write goes to any place in coherence order, the last mostly.
 */
export class RandomExplorer implements Grower {
  readonly locations: Locations;
  private readonly program: Program;
  private readonly model: MemoryModel;
  private readonly maxEvents: number;
  private readonly execution: Execution;
  private readonly graph: Graph;
  private rng: Rng = new Rng(0);
  private schedule!: Schedule;
  /** By thread: the location it sleeps at, and how many writes that had when it fell asleep; -1 when awake. */
  private readonly sleepsAt: number[];
  private readonly writesSeen: number[];
  private finding: Finding | null = null;
  /** Nobody can go on: sleepers are to lie down for good, so that the graph says where. */
  private isOver = false;

  constructor(program: Program, model: MemoryModel, options: RandomOptions = {}) {
    this.program = program;
    this.model = model;
    this.maxEvents = options.maxEvents ?? 20_000;
    this.locations = new Locations(initialMemory(program));
    this.execution = new Execution(program, this.locations, this, options.adjust ?? null);
    this.graph = new Graph(program.threads.length);
    this.sleepsAt = program.threads.map(() => -1);
    this.writesSeen = program.threads.map(() => 0);
  }

  /** The thread whose code is being run, for when it does not come back. */
  get runningThread(): string | null {
    return this.execution.runningThread;
  }

  /** One execution; the same seed and strategy give the same one. The graph is good until the next. */
  run(seed: number, strategy: Strategy): RandomRun {
    const graph = this.graph;
    graph.clear();
    this.rng = new Rng(seed);
    this.schedule = newSchedule(strategy, this.program.threads.length, this.rng);
    this.sleepsAt.fill(-1);
    this.finding = null;
    this.isOver = false;
    for (;;) {
      const awake = this.awake();
      if (awake.length === 0) break;
      const thread = this.schedule.next(awake);
      const outcome = this.execution.runThread(graph, thread);
      if (typeof outcome === 'object') {
        const { error } = outcome;
        const finding = {
          kind: 'assertion',
          message: describeThrown(error),
          error,
          thread,
          events: [],
        } as const;
        return { outcome: 'failed', finding, graph };
      }
      if (outcome !== 'go-on' && outcome !== 'switch') return { outcome, finding: this.finding, graph };
    }
    return this.end();
  }

  addRead(graph: Graph, shape: EventShape): Verdict {
    if (this.mustYield(shape.thread)) return 'switch';
    if (graph.size >= this.maxEvents) return 'bounded';
    const e = graph.append(shape);
    const sources = this.sources(graph, e);
    const source = (shape.flags & Flag.await) === 0 ? this.choose(sources) : this.wake(graph, shape, sources);
    if (source === undefined) {
      // Not an event yet: it sleeps until there is another write.
      this.link(graph, e, INIT);
      graph.cut(e);
      return 'switch';
    }
    this.link(graph, e, source);
    return this.judge(graph, e);
  }

  addWrite(graph: Graph, shape: EventShape): Verdict {
    const isUpdate = (shape.flags & Flag.update) !== 0;
    if (!isUpdate && this.mustYield(shape.thread)) return 'switch';
    if (graph.size >= this.maxEvents) return 'bounded';
    const e = graph.append(shape);
    computeClocks(graph, e, this.model.happensBefore);
    const co = graph.co[shape.location] as number[];
    if (isUpdate) {
      const own = (graph.po[shape.thread] as number[])[(graph.index[e] as number) - 1] as number;
      const position = graph.rfPosition(own) + 1;
      graph.place(e, position);
      if (position < co.length - 1 && !this.model.allows(graph, e)) return 'infeasible';
      return this.judge(graph, e);
    }
    graph.place(e, co.length);
    if (co.length > 1 && this.rng.chance(1 - LAST_SHARE)) this.placeEarlier(graph, e);
    return this.judge(graph, e);
  }

  addOther(graph: Graph, shape: EventShape): Verdict {
    if (this.mustYield(shape.thread)) return 'switch';
    if (graph.size >= this.maxEvents) return 'bounded';
    computeClocks(graph, graph.append(shape), this.model.happensBefore);
    return 'go-on';
  }

  private end(): RandomRun {
    const graph = this.graph;
    this.isOver = true;
    this.execution.run(graph);
    const finding = findingAtEnd(this.program, graph);
    if (finding === null) this.execution.verify(graph);
    return { outcome: finding === null ? 'complete' : 'failed', finding, graph };
  }

  /** Threads that can go on: a sleeper when its word was written since. */
  private awake(): number[] {
    const graph = this.graph;
    return graph.po
      .map((_, t) => t)
      .filter((t) => {
        if (graph.state[t] === ThreadState.finished) return false;
        const at = this.sleepsAt[t] as number;
        return at === -1 || (graph.co[at]?.length ?? 0) > (this.writesSeen[t] as number);
      });
  }

  private mustYield(thread: number): boolean {
    return !this.isOver && this.schedule.mustYield(thread);
  }

  /** Writes that read `e` may take its value from, in coherence order. */
  private sources(graph: Graph, e: number): number[] {
    const co = graph.co[graph.location[e] as number] as number[];
    const sources: number[] = [];
    for (let at = -1; at < co.length; at++) {
      const write = at === -1 ? INIT : (co[at] as number);
      if (graph.isUpdate(e) && at + 1 < co.length && graph.isUpdate(co[at + 1] as number)) continue;
      this.link(graph, e, write);
      if (at === co.length - 1 || this.model.allows(graph, e)) sources.push(write);
      graph.unlink(e);
    }
    return sources;
  }

  private choose(sources: readonly number[]): number | undefined {
    if (sources.length <= 1 || this.rng.chance(NEWEST_SHARE)) return sources.at(-1);
    return sources[this.rng.below(sources.length)];
  }

  /** A write that ends the sleep; undefined when there is none, and the thread sleeps on. */
  private wake(graph: Graph, shape: EventShape, sources: readonly number[]): number | undefined {
    const { thread, location, expected } = shape;
    const newest = sources.at(-1);
    if (this.isOver) return newest;
    const waking = sources.filter((write) => this.valueOf(graph, location, write) !== expected);
    this.sleepsAt[thread] = waking.length === 0 ? location : -1;
    this.writesSeen[thread] = (graph.co[location] as number[]).length;
    return this.choose(waking);
  }

  private placeEarlier(graph: Graph, e: number): void {
    const co = graph.co[graph.location[e] as number] as number[];
    const position = this.rng.below(co.length - 1);
    if (graph.isUpdate(co[position] as number)) return;
    graph.unplace(e);
    graph.place(e, position);
    if (this.model.allows(graph, e)) return;
    graph.unplace(e);
    graph.place(e, co.length);
  }

  private judge(graph: Graph, e: number): Verdict {
    if (graph.kind[e] === Kind.read)
      graph.value[e] = this.valueOf(graph, graph.location[e] as number, graph.rf[e] as number);
    if (this.model.happensBefore === 'none') return 'go-on';
    const other = racingWith(graph, e, this.model.happensBefore);
    if (other === -1) return 'go-on';
    this.finding = {
      kind: 'race',
      message: RACE_MESSAGE,
      thread: graph.thread[e] as number,
      events: [other, e],
    };
    return 'failed';
  }

  private link(graph: Graph, e: number, write: number): void {
    graph.link(e, write);
    computeClocks(graph, e, this.model.happensBefore);
  }

  private valueOf(graph: Graph, location: number, write: number): number {
    return (write === INIT ? this.locations.initial[location] : graph.value[write]) as number;
  }
}
