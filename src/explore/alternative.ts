import type { Graph } from './graph.js';

/** Another way to go on from a graph, for when everything behind the present way has been seen. */
export interface Alternative {
  /** The event that it is about: the graph is cut back to it. */
  readonly event: number;
  readonly way: number;
  /** Of a read, the other write that it reads; of a revisit, the earlier read that takes its value from the event. */
  readonly other: number;
  /** Of a write, where it goes in coherence order; -1 where that is still to be found out. */
  readonly position: number;
  /** Its part of the whole tree, were all branches of a fork equally large. */
  weight: number;
}

/** What an {@link Alternative} is. */
export const Way = { read: 0, place: 1, revisit: 2 } as const;

/** A graph, and what is still to be tried in it, oldest event first. A revisit opens a frame of its own. */
export interface Frame {
  readonly graph: Graph;
  readonly alternatives: Alternative[];
}
