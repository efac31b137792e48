import type { HappensBefore } from '../clocks.js';
import type { Graph } from '../graph.js';

/** The profiles that a program is explored under. */
export type ProfileName = 'sc' | 'tso' | 'armv8' | 'rc11' | 'js';

/**
 * Which execution graphs a machine or a language allows. Models here are closed under prefixes of program order and
 * reads-from, and always allow the newest event of a thread to read the newest write and to write at the end: the
 * exploration asks only about what is not the newest.
 */
export interface MemoryModel {
  readonly name: ProfileName;
  readonly happensBefore: HappensBefore;
  /**
   * Whether a graph that is consistent without `e` is so with it: a read or write, linked and with its clocks, that is
   * the last of its thread, and from which nothing reads yet.
   */
  allows(graph: Graph, e: number): boolean;
}
