import { type AccessOrder, type FenceKind, type Litmus, locationsOf, outcomeText } from './litmus.js';
import { inverse, isAcyclic, isEmpty, meet, minus, type Relation, relation, seq, union } from './relation.js';

/** An access or a fence; a read-modify-write is two accesses, one behind the other. */
export interface LitmusEvent {
  readonly thread: number;
  readonly type: 'R' | 'W' | 'F';
  readonly location: string;
  readonly order: AccessOrder;
  readonly fence: FenceKind | null;
  readonly isUpdate: boolean;
  readonly register: string;
  readonly value: number;
  /** Writes that add their value to what the read in front of them saw. */
  readonly isSum: boolean;
}

/** A straight-line program, as events and what no execution of it changes. */
export interface EventProgram {
  readonly events: readonly LitmusEvent[];
  readonly po: Relation;
  readonly sameLocation: Relation;
  readonly sameThread: Relation;
  readonly rmw: Relation;
}

/** A candidate execution: where each read has its value from, and in which order locations are written. */
export interface Candidate {
  readonly rf: Relation;
  readonly co: Relation;
  readonly fr: Relation;
  readonly outcome: string;
}

export function eventProgram(litmus: Litmus, plain: AccessOrder): EventProgram {
  const events = litmus.threads.flatMap((operations, thread) =>
    operations.flatMap((operation): LitmusEvent[] => {
      const none = {
        thread,
        location: '',
        order: plain,
        isUpdate: false,
        register: '',
        value: 0,
        isSum: false,
      };
      if (operation.type === 'fence') return [{ ...none, type: 'F', fence: operation.fence }];
      if (operation.dependency !== undefined) throw new Error('dependencies are not enumerated');
      const { type, location } = operation;
      const order = operation.order === 'plain' ? plain : operation.order;
      const access = { ...none, location, order, fence: null, isUpdate: type === 'update' };
      const read: LitmusEvent = {
        ...access,
        type: 'R',
        register: type === 'store' ? '' : operation.register,
      };
      if (type === 'load') return [read];
      const isSum = type === 'update' && !operation.isExchange;
      const write: LitmusEvent = { ...access, type: 'W', value: operation.value, isSum };
      return type === 'store' ? [write] : [read, write];
    }),
  );
  const n = events.length;
  const at = (e: number): LitmusEvent => events[e] as LitmusEvent;
  return {
    events,
    po: relation(n, (a, b) => a < b && at(a).thread === at(b).thread),
    sameLocation: relation(n, (a, b) => at(a).location !== '' && at(a).location === at(b).location),
    sameThread: relation(n, (a, b) => at(a).thread === at(b).thread),
    rmw: relation(n, (a, b) => b === a + 1 && at(a).isUpdate && at(a).type === 'R'),
  };
}

/** What one location adds to a candidate. */
interface Part {
  /** Of the reads: the write that the value is from, or -1. */
  readonly source: ReadonlyMap<number, number>;
  readonly order: readonly number[];
  readonly rf: Relation;
  readonly co: Relation;
  readonly fr: Relation;
}

/**
 * All candidate executions that are coherent at each location and whose read-modify-writes are atomic, which every
 * model here demands.
 */
export function* candidates(litmus: Litmus, program: EventProgram): Generator<Candidate> {
  const parts = locationsOf(litmus).map((location) => partsOf(program, location));
  const empty = relation(program.events.length, () => false);
  yield* combine(program, parts, [], { rf: empty, co: empty, fr: empty });
}

function* combine(
  program: EventProgram,
  parts: readonly (readonly Part[])[],
  chosen: readonly Part[],
  sum: Pick<Part, 'rf' | 'co' | 'fr'>,
): Generator<Candidate> {
  const [next, ...rest] = parts;
  if (next === undefined) {
    yield { ...sum, outcome: outcomeOf(program, chosen) };
    return;
  }
  for (const part of next) {
    const more = { rf: union(sum.rf, part.rf), co: union(sum.co, part.co), fr: union(sum.fr, part.fr) };
    yield* combine(program, rest, [...chosen, part], more);
  }
}

function partsOf({ events, po, sameLocation, sameThread, rmw }: EventProgram, location: string): Part[] {
  const here = events.map((_, e) => e).filter((e) => events[e]?.location === location);
  const writes = here.filter((e) => events[e]?.type === 'W');
  const reads = here.filter((e) => events[e]?.type === 'R');
  const poLocation = meet(po, sameLocation);
  const parts: Part[] = [];
  for (const order of permutations(writes)) {
    const co = relation(events.length, (a, b) => order.includes(a) && order.indexOf(a) < order.indexOf(b));
    for (const sources of tuples([-1, ...writes], reads.length)) {
      const source = new Map(reads.map((read, i) => [read, sources[i] as number]));
      const rf = relation(events.length, (a, b) => source.get(b) === a);
      const init = relation(events.length, (a, b) => source.get(a) === -1 && order.includes(b));
      const fr = union(seq(inverse(rf), co), init);
      const between = seq(minus(fr, sameThread), minus(co, sameThread));
      if (isAcyclic(union(poLocation, rf, co, fr)) && isEmpty(meet(rmw, between)))
        parts.push({ source, order, rf, co, fr });
    }
  }
  return parts;
}

function outcomeOf({ events }: EventProgram, parts: readonly Part[]): string {
  const source = new Map(parts.flatMap((part) => [...part.source]));
  // Values that depend on themselves come out of thin air; no model lets them through.
  const valueOf = (write: number, depth: number): number => {
    if (write === -1) return 0;
    const { value, isSum } = events[write] as LitmusEvent;
    if (depth > events.length) return Number.NaN;
    return value + (isSum ? valueOf(source.get(write - 1) as number, depth + 1) : 0);
  };
  const values = new Map<string, number>();
  for (const [read, write] of source) values.set((events[read] as LitmusEvent).register, valueOf(write, 0));
  for (const { location } of events) if (location !== '') values.set(location, 0);
  for (const { order } of parts) {
    const last = order.at(-1);
    if (last !== undefined) values.set((events[last] as LitmusEvent).location, valueOf(last, 0));
  }
  return outcomeText(values);
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const [i, first] of items.entries())
    for (const rest of permutations(items.filter((_, other) => other !== i))) yield [first, ...rest];
}

function* tuples(items: readonly number[], length: number): Generator<number[]> {
  if (length === 0) yield [];
  else for (const rest of tuples(items, length - 1)) for (const item of items) yield [...rest, item];
}
