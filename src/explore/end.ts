import { describeThrown } from './execution.js';
import type { Finding } from './failure.js';
import { type Graph, INIT, ThreadState } from './graph.js';
import { Flag, Kind } from './order.js';
import type { Program } from './program.js';

/** What is wrong with an execution in which every thread has ended or sleeps; null when nothing is. */
export function findingAtEnd(program: Program, graph: Graph): Finding | null {
  const sleeping = sleepers(graph);
  if (sleeping.length > 0) return lostWakeup(program, graph, sleeping);
  const unheard = wokenByNobody(graph);
  if (unheard !== null) {
    const [sleep, write] = unheard;
    const message = `${nameOf(program, graph, sleep)} can be asleep when the word changes, and is not notified of it`;
    return { kind: 'lost-wakeup', message, thread: graph.thread[sleep] as number, events: [sleep, write] };
  }
  try {
    program.check?.(graph.results);
  } catch (error) {
    return { kind: 'assertion', message: describeThrown(error), error, thread: -1, events: [] };
  }
  return null;
}

/** The events that threads sleep at. */
function sleepers(graph: Graph): number[] {
  return graph.po
    .filter((_, t) => graph.state[t] === ThreadState.blocked)
    .map((events) => events.at(-1) as number);
}

/** All who sleep have seen the newest value, and nobody is left to change it. Otherwise it is a prefix, and no end. */
function lostWakeup(program: Program, graph: Graph, sleeping: readonly number[]): Finding | null {
  const isFinal = sleeping.every((e) => {
    const co = graph.co[graph.location[e] as number] as number[];
    return graph.rfPosition(e) === co.length - 1;
  });
  if (!isFinal) return null;
  const names = sleeping.map((e) => nameOf(program, graph, e)).join(' and ');
  const message = `${names} ${sleeping.length === 1 ? 'sleeps' : 'sleep'}, and nobody is left to end that`;
  return {
    kind: 'lost-wakeup',
    message,
    thread: graph.thread[sleeping[0] as number] as number,
    events: sleeping,
  };
}

/**
 * A sleep that ended because the word changed although no notification followed the change: had the sleeper been a
 * little faster, it would have slept on.
 */
function wokenByNobody(graph: Graph): readonly [number, number] | null {
  // By thread: an execution has to be judged the same in whatever order its events were added.
  for (const e of graph.po.flat()) {
    if (((graph.flags[e] as number) & Flag.await) === 0) continue;
    const write = graph.rf[e] as number;
    if (write === INIT || graph.thread[write] === graph.thread[e]) continue;
    if (wasBefore(graph, write, e) || isNotified(graph, write)) continue;
    return [e, write];
  }
  return null;
}

/** Whether the write had come before the sleep began in any case. */
function wasBefore(graph: Graph, write: number, sleep: number): boolean {
  const index = graph.index[sleep] as number;
  if (index === 0) return false;
  return graph.isInPrefix(write, (graph.po[graph.thread[sleep] as number] as number[])[index - 1] as number);
}

function isNotified(graph: Graph, write: number): boolean {
  const po = graph.po[graph.thread[write] as number] as number[];
  return po
    .slice((graph.index[write] as number) + 1)
    .some((e) => graph.kind[e] === Kind.notify && graph.location[e] === graph.location[write]);
}

function nameOf(program: Program, graph: Graph, e: number): string {
  return program.threads[graph.thread[e] as number]?.name ?? '';
}
