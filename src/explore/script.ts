import { crc32 } from 'node:zlib';
import type { FailureKind } from './failure.js';
import type { RecordedAccess, Recording, ThreadEnd } from './recording.js';

/** What is needed to carry a recorded execution out once more, and to notice when it is no longer the same one. */
export interface Script {
  readonly ends: readonly ThreadEnd[];
  /** By event: whose turn it is. */
  readonly threads: readonly number[];
  /** By event: see `RecordedEvent.behind`. It says which write a read takes, and where a write goes. */
  readonly behind: readonly number[];
  /** By event: a short checksum of the access. */
  readonly checks: readonly number[];
  readonly finding: ScriptFinding;
  /** Reads that are given, once all is carried out, writes that come of them: in this order. */
  readonly earlyReads: readonly ScriptEarlyRead[];
  readonly otherRange: Recording['otherRange'];
}

/** What is wrong with the execution; the message as a checksum. */
export interface ScriptFinding {
  readonly kind: FailureKind;
  readonly thread: number;
  readonly events: readonly number[];
  readonly message: number;
}

/** Both by event. */
export interface ScriptEarlyRead {
  readonly read: number;
  readonly write: number;
}

export function scriptOf({ threads, events: shown, finding, earlyReads, otherRange }: Recording): Script {
  // A read can be given one write and then another: what counts is what it took at the very first.
  const first = new Map(earlyReads.toReversed().map((early) => [early.read, early.first]));
  const events = shown.map((event, e) => ({ ...event, ...first.get(e) }));
  return {
    ends: threads.map(({ end }) => end),
    threads: events.map(({ thread }) => thread),
    behind: events.map(({ behind }) => behind),
    checks: events.map(checkOf),
    finding: {
      kind: finding.kind,
      thread: finding.thread,
      events: finding.events,
      message: messageCheck(finding.message),
    },
    earlyReads: earlyReads.map(({ read, write }) => ({ read, write })),
    otherRange,
  };
}

/** One byte that another access has with a chance of 1 in 256. */
export function checkOf(access: RecordedAccess): number {
  const { kind, order, flags, address, lengthBytes, value, expected } = access;
  return crc32([kind, order, flags, address, lengthBytes, value, expected].join()) & 0xff;
}

export function messageCheck(message: string): number {
  return crc32(message) & 0xffff;
}
