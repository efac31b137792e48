import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { computeClocks } from './clocks.js';
import { describeAccess } from './describe.js';
import { canBeEarly, EarlyReads } from './early-reads.js';
import { findingAtEnd } from './end.js';
import { type Adjust, describeThrown, Execution, type Grower, type Verdict } from './execution.js';
import { initialMemory } from './initial-memory.js';
import type { Finding } from './failure.js';
import { type EventShape, Graph, INIT, ThreadState } from './graph.js';
import { Locations } from './locations.js';
import type { MemoryModel } from './models/model.js';
import { Kind } from './order.js';
import type { Program } from './program.js';
import { isRace, RACE_MESSAGE } from './races.js';
import { accessOf, type Extract, extract, record, type Recording, type ThreadEnd } from './recording.js';
import { checkOf, messageCheck, type Script, type ScriptEarlyRead } from './script.js';
import { currentSite, type Site } from './sites.js';

/** The program is not the one that failed, or no longer fails: what was recorded does not happen any more. */
export class ReplayDiverged extends VringError {
  constructor(message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super('REPLAY_DIVERGED', `the replay diverged: ${message}`, ExitCode.replayDiverged, fields);
  }
}

/** A failure that was made to happen again. */
export interface Replayed {
  readonly recording: Recording;
  /** By event of the recording: the code that makes the access. */
  readonly sites: readonly Site[];
}

/**
 * Carries out the execution that a script describes, on the program itself. Every access is compared with the recorded
 * one, the memory model is asked about each, and in the end the same thing has to be wrong; otherwise this throws.
 */
export function replay(
  program: Program,
  model: MemoryModel,
  script: Script,
  adjust: Adjust | null = null,
): Replayed {
  return new Replay(program, model, script, adjust).run();
}

class Replay implements Grower {
  private readonly program: Program;
  private readonly model: MemoryModel;
  private readonly script: Script;
  private readonly locations: Locations;
  private readonly execution: Execution;
  /** An event's number here is its place in the script. */
  private readonly graph: Graph;
  private readonly names: readonly string[];
  /** By thread: accesses it has in the script. */
  private readonly lengths: readonly number[];
  private readonly sites: Site[] = [];
  /** How the threads end before any read is an early one: what such a read makes a thread throw is still to come. */
  private readonly ends: readonly ThreadEnd[];
  private diverged: ReplayDiverged | null = null;
  private thrown: unknown;

  constructor(program: Program, model: MemoryModel, script: Script, adjust: Adjust | null) {
    this.program = program;
    this.model = model;
    this.script = script;
    this.locations = new Locations(initialMemory(program));
    const { otherRange, threads, ends, earlyReads } = script;
    this.ends = ends.map((end) => (end === 'threw' && earlyReads.length > 0 ? 'open' : end));
    if (otherRange !== null) this.locations.at(otherRange.address, otherRange.lengthBytes);
    this.execution = new Execution(program, this.locations, this, adjust);
    this.graph = new Graph(program.threads.length);
    this.names = program.threads.map(({ name }) => name);
    this.lengths = this.names.map((_, t) => threads.filter((thread) => thread === t).length);
  }

  run(): Replayed {
    const { threads } = this.script;
    const ends = this.ends;
    if (ends.length !== this.names.length) {
      throw new ReplayDiverged(`the program has ${this.names.length} threads, and had ${ends.length}`);
    }
    while (this.graph.size < threads.length) this.runThread(threads[this.graph.size] as number);
    ends.forEach((end, t) => {
      if (end !== 'open' && this.lengths[t] === 0) this.runThread(t);
    });
    const finding = this.finding();
    const part = extract(finding, this.graph, null) as Extract;
    const recording = record(finding, this.graph, this.locations, this.names, part);
    return { recording, sites: part.sequence.events.map((e) => this.sites[e] as Site) };
  }

  addRead(graph: Graph, shape: EventShape): Verdict {
    const turn = this.turn(shape);
    if (turn !== 'go-on') return turn;
    const e = graph.append(shape);
    const co = graph.co[shape.location] as number[];
    const behind = this.script.behind[e] as number;
    if (behind > co.length) return this.diverge(e, 'has no such write to read');
    const write = co[co.length - 1 - behind] ?? INIT;
    graph.link(e, write);
    const value = write === INIT ? this.locations.initial[shape.location] : graph.value[write];
    graph.value[e] = value as number;
    return this.compare(e);
  }

  addWrite(graph: Graph, shape: EventShape): Verdict {
    const turn = this.turn(shape);
    if (turn !== 'go-on') return turn;
    const e = graph.append(shape);
    const { length } = graph.co[shape.location] as number[];
    const behind = this.script.behind[e] as number;
    if (behind > length) return this.diverge(e, 'has no such place among the writes');
    graph.place(e, length - behind);
    return this.compare(e);
  }

  addOther(graph: Graph, shape: EventShape): Verdict {
    const turn = this.turn(shape);
    if (turn !== 'go-on') return turn;
    return this.compare(graph.append(shape));
  }

  private runThread(t: number): void {
    const outcome = this.execution.runThread(this.graph, t);
    if (this.diverged !== null) throw this.diverged;
    if (outcome === 'switch' || outcome === 'bounded') return;
    const isThrown = typeof outcome === 'object';
    const made = (this.graph.po[t] as number[]).length;
    const end = isThrown ? 'threw' : this.graph.state[t] === ThreadState.blocked ? 'asleep' : 'ended';
    const expected = this.ends[t];
    if (made === this.lengths[t] && (expected === 'open' || expected === end)) {
      if (isThrown && expected === 'threw') this.thrown = outcome.error;
      return;
    }
    const what = { asleep: 'sleeps', ended: 'ends', threw: 'throws' }[end];
    const thrown = isThrown ? ` "${describeThrown(outcome.error)}"` : '';
    const message = `${this.names[t]} ${what}${thrown} after ${made} accesses, and did not`;
    throw new ReplayDiverged(message, { thread: t, accesses: made });
  }

