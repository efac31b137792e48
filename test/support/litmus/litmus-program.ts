import { Explorer } from '../../../src/explore/explorer.js';
import type { FailureKind } from '../../../src/explore/failure.js';
import type { Graph } from '../../../src/explore/graph.js';
import type { Locations } from '../../../src/explore/locations.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { Order } from '../../../src/explore/order.js';
import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';
import { type AccessOrder, type Litmus, locationsOf, type Operation, outcomeText } from './litmus.js';

const WORD_BYTES = 4;
/** Of one location: memory comes in multiples of this. */
const SPACING_BYTES = 8;
/** The word of full fences in JavaScript, which has none, and where an access with `addr` goes on a zero. */
const DUMMY_AT = 0;
const ELSEWHERE_AT = 4;
const FIRST_AT = 8;

const ORDERS: Readonly<Record<AccessOrder, number>> = {
  plain: Order.plain,
  rlx: Order.relaxed,
  acq: Order.acquire,
  acqpc: Order.acquirePc,
  rel: Order.release,
  acqrel: Order.acquireRelease,
  sc: Order.sequential,
};

/** What the explorer says of a litmus test. */
export interface LitmusResult {
  readonly complete: number;
  /** Outcomes, and in how many graphs each was found. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly races: number;
  /** Executions with load buffering, which are not among the complete ones, though their outcomes are listed. */
  readonly buffered: number;
}

/** Explores a litmus test. Plain accesses are what `plain` says; C11 has undefined behaviour where they race. */
export function exploreLitmus(
  litmus: Litmus,
  profile: ProfileName,
  plain: AccessOrder,
  loadBuffering = true,
): LitmusResult {
  const names = locationsOf(litmus);
  const outcomes = new Map<string, number>();
  let races = 0;
  const onFinding = ({ kind }: { kind: FailureKind }, graph: Graph): boolean => {
    if (kind === 'race') races += 1;
    else {
      const outcome = outcomeOf(graph, explorer.locations, names);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    return false;
  };
  const program = litmusProgram(litmus, profile === 'js', plain);
  const model = memoryModel(profile, program.threads.length);
  const explorer = new Explorer(program, model, { onFinding, loadBuffering });
  explorer.run();
  return { complete: explorer.counts.complete, outcomes, races, buffered: explorer.bufferedCount };
}

/** A program that finds fault with each of its complete executions, so that all of them are shown. */
function litmusProgram(litmus: Litmus, isJs: boolean, plain: AccessOrder): Program {
  const names = locationsOf(litmus);
  const addresses = new Map(names.map((name, i) => [name, FIRST_AT + i * SPACING_BYTES]));
  return {
    name: 'litmus',
    memoryBytes: FIRST_AT + names.length * SPACING_BYTES,
    threads: litmus.threads.map((operations, t) => ({
      name: `thread ${t}`,
      run: (port) => {
        const registers = new Map<string, number>();
        for (const operation of operations) perform(port, operation, addresses, registers, { isJs, plain });
        return registers;
      },
    })),
    check: () => {
      throw new Error('to be seen');
    },
  };
}

interface Dialect {
  readonly isJs: boolean;
  readonly plain: AccessOrder;
}

function perform(
  port: ExplorerPort,
  operation: Operation,
  addresses: ReadonlyMap<string, number>,
  registers: Map<string, number>,
  { isJs, plain }: Dialect,
): void {
  if (operation.type === 'fence') {
    if (isJs) port.add32(DUMMY_AT, 0);
    else port.fenceOrdered({ full: Order.full, wmb: Order.writes, rmb: Order.reads }[operation.fence]);
    return;
  }
  const { dependency, location, type } = operation;
  const on = dependency === undefined ? 0 : (registers.get(dependency.register) as number);
  if (dependency?.kind === 'ctrl' && on === 0) return;
  const address =
    dependency?.kind === 'addr' && on === 0 ? ELSEWHERE_AT : (addresses.get(location) as number);
  const order = ORDERS[operation.order === 'plain' ? plain : operation.order];
  if (type === 'load') {
    registers.set(operation.register, port.load32Ordered(address, order));
    return;
  }
  const value = operation.value + (dependency?.kind === 'data' ? on : 0);
  if (type === 'store') {
    port.store32Ordered(address, value, order);
    return;
  }
  const apply = (before: number): number => (operation.isExchange ? value : before + value);
  registers.set(operation.register, port.update32Ordered(address, order, apply));
}

function outcomeOf(graph: Graph, locations: Locations, names: readonly string[]): string {
  const values = new Map<string, number>();
  for (const registers of graph.results)
    for (const [name, value] of registers as Map<string, number>) values.set(name, value);
  for (const [i, name] of names.entries()) {
    const location = locations.at(FIRST_AT + i * SPACING_BYTES, WORD_BYTES);
    const last = graph.co[location]?.at(-1);
    values.set(name, last === undefined ? 0 : (graph.value[last] as number));
  }
  return outcomeText(values);
}
