import type { Candidate, EventProgram, LitmusEvent } from './candidates.js';
import {
  closure,
  inverse,
  isAcyclic,
  isEmpty,
  isIrreflexive,
  meet,
  minus,
  only,
  optional,
  type Relation,
  relation,
  seq,
  union,
} from './relation.js';

/** Whether a model allows a candidate that is coherent at each location, with atomic read-modify-writes. */
export type Axioms = (candidate: Candidate) => boolean;

export function scAxioms({ po }: EventProgram): Axioms {
  return ({ rf, co, fr }) => isAcyclic(union(po, rf, co, fr));
}

/** x86tso.cat; a sequential store is an exchange. */
export function tsoAxioms({ events, po, sameThread }: EventProgram): Axioms {
  const at = (e: number): LitmusEvent => events[e] as LitmusEvent;
  const is = (isMember: (event: LitmusEvent) => boolean): Relation =>
    only(events.length, (e) => isMember(at(e)));
  const locked = is((e) => e.isUpdate || (e.type === 'W' && e.order === 'sc'));
  const read = is((e) => e.type === 'R');
  const write = is((e) => e.type === 'W');
  const access = union(read, write);
  const mfence = seq(
    access,
    po,
    is((e) => e.fence === 'full'),
    po,
    access,
  );
  const poGhb = union(seq(write, po, write), seq(read, po, access));
  const implied = union(seq(write, po, read, locked), seq(locked, write, po, read));
  const ppo = union(mfence, poGhb, implied);
  return ({ rf, co, fr }) => isAcyclic(union(ppo, minus(rf, sameThread), co, fr));
}

/** ARMv8 as of Pulte and others (POPL 2018), without dependencies; an acquire-release atomic is a full barrier. */
export function armv8Axioms({ events, po, sameThread, rmw }: EventProgram): Axioms {
  const at = (e: number): LitmusEvent => events[e] as LitmusEvent;
  const is = (isMember: (event: LitmusEvent) => boolean): Relation =>
    only(events.length, (e) => isMember(at(e)));
  const read = is((e) => e.type === 'R');
  const write = is((e) => e.type === 'W');
  const acquire = is((e) => e.type === 'R' && ['acq', 'acqrel', 'sc'].includes(e.order));
  const acquirePc = is((e) => e.type === 'R' && e.order === 'acqpc');
  const release = is((e) => e.type === 'W' && ['rel', 'acqrel', 'sc'].includes(e.order));
  const fence = (kind: string): Relation => is((e) => e.fence === kind);
  const fixedBob = union(
    seq(po, fence('full'), po),
    seq(release, po, acquire),
    seq(read, po, fence('rmb'), po),
    seq(union(acquire, acquirePc), po),
    seq(write, po, fence('wmb'), po, write),
    seq(po, release),
    seq(po, acquire, rmw, release, po),
  );
  const rmwWrite = is((e) => e.type === 'W' && e.isUpdate);
  return ({ rf, co, fr }) => {
    const obs = minus(union(rf, co, fr), sameThread);
    const aob = union(rmw, seq(rmwWrite, meet(rf, sameThread), union(acquire, acquirePc)));
    const bob = union(fixedBob, seq(po, release, meet(co, sameThread)));
    return isAcyclic(union(obs, aob, bob));
  };
}

/** No read has its value from what comes of it: graphs with such reads are built in another way. */
export function isPorfAcyclic({ po }: EventProgram, { rf }: Candidate): boolean {
  return isAcyclic(union(po, rf));
}

/** rc11.cat, with the release sequences of C++20. */
export function rc11Axioms(program: EventProgram): Axioms {
  const { events, po, sameLocation } = program;
  const at = (e: number): LitmusEvent => events[e] as LitmusEvent;
  const fenceSc = only(events.length, (e) => at(e).fence === 'full');
  const accessSc = only(events.length, (e) => at(e).order === 'sc' && at(e).type !== 'F');
  const poElsewhere = minus(po, sameLocation);
  const happensBefore = c11HappensBefore(program);
  return (candidate) => {
    const { rf, co, fr } = candidate;
    const hb = happensBefore(candidate);
    const eco = closure(union(rf, co, fr));
    if (!isIrreflexive(hb) || !isIrreflexive(seq(hb, eco))) return false;
    const scb = union(po, seq(poElsewhere, hb, poElsewhere), meet(hb, sameLocation), co, fr);
    const left = union(accessSc, seq(fenceSc, optional(hb)));
    const right = union(accessSc, seq(optional(hb), fenceSc));
    const pscFence = seq(fenceSc, union(hb, seq(hb, eco, hb)), fenceSc);
    return isAcyclic(union(seq(left, scb, right), pscFence)) && isAcyclic(union(po, rf));
  };
}

/** C11's happens-before. */
export function c11HappensBefore({ events, po, rmw }: EventProgram): (candidate: Candidate) => Relation {
  const is = (isMember: (event: LitmusEvent) => boolean): Relation =>
    only(events.length, (e) => isMember(events[e] as LitmusEvent));
  const fenceThen = (kinds: readonly string[]): Relation => is((e) => kinds.includes(e.fence ?? ''));
  const release = is((e) => e.type === 'W' && ['rel', 'acqrel', 'sc'].includes(e.order));
  const acquire = is((e) => e.type === 'R' && ['acq', 'acqpc', 'acqrel', 'sc'].includes(e.order));
  const atomic = is((e) => e.type !== 'F' && e.order !== 'plain');
  const before = union(
    release,
    seq(
      fenceThen(['full', 'wmb']),
      po,
      is((e) => e.type === 'W'),
      atomic,
    ),
  );
  const after = union(
    acquire,
    seq(
      is((e) => e.type === 'R'),
      atomic,
      po,
      fenceThen(['full', 'rmb']),
    ),
  );
  return ({ rf }) => {
    const sequence = optional(closure(seq(rf, rmw)));
    return closure(union(po, seq(before, sequence, rf, after)));
  };
}

/** JavaScript's happens-before: an atomic read of what an atomic write wrote. */
export function jsHappensBefore({ events, po }: EventProgram): (candidate: Candidate) => Relation {
  const atomic = only(events.length, (e) => (events[e] as LitmusEvent).order !== 'plain');
  return ({ rf }) => closure(union(po, seq(atomic, rf, atomic)));
}

/** Whether two accesses to one location, one of them a write and one plain, are ordered by nothing. */
export function hasRace({ events, sameLocation, sameThread }: EventProgram, hb: Relation): boolean {
  const isConflict = (a: number, b: number): boolean => {
    const [first, second] = [events[a] as LitmusEvent, events[b] as LitmusEvent];
    const isOnePlain = first.order === 'plain' || second.order === 'plain';
    return isOnePlain && (first.type === 'W' || second.type === 'W');
  };
  const conflict = meet(minus(sameLocation, sameThread), relation(events.length, isConflict));
  return !isEmpty(minus(conflict, union(hb, inverse(hb))));
}