  /** Whether it is this thread that has the next access of the script. */
  private turn(shape: EventShape): Verdict {
    const { threads } = this.script;
    const { size, po } = this.graph;
    if (threads[size] === shape.thread) return 'go-on';
    const made = (po[shape.thread] as number[]).length;
    if (made < (this.lengths[shape.thread] as number)) return 'switch';
    if (this.ends[shape.thread] === 'open') return 'bounded';
    const message = `${this.names[shape.thread]} goes on after its last access, number ${made}`;
    this.diverged = new ReplayDiverged(message, { thread: shape.thread, accesses: made });
    return 'failed';
  }

  /** Compares access `e` with the recorded one, and asks the memory model about it. */
  private compare(e: number): Verdict {
    const graph = this.graph;
    this.sites.push(currentSite());
    computeClocks(graph, e, this.model.happensBefore);
    const access = accessOf(graph, this.locations, e);
    if (checkOf(access) !== this.script.checks[e]) return this.diverge(e, 'was another one');
    const isAccess = access.kind === Kind.read || access.kind === Kind.write;
    if (isAccess && !this.model.allows(graph, e))
      return this.diverge(e, `is not possible under ${this.model.name}`);
    return 'go-on';
  }

  private diverge(e: number, why: string): Verdict {
    const access = accessOf(this.graph, this.locations, e);
    const { thread, index } = access;
    const { name } = currentSite();
    const now = describeAccess(access, this.program.label);
    const message = `access ${index + 1} of ${this.names[thread]}, now ${now} in ${name}, ${why}`;
    this.diverged = new ReplayDiverged(message, { thread, access: index + 1, now, site: name });
    return 'failed';
  }

  private finding(): Finding {
    const { kind, thread, events, message } = this.script.finding;
    const finding = this.judge();
    if (finding === null) throw new ReplayDiverged(`nothing is wrong any more (it was: ${kind})`);
    const isSame =
      finding.kind === kind &&
      finding.thread === thread &&
      finding.events.join() === events.join() &&
      messageCheck(finding.message) === message;
    if (isSame) return finding;
    throw new ReplayDiverged(`it now ends with another failure: ${finding.message} (it was: ${kind})`);
  }

  private judge(): Finding | null {
    if (this.script.earlyReads.length > 0) return this.judgeEarly();
    const { kind, thread, events } = this.script.finding;
    if (kind === 'race') {
      const [a = -1, b = -1] = events;
      return isRace(this.graph, a, b, this.model.happensBefore)
        ? { kind, message: RACE_MESSAGE, thread, events }
        : null;
    }
    if (kind !== 'assertion' || thread === -1) return findingAtEnd(this.program, this.graph);
    const error = this.thrown;
    return { kind, message: describeThrown(error), error, thread, events };
  }

  /** Gives reads what comes of them, and judges each step as it was judged when the failure was found. */
  private judgeEarly(): Finding | null {
    const { ends, earlyReads } = this.script;
    const graph = this.graph;
    const early = new EarlyReads(this.program, this.locations);
    for (const one of earlyReads) {
      const { read, write } = one;
      const isPossible = this.model.name === 'armv8' && canBeEarly(graph, read, write);
      if (!isPossible || !early.give(graph, read, write)) throw this.notEarly(one);
      const thread = graph.thread[read] as number;
      const rerun = early.rerun(graph, ends[thread] !== 'ended');
      if (rerun.kind === 'other') throw this.dependent(one, rerun.at);
      if (rerun.kind === 'thrown') return this.checkThrown(early.findingOf(graph, rerun) as Finding);
    }
    return ends.includes('threw') ? null : early.findingOf(graph, null);
  }

  private checkThrown(finding: Finding): Finding {
    const { thread, thrownAfter: made = 0 } = finding;
    // An access that is refused is counted, and is none of the script.
    if (made >= (this.lengths[thread] as number)) return finding;
    const message = `${this.names[thread]} throws after ${made} accesses, and did not`;
    throw new ReplayDiverged(message, { thread, accesses: made });
  }

  private notEarly({ read, write }: ScriptEarlyRead): ReplayDiverged {
    const message = `${this.told(read)}, cannot take its value from ${this.told(write)}, under ${this.model.name}`;
    return new ReplayDiverged(message, { thread: this.graph.thread[read] as number });
  }

  /** Access `at` of the thread of an early read is not what it was. */
  private dependent({ read }: ScriptEarlyRead, at: number): ReplayDiverged {
    const thread = this.graph.thread[read] as number;
    const e = (this.graph.po[thread] as number[])[at];
    const what =
      e === undefined
        ? `${this.names[thread]} goes on after its last access, number ${at},`
        : `${this.told(e)}, is another one`;
    return new ReplayDiverged(`${what} when ${this.told(read)}, has a value that comes of it`, {
      thread,
      access: at + 1,
    });
  }

  /** An access that was carried out, for a message. */
  private told(e: number): string {
    const access = accessOf(this.graph, this.locations, e);
    const { name } = this.sites[e] as Site;
    const text = describeAccess(access, this.program.label);
    return `access ${access.index + 1} of ${this.names[access.thread]}, ${text} in ${name}`;
  }
}
