import { VringError } from '../errors.js';
import { ExploreError } from './errors.js';
import { type EventShape, type Graph, ThreadState } from './graph.js';
import { isScalar, type Locations } from './locations.js';
import { Flag, Kind, Order } from './order.js';
import { type AccessHandler, ExplorerPort } from './port.js';
import type { Program } from './program.js';

/**
 * What a thread is suspended with. It is made once: a stack trace for each suspension would cost more than all else.
 */
const SUSPENDED: Error = new Error('a thread is being suspended: whoever catches this has to throw it on');

/** The kinds of access that a program point makes, for {@link Adjust}. */
export type AccessKind = 'load' | 'store' | 'update' | 'fence' | 'await';

/**
 * Changes the order of an access of a thread before it becomes an event, to see what a barrier is for, or whether one
 * more would help. It is asked once for each new event, on the stack of the code that makes the access.
 */
export type Adjust = (kind: AccessKind, order: number, thread: number) => number | Adjustment;

/** An order, and fences that the code does not have. */
export interface Adjustment {
  readonly order: number;
  /** Order of the fence to go in front of the access; none when it is left out. */
  readonly fenceBefore?: number;
  /** Whether a full fence goes behind it. */
  readonly isFencedBehind?: boolean;
}

/** Decides what a new event is to be: which write a read takes, where a write goes in coherence order. */
export interface Grower {
  /** Adds a read, linked; a value to go on with is its. */
  addRead(graph: Graph, shape: EventShape): Verdict;
  addWrite(graph: Graph, shape: EventShape): Verdict;
  /** A fence or a notification. */
  addOther(graph: Graph, shape: EventShape): Verdict;
}

/** Whether an execution goes on behind a new event. */
export type Verdict =
  | 'go-on'
  /** There is no execution with this event; another graph has what it could have been. */
  | 'infeasible'
  /** It has been reported what is wrong. */
  | 'failed'
  /** The graph is as large as it may get. */
  | 'bounded'
  /** Another thread is to go on first. */
  | 'switch';

/** How far a run of all threads has come. */
export type RunOutcome = Verdict | ThrownByThread;

/** What a thread threw on its own account. */
export interface ThrownByThread {
  readonly thread: number;
  readonly error: unknown;
}

/**
 * Runs the threads of a program over a graph. A thread is a plain function that stands at an access inside a call of
 * its port. To leave it there the port throws; to come back, the thread is run again from its start and given what it
 * read before, as the graph has it. Every access it repeats is compared with the one that it made then.
 */
export class Execution implements AccessHandler {
  readonly memoryBytes: number;
  private readonly program: Program;
  private readonly locations: Locations;
  private readonly grower: Grower;
  private readonly adjust: Adjust | null;
  private readonly port: ExplorerPort;
  private graph!: Graph;
  private thread = 0;
  private isInThread = false;
  /** Accesses the running thread has made, and the events of those that it makes again. */
  private cursor = 0;
  private events: readonly number[] = [];
  /** What the newest access was adjusted to have behind it. */
  private fenceFlag = 0;
  private verdict: Verdict = 'go-on';
  /** The newest event, until it is part of the graph: one object for all of them. */
  private readonly newest: EventShape = {
    thread: 0,
    kind: 0,
    order: 0,
    flags: 0,
    location: 0,
    value: 0,
    expected: 0,
  };
  private isUnwinding = false;
  /** No access may be new. */
  private isVerifying = false;

  constructor(program: Program, locations: Locations, grower: Grower, adjust: Adjust | null = null) {
    this.memoryBytes = program.memoryBytes;
    this.program = program;
    this.locations = locations;
    this.grower = grower;
    this.adjust = adjust;
    this.port = new ExplorerPort(this);
  }

  /** The thread whose code is being run; null between two of them. */
  get runningThread(): string | null {
    return this.isInThread ? this.name : null;
  }

  /** Accesses that the thread which ran last has made. */
  get accessCount(): number {
    return this.cursor;
  }

  /** Runs every thread that is neither finished nor blocked as far as it gets, in order. */
  run(graph: Graph): RunOutcome {
    for (let t = 0; t < this.program.threads.length; t++) {
      if (graph.state[t] !== ThreadState.unknown) continue;
      const outcome = this.runThread(graph, t);
      if (outcome !== 'go-on') return outcome;
    }
    return 'go-on';
  }

