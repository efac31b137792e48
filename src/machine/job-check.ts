import { RingCheck } from '../checkers/ring-check.js';
import { commonClockErrorNs, commonNowNs } from '../clock.js';
import { errorToWire, type VringError, type WireError } from '../errors.js';
import { createEventRing, EventReader } from '../events/event-ring.js';
import { describeEvent, type RingEvent } from '../events/ring-event.js';
import { SharedMemory } from '../memory/shared-memory.js';
import type { ChecksReport } from './job-report.js';
import type { WatchBuffers } from './thread-watch.js';

/** Events that a thread may be ahead of who reads them; then it waits. */
const RING_EVENTS = 1 << 15;
/** How often the main thread reads them: well before a ring is full. */
export const DRAIN_MS = 4;
/** Events of one side that are checked before the other has its turn. */
const TURN_EVENTS = 256;
/** Threads calibrate their clocks themselves; each is about as exact as the other. */
const CLOCKS = 2;
/** What a stall shows of each side. */
const LATEST = 8;

/** One queue: what its two threads record, and who looks at it. */
interface Lane {
  readonly guest: SharedArrayBuffer;
  readonly host: SharedArrayBuffer;
  readonly driver: EventReader;
  readonly device: EventReader;
  readonly check: RingCheck;
}

/** What is to be watched. */
export interface JobCheckSetup {
  readonly queues: number;
  /** Tokens of each queue are below. */
  readonly tokenCount: number;
  /** Of the guest. */
  readonly memoryBytes: number;
}

/** Watches all queues of a job while it runs. The memory is made here, and given to the threads. */
export class JobCheck {
  private readonly lanes: readonly Lane[];
  private readonly ownership: SharedArrayBuffer;

  constructor({ queues, tokenCount, memoryBytes }: JobCheckSetup) {
    const setup = { tokenCount, clockErrorNs: CLOCKS * commonClockErrorNs() };
    this.ownership = SharedMemory.ofSize(memoryBytes).buffer;
    this.lanes = Array.from({ length: queues }, () => {
      const guest = createEventRing('stream', RING_EVENTS);
      const host = createEventRing('stream', RING_EVENTS);
      const [driver, device] = [new EventReader(guest), new EventReader(host)];
      return { guest, host, driver, device, check: new RingCheck(setup) };
    });
  }

  watchGuest(queue: number): WatchBuffers | null {
    const lane = this.lanes[queue];
    return lane === undefined ? null : { events: lane.guest, ownership: this.ownership };
  }

  watchHost(queue: number): WatchBuffers | null {
    const lane = this.lanes[queue];
    return lane === undefined ? null : { events: lane.host, ownership: this.ownership };
  }

  /** Reads and checks what was recorded since; the first thing that is wrong, if anything is. */
  drain(): VringError | null {
    for (const { driver, device, check } of this.lanes) {
      // By turns: what the one side has ahead of the other must be kept until its cause is there.
      // After as many turns as a ring is long somebody else may want this thread.
      for (let turn = 0; turn < RING_EVENTS / TURN_EVENTS; turn++) {
        const posted = driver.drain((event) => check.add('driver', event), TURN_EVENTS);
        const used = device.drain((event) => check.add('device', event), TURN_EVENTS);
        if (posted + used === 0) break;
      }
    }
    return this.wrong[0] ?? null;
  }

  /** All threads have ended. `isWhole`: in good order, so that nothing may be missing. */
  end(isWhole: boolean): void {
    // So much as a ring is long is all that there can be.
    this.drain();
    for (const { check } of this.lanes) check.end(isWhole);
  }

  get failures(): WireError[] {
    return this.wrong.map(errorToWire);
  }

  get report(): ChecksReport {
    const sum = (of: (check: RingCheck) => number): number =>
      this.lanes.reduce((total, { check }) => total + of(check), 0);
    return {
      events: sum(({ counts }) => counts.events),
      rings: sum(({ counts }) => counts.lives),
      suppressions_judged: sum(({ counts }) => counts.suppressionsJudged),
      spurious_wakeups: sum(({ counts }) => counts.spuriousWakeups),
      violations: this.wrong.length,
    };
  }

  /** The newest events of both sides of a queue, in lines for a person. */
  describeLatest(queue: number): string[] {
    const lane = this.lanes[queue];
    if (lane === undefined) return [];
    const now = commonNowNs();
    return [
      'last events of the driver:',
      ...lane.driver.latest(LATEST).map((event) => line(event, now)),
      'last events of the device:',
      ...lane.device.latest(LATEST).map((event) => line(event, now)),
    ];
  }

  private get wrong(): VringError[] {
    return this.lanes.flatMap(({ check }, queue) => {
      if (check.wrong !== null && this.lanes.length > 1) nameQueue(check.wrong, queue);
      return check.wrong ?? [];
    });
  }
}

function line(event: RingEvent, nowNs: number): string {
  const ago = ((nowNs - event.timeNs) / 1e6).toFixed(3);
  return `  ${ago.padStart(10)} ms ago  ${describeEvent(event)}`;
}

/** Once. */
function nameQueue(wrong: VringError, queue: number): void {
  const prefix = `queue ${queue}: `;
  if (!wrong.message.startsWith(prefix)) wrong.message = prefix + wrong.message;
}
