import { SharedNumbers } from '../memory/shared-numbers.js';

/** What a guest thread counts; it alone writes them. */
export const GuestCounter = {
  /** Operations handed to the ring, warm-up included. */
  submitted: 0,
  /** Operations that came back, warm-up included. */
  completed: 1,
  /** Of these, the ones that came back after the warm-up. */
  measured: 2,
  /** Measured ones that were answered with another status than OK. */
  errors: 3,
  /** Data bytes of measured operations that were answered with OK. */
  bytes: 4,
  verifiedBytes: 5,
  mismatches: 6,
  outOfOrder: 7,
  kicks: 8,
  kicksSuppressed: 9,
  /** Requests that were never answered, and given up when the device was reset at the end. */
  detached: 10,
  /** Nanoseconds since the end of the warm-up; 0 during it. */
  measuredNs: 11,
  /** Operations of the warm-up that came back. */
  warmup: 12,
  /** Times that the device was reset because it asked for it, and the work went on. */
  recoveries: 13,
  /** Events that the scenario asked for; those of the whole device are counted by the first vCPU. */
  deviceResets: 14,
  ringResets: 15,
  resizes: 16,
  suspends: 17,
  /** Buffers taken back from a ring that was reset, to be posted again; and of these, those that were. */
  tokensDetached: 18,
  tokensReposted: 19,
  /** The DMA path: see `dma/dma-stats.ts`. */
  dmaMaps: 20,
  dmaUnmaps: 21,
  dmaSyncs: 22,
  dmaBounced: 23,
  dmaBytesIn: 24,
  dmaBytesOut: 25,
  dmaErrors: 26,
  dmaCoherentBytes: 27,
  pagesDecrypted: 28,
  pagesEncrypted: 29,
  pagesLeaked: 30,
  transientPools: 31,
  grownPools: 32,
  /** Requests outside the workload, and those of them that were answered. */
  asides: 33,
  asidesAnswered: 34,
  /** Nanoseconds of the turns that were measured: see `time-use.ts`. */
  postingNs: 35,
  reapingNs: 36,
  checkingNs: 37,
  waitingNs: 38,
  /** Interrupts that woke the driver, who then found nothing used. */
  spuriousInterrupts: 39,
  /** When the scenario's fault struck this thread, on the common clock; 0: it did not. */
  faultAtNs: 40,
} as const;

/** What a host thread counts; it alone writes them. */
export const HostCounter = {
  popped: 0,
  used: 1,
  interrupts: 2,
  interruptsSuppressed: 3,
  /** Accesses of the device to pages that are not shared with it. */
  privateAccesses: 4,
  /** Nanoseconds of the turns that were measured: see `time-use.ts`. */
  ringNs: 5,
  deviceNs: 6,
  waitingNs: 7,
  /** Kicks that woke the device, which then found nothing available. */
  spuriousKicks: 8,
  /** When the scenario's fault struck this thread, on the common clock; 0: it did not. */
  faultAtNs: 9,
} as const;

const COUNTER_COUNT = 48;

/** The counters of one thread: written by it, read by the main thread at any time, also when it has died. */
export function newCounters(): SharedNumbers {
  return SharedNumbers.ofLength(COUNTER_COUNT);
}