  /** Runs thread `t` until it ends, sleeps, or its grower says otherwise. */
  runThread(graph: Graph, t: number): RunOutcome {
    this.graph = graph;
    this.thread = t;
    this.cursor = 0;
    this.events = graph.po[t] as number[];
    this.verdict = 'go-on';
    this.isUnwinding = false;
    this.isInThread = true;
    try {
      const result = this.program.threads[t]?.run(this.port);
      if (this.isUnwinding) throw this.swallowed();
      if (this.cursor < this.events.length)
        throw this.diverged(this.events[this.cursor] as number, 'the end');
      graph.results[t] = result;
      graph.state[t] = ThreadState.finished;
    } catch (error) {
      if (error === SUSPENDED) return this.verdict;
      if (this.isUnwinding) throw this.swallowed();
      if (error instanceof ExploreError) throw error;
      return { thread: t, error };
    } finally {
      this.isInThread = false;
    }
    return 'go-on';
  }

  /**
   * Runs the threads of a graph that is whole once more, the last one first, and throws when one does anything else
   * than before: then it depends on something that is not in memory.
   */
  verify(graph: Graph): void {
    const states = [...graph.state];
    this.isVerifying = true;
    try {
      for (let t = states.length - 1; t >= 0; t--) {
        const outcome = this.runThread(graph, t);
        if (typeof outcome === 'object') throw this.threw(describeThrown(outcome.error));
        if (graph.state[t] !== states[t]) throw this.threw('it ended at another place');
      }
    } finally {
      this.isVerifying = false;
    }
  }

  read(address: number, lengthBytes: number, order: number): number {
    const e = this.repeated(Kind.read, address, lengthBytes);
    if (e !== -1) return this.graph.value[e] as number;
    const adjusted = this.adjusted('load', order);
    return this.newRead(this.locations.at(address, lengthBytes), adjusted, this.fenceFlag, 0);
  }

  write(address: number, lengthBytes: number, order: number, value: number): void {
    const e = this.repeated(Kind.write, address, lengthBytes);
    if (e === -1) {
      const adjusted = this.adjusted('store', order);
      this.newWrite(this.locations.at(address, lengthBytes), adjusted, this.fenceFlag, value);
    } else if (this.graph.value[e] !== value) {
      throw this.diverged(e, `a store of ${value}`);
    }
  }

  fence(order: number): void {
    if (this.repeated(Kind.fence, 0, 0) !== -1) return;
    const shape = this.shape(Kind.fence, this.adjusted('fence', order), 0, -1, 0, 0);
    this.follow(this.grower.addOther(this.graph, shape));
  }

  update(address: number, order: number, apply: (value: number) => number | null): number {
    const read = this.repeated(Kind.read, address, 4);
    const location = read === -1 ? this.locations.at(address, 4) : (this.graph.location[read] as number);
    const adjusted = read === -1 ? this.adjusted('update', order) : (this.graph.order[read] as number);
    const flags = read === -1 ? Flag.update | this.fenceFlag : (this.graph.flags[read] as number);
    const before =
      read === -1 ? this.newRead(location, adjusted, flags, 0) : (this.graph.value[read] as number);
    const value = apply(before);
    if (value === null) return before;
    const write = this.repeated(Kind.write, address, 4);
    if (write === -1) this.newWrite(location, adjusted, flags, value);
    else if (this.graph.value[write] !== value) throw this.diverged(write, `an update to ${value}`);
    return before;
  }

  awaitChange(address: number, expected: number, _timeoutMs: number): number {
    const e = this.repeated(Kind.read, address, 4);
    const value =
      e === -1
        ? this.newRead(
            this.locations.at(address, 4),
            this.adjusted('await', Order.acquirePc),
            Flag.await | this.fenceFlag,
            expected,
          )
        : (this.graph.value[e] as number);
    if (value !== expected) return value;
    this.graph.state[this.thread] = ThreadState.blocked;
    return this.suspend('go-on');
  }

  notify(address: number): void {
    if (this.repeated(Kind.notify, address, 4) !== -1) return;
    const location = this.locations.at(address, 4);
    this.follow(this.grower.addOther(this.graph, this.shape(Kind.notify, Order.plain, 0, location, 0, 0)));
  }

  readContent(address: number, target: Uint8Array): void {
    const value = this.read(address, target.length, Order.plain);
    if (!isScalar(target.length)) target.set(this.locations.contentOf(value));
    else for (let i = 0; i < target.length; i++) target[i] = Math.floor(value / 2 ** (8 * i)) & 0xff;
  }

  writeContent(address: number, content: Uint8Array): void {
    const value = isScalar(content.length)
      ? content.reduceRight((sum, byte) => sum * 256 + byte, 0)
      : this.locations.numberOf(content);
    this.write(address, content.length, Order.plain, value);
  }

