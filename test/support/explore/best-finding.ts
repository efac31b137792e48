import type { FailureKind, Finding } from '../../../src/explore/failure.js';
import type { Graph } from '../../../src/explore/graph.js';
import type { Locations } from '../../../src/explore/locations.js';
import type { Program } from '../../../src/explore/program.js';
import { extract, record, type Recording } from '../../../src/explore/recording.js';

/** Failing graphs, by what is wrong in them. */
export type FailureCounts = Record<FailureKind, number>;

/**
 * Keeps the simplest failure of an exploration: fewest stale reads, then switches, then events. All others are only
 * counted. Since everything is explored, no simpler one exists when it is through.
 */
export class BestFinding {
  readonly counts: FailureCounts = { assertion: 0, 'lost-wakeup': 0, race: 0 };
  private readonly names: readonly string[];
  private readonly locations: Locations;
  private bestSoFar: Recording | null = null;

  /** `locations` are those of the explorer whose findings are offered. */
  constructor(program: Program, locations: Locations) {
    this.names = program.threads.map(({ name }) => name);
    this.locations = locations;
  }

  /** The simplest so far; null when nothing was offered. */
  get best(): Recording | null {
    return this.bestSoFar;
  }

  get total(): number {
    return this.counts.assertion + this.counts['lost-wakeup'] + this.counts.race;
  }

  offer(finding: Finding, graph: Graph): void {
    this.counts[finding.kind] += 1;
    const part = extract(finding, graph, this.bestSoFar?.simplicity ?? null);
    if (part === null) return;
    this.bestSoFar = record(finding, graph, this.locations, this.names, part);
  }
}
