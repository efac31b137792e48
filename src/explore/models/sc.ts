import type { HappensBefore } from '../clocks.js';
import type { Graph } from '../graph.js';
import { Kind } from '../order.js';
import { isCoherent, nextWrite } from './coherence.js';
import type { MemoryModel, ProfileName } from './model.js';

/** Later than any index. */
const NEVER = 0x7fffffff;

/** Sequential consistency: program order, reads-from, coherence and from-reads have no cycle. */
export class SequentialModel implements MemoryModel {
  readonly name: ProfileName;
  readonly happensBefore: HappensBefore;
  /** By thread: the first event found to be after the one in question. Those behind it are too. */
  private readonly reached: Int32Array;
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly threads: number[] = [];

  constructor(threadCount: number, name: ProfileName, happensBefore: HappensBefore) {
    this.name = name;
    this.happensBefore = happensBefore;
    this.reached = new Int32Array(threadCount);
  }

  /** `e` comes before the next write to its location; that must not come before `e`. */
  allows(graph: Graph, e: number): boolean {
    if (!isCoherent(graph, e)) return false;
    const next = nextWrite(graph, e);
    if (next === -1) return true;
    this.reached.fill(NEVER);
    this.threads.length = 0;
    this.from.length = 0;
    this.to.length = 0;
    this.reach(graph, next);
    const thread = graph.thread[e] as number;
    const index = graph.index[e] as number;
    while (this.threads.length > 0) {
      if ((this.reached[thread] as number) <= index) return false;
      this.follow(graph, this.threads.pop() as number, this.from.pop() as number, this.to.pop() as number);
    }
    return (this.reached[thread] as number) > index;
  }

  private reach(graph: Graph, e: number): void {
    const thread = graph.thread[e] as number;
    const index = graph.index[e] as number;
    const before = this.reached[thread] as number;
    if (index >= before) return;
    this.reached[thread] = index;
    this.threads.push(thread);
    this.from.push(index);
    this.to.push(Math.min(before, (graph.po[thread] as number[]).length));
  }

  private follow(graph: Graph, thread: number, from: number, to: number): void {
    const po = graph.po[thread] as number[];
    for (let at = from; at < to; at++) {
      const e = po[at] as number;
      const kind = graph.kind[e];
      if (kind === Kind.fence || kind === Kind.notify) continue;
      const next = nextWrite(graph, e);
      if (next !== -1) this.reach(graph, next);
      if (kind !== Kind.write) continue;
      for (let r = graph.firstReader[e] as number; r !== -1; r = graph.nextReader[r] as number)
        this.reach(graph, r);
    }
  }
}