  unsupported(method: string): never {
    throw new ExploreError('EXPLORE_VIEW', `${method}() hands out memory in which no access can be seen`);
  }

  /** The event that this access is, when the thread has made it before; -1 when it is new. */
  private repeated(kind: number, address: number, lengthBytes: number): number {
    if (this.isUnwinding) throw SUSPENDED;
    if (this.isInserted(this.cursor)) this.cursor += 1;
    const at = this.cursor++;
    if (at >= this.events.length) {
      if (this.isVerifying) throw this.threw(`it makes a further access, number ${at}`);
      return -1;
    }
    const e = this.events[at] as number;
    if (this.graph.kind[e] !== kind) throw this.diverged(e, 'another kind of access');
    if (kind === Kind.fence) return e;
    const location = this.graph.location[e] as number;
    const { start, lengthBytes: lengths } = this.locations;
    if (start[location] === address && lengths[location] === lengthBytes) return e;
    throw this.diverged(e, `an access to ${lengthBytes} bytes at 0x${address.toString(16)}`);
  }

  private newRead(location: number, order: number, flags: number, expected: number): number {
    const graph = this.graph;
    this.follow(this.grower.addRead(graph, this.shape(Kind.read, order, flags, location, 0, expected)));
    return graph.value[graph.size - 1] as number;
  }

  private newWrite(location: number, order: number, flags: number, value: number): void {
    this.follow(this.grower.addWrite(this.graph, this.shape(Kind.write, order, flags, location, value, 0)));
  }

  /** The order of a new access; the fence that is to be in front of it is put there. */
  private adjusted(kind: AccessKind, order: number): number {
    if (this.adjust === null) return order;
    const adjustment = this.adjust(kind, order, this.thread);
    const isOrder = typeof adjustment === 'number';
    const last = this.events.at(-1);
    const isOwed = last !== undefined && ((this.graph.flags[last] as number) & Flag.fencedBehind) !== 0;
    const fence = isOwed ? Order.full : isOrder ? undefined : adjustment.fenceBefore;
    // The fence may be there already, from an execution in which this access went another way.
    if (fence !== undefined && !this.isInserted(this.events.length - 1)) {
      this.cursor += 1;
      this.follow(this.grower.addOther(this.graph, this.shape(Kind.fence, fence, Flag.inserted, -1, 0, 0)));
    }
    this.fenceFlag = !isOrder && adjustment.isFencedBehind === true ? Flag.fencedBehind : 0;
    return isOrder ? adjustment : adjustment.order;
  }

  private isInserted(at: number): boolean {
    const e = this.events[at];
    return e !== undefined && ((this.graph.flags[e] as number) & Flag.inserted) !== 0;
  }

  private shape(
    kind: number,
    order: number,
    flags: number,
    location: number,
    value: number,
    expected: number,
  ): EventShape {
    const shape = this.newest;
    shape.thread = this.thread;
    shape.kind = kind;
    shape.order = order;
    shape.flags = flags;
    shape.location = location;
    shape.value = value;
    shape.expected = expected;
    return shape;
  }

  private follow(verdict: Verdict): void {
    if (verdict !== 'go-on') this.suspend(verdict);
  }

  private suspend(verdict: Verdict): never {
    this.verdict = verdict;
    this.isUnwinding = true;
    throw SUSPENDED;
  }

  private swallowed(): ExploreError {
    const message = `${this.name} caught what suspends it: a catch has to throw on whatever it does not know`;
    return new ExploreError('EXPLORE_SWALLOWED', message);
  }

  private threw(what: string): ExploreError {
    const message = `${this.name} is not deterministic: run again with the same reads, ${what}`;
    return new ExploreError('EXPLORE_NONDETERMINISM', message);
  }

  private diverged(e: number, now: string): ExploreError {
    const graph = this.graph;
    const kind = ['a read', 'a write', 'a fence', 'a notification'][graph.kind[e] as number] as string;
    const address = this.locations.start[graph.location[e] as number];
    const where = address === undefined ? '' : ` at 0x${address.toString(16)}`;
    const message =
      `${this.name} is not deterministic: its access ${graph.index[e]} was ${kind}${where} of ` +
      `${graph.value[e]}, and is ${now} when the thread is run again`;
    return new ExploreError('EXPLORE_NONDETERMINISM', message, { access: graph.index[e] as number });
  }

  private get name(): string {
    return this.program.threads[this.thread]?.name ?? '';
  }
}

/** A thrown thing in one line. */
export function describeThrown(error: unknown): string {
  if (error instanceof VringError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
