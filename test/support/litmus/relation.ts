/** A relation over at most 31 events: bit `b` of `rows[a]` says that it holds from a to b. */
export type Relation = readonly number[];

export function relation(size: number, holds: (a: number, b: number) => boolean): Relation {
  return Array.from({ length: size }, (_, a) => {
    let row = 0;
    for (let b = 0; b < size; b++) if (holds(a, b)) row |= 1 << b;
    return row;
  });
}

export function union(first: Relation, ...others: readonly Relation[]): Relation {
  return first.map((row, a) => others.reduce((sum, other) => sum | (other[a] as number), row));
}

export function minus(r: Relation, other: Relation): Relation {
  return r.map((row, a) => row & ~(other[a] as number));
}

export function meet(r: Relation, other: Relation): Relation {
  return r.map((row, a) => row & (other[a] as number));
}

/** What holds from `a` over all steps, one after the other. */
export function seq(...steps: readonly Relation[]): Relation {
  return steps.reduce((left, right) => left.map((row) => image(row, right)));
}

function image(set: number, r: Relation): number {
  let sum = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) sum |= r[31 - Math.clz32(rest & -rest)] as number;
  return sum;
}

/** Of a set of events: each related to itself. */
export function only(size: number, isMember: (e: number) => boolean): Relation {
  return relation(size, (a, b) => a === b && isMember(a));
}

export function optional(r: Relation): Relation {
  return r.map((row, a) => row | (1 << a));
}

export function inverse(r: Relation): Relation {
  return relation(r.length, (a, b) => (((r[b] as number) >> a) & 1) === 1);
}

export function closure(r: Relation): Relation {
  const rows = [...r];
  for (let k = 0; k < rows.length; k++) {
    for (let a = 0; a < rows.length; a++)
      if ((((rows[a] as number) >> k) & 1) === 1) rows[a] = (rows[a] as number) | (rows[k] as number);
  }
  return rows;
}

export function isIrreflexive(r: Relation): boolean {
  return r.every((row, a) => ((row >> a) & 1) === 0);
}

export function isAcyclic(r: Relation): boolean {
  return isIrreflexive(closure(r));
}

export function isEmpty(r: Relation): boolean {
  return r.every((row) => row === 0);
}
