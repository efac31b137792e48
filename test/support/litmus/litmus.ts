/**
 * Litmus tests as text: threads are separated by `|`, their operations by `;`.
 *
 *     x = 1          store         x.rel = 1, x.sc = 1, x.rlx = 1
 *     r0 = x         load          r0 = x.acq, r0 = x.acqpc, r0 = x.sc
 *     r0 = x += 1    fetch-and-add r0 = x.acqrel += 1 and so on
 *     r0 = x := 1    exchange
 *     full wmb rmb   fences
 *
 * An operation can depend on a register: `data r0` adds it to what is stored, `ctrl r0` does the operation only if it
 * is not zero, `addr r0` goes elsewhere if it is zero. Registers are r0 to r9; all else is a location, and zero at
 * first.
 */
export interface Litmus {
  readonly threads: readonly (readonly Operation[])[];
}

export type AccessOrder = 'plain' | 'rlx' | 'acq' | 'acqpc' | 'rel' | 'acqrel' | 'sc';
export type FenceKind = 'full' | 'wmb' | 'rmb';

export interface Dependency {
  readonly kind: 'data' | 'ctrl' | 'addr';
  readonly register: string;
}

interface Access {
  readonly location: string;
  readonly order: AccessOrder;
  readonly dependency?: Dependency;
}

export type Operation =
  | ({ readonly type: 'store'; readonly value: number } & Access)
  | ({ readonly type: 'load'; readonly register: string } & Access)
  | ({
      readonly type: 'update';
      readonly register: string;
      readonly value: number;
      readonly isExchange: boolean;
    } & Access)
  | { readonly type: 'fence'; readonly fence: FenceKind };

export function parseLitmus(text: string): Litmus {
  return { threads: text.split('|').map((thread) => thread.split(';').map((part) => parseOperation(part))) };
}

const PLACE = /(?:(?<register>r\d) = )?(?<location>[a-z]+)(?:\.(?<order>\w+))?/;
const CHANGE = /(?: (?<sign>=|\+=|:=) (?<value>\d+))?/;
const DEPENDENCY = /(?: (?<dep>data|ctrl|addr) (?<on>r\d))?/;
const OPERATION = new RegExp(`^${PLACE.source}${CHANGE.source}${DEPENDENCY.source}$`);

function parseOperation(text: string): Operation {
  const trimmed = text.trim();
  if (trimmed === 'full' || trimmed === 'wmb' || trimmed === 'rmb') return { type: 'fence', fence: trimmed };
  const groups = OPERATION.exec(trimmed)?.groups;
  if (groups === undefined) throw new Error(`no litmus operation: ${trimmed}`);
  const { register, location = '', order = 'plain', sign, value, dep, on } = groups;
  const access = {
    location,
    order: order as AccessOrder,
    ...(dep === undefined ? {} : { dependency: { kind: dep as Dependency['kind'], register: on as string } }),
  };
  if (register === undefined) return { type: 'store', value: Number(value), ...access };
  if (sign === undefined) return { type: 'load', register, ...access };
  return { type: 'update', register, value: Number(value), isExchange: sign === ':=', ...access };
}

export function printLitmus({ threads }: Litmus): string {
  return threads.map((thread) => thread.map((operation) => print(operation)).join('; ')).join(' | ');
}

function print(operation: Operation): string {
  if (operation.type === 'fence') return operation.fence;
  const { location, order, dependency, type } = operation;
  const place = order === 'plain' ? location : `${location}.${order}`;
  const suffix = dependency === undefined ? '' : ` ${dependency.kind} ${dependency.register}`;
  if (type === 'store') return `${place} = ${operation.value}${suffix}`;
  if (type === 'load') return `${operation.register} = ${place}${suffix}`;
  return `${operation.register} = ${place} ${operation.isExchange ? ':=' : '+='} ${operation.value}${suffix}`;
}

/** All locations, in the order in which they come first. */
export function locationsOf({ threads }: Litmus): string[] {
  const accesses = threads.flat().filter((operation) => operation.type !== 'fence');
  return [...new Set(accesses.map((access) => access.location))];
}

/** What an execution ends with: registers, and the last value of each location, `r0=1 x=2`. */
export function outcomeText(values: ReadonlyMap<string, number>): string {
  return [...values.keys()]
    .sort()
    .map((name) => `${name}=${values.get(name)}`)
    .join(' ');
}

/** Whether an outcome is one that `condition` names: all of its parts, `r0=1` or `r0!=1`. */
export function satisfies(outcome: string, condition: string): boolean {
  const values = new Map(outcome.split(' ').map((part) => part.split('=') as [string, string]));
  return condition.split(' ').every((part) => {
    const [name = '', value] = part.split(/!?=/);
    return (values.get(name) === value) === !part.includes('!');
  });
}
