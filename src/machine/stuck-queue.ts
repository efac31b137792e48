import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import { type QueueSetup, QueueState } from '../transport/window.js';
import { splitLayout } from '../virtqueue/split-layout.js';
import { StopMode } from './control-block.js';
import type { Machine } from './machine.js';

/** How far the buffers of a queue have come: each count is at most the one in front of it. */
export interface QueueProgress {
  /** Made available by the driver. */
  readonly posted: number;
  /** Taken by the device. */
  readonly popped: number;
  /** Given back by the device. */
  readonly used: number;
  /** Taken back by the driver. */
  readonly got: number;
  /** A ring was reset: what the device had taken then it will never finish, and the counts do not tell how much. */
  readonly hasRestarted: boolean;
  readonly guestSleeps: boolean;
  readonly hostSleeps: boolean;
}

/** What can be seen of a queue while its threads stand still. */
interface Sight {
  readonly queue: number;
  /** Shared indices and counts; null: the queue is not live. */
  readonly text: string | null;
  readonly progress: Omit<QueueProgress, 'guestSleeps' | 'hostSleeps'>;
}

/**
 * Where the queues of a machine stand that is about to be ended, in lines for a person: what each side did and whether
 * it sleeps, then the answers to the three questions of a stuck queue: did the device see the buffers, did it finish
 * them, did the driver see that?
 *
 * Who sleeps is found out by waking: first all is looked at, then the machine is told to stop, so that nobody who wakes
 * goes on as if nothing had been.
 */
export function describeQueues(machine: Machine): string {
  const sights = machine.lanes.map((_, queue) => look(machine, queue));
  machine.control.raiseStop(StopMode.abort);
  return sights.map((sight) => describe(machine, sight)).join('\n');
}

function look(machine: Machine, queue: number): Sight {
  const lane = machine.lanes[queue];
  assert(lane !== undefined, 'there is no queue %', queue);
  const { guestCounters: guest, hostCounters: host } = lane;
  const aside = guest.get(GuestCounter.asides);
  const progress = {
    posted: guest.get(GuestCounter.submitted) + guest.get(GuestCounter.tokensReposted) + aside,
    popped: host.get(HostCounter.popped),
    used: host.get(HostCounter.used),
    got: guest.get(GuestCounter.completed) + guest.get(GuestCounter.asidesAnswered),
    hasRestarted: guest.get(GuestCounter.tokensDetached) > 0,
  };
  const state = machine.window.queueState(queue);
  if (state === QueueState.stopped) return { queue, text: null, progress };
  const { posted, popped, used, got } = progress;
  const paused = state === QueueState.paused ? 'suspended; ' : '';
  const isSplit = machine.plan.queue.layout === 'split';
  const indices = isSplit ? sharedIndices(machine.ram, machine.window.queueSetup(queue)) : '';
  const text =
    `${paused}${indices}driver posted ${posted}, device popped ${popped} and used ${used}, driver got ${got}; ` +
    `kicks ${guest.get(GuestCounter.kicks)}, interrupts ${host.get(HostCounter.interrupts)}`;
  return { queue, text, progress };
}

function describe({ window }: Machine, { queue, text, progress }: Sight): string {
  if (text === null) return `  queue ${queue}: not live`;
  const guestSleeps = window.interruptBell(queue).wakeSleepers() > 0;
  const hostSleeps = window.kickBell(queue).wakeSleepers() > 0;
  return [
    `  queue ${queue}: ${text}`,
    `  the driver ${guestSleeps ? 'sleeps' : 'is awake'}, the device ${hostSleeps ? 'sleeps' : 'is awake'}`,
    ...verdicts({ ...progress, guestSleeps, hostSleeps }).map((line) => `  ${line}`),
  ].join('\n');
}

/** What the counts say, for each place at which buffers wait. */
export function verdicts(progress: QueueProgress): string[] {
  const { posted, popped, used, got, guestSleeps, hostSleeps } = progress;
  if (progress.hasRestarted) return ['the ring was reset in this run: the counts are over all its lives'];
  const waiting: string[] = [];
  if (posted > popped) {
    const why = hostSleeps
      ? 'it sleeps: a kick was lost, or was not thought necessary'
      : 'it is awake, and takes none';
    waiting.push(`the device has not seen ${posted - popped} of the buffers; ${why}`);
  }
  if (popped > used) waiting.push(`the device has taken ${popped - used} buffers, and has not finished them`);
  if (used > got) {
    const why = guestSleeps
      ? 'it sleeps: an interrupt was lost, or was not thought necessary'
      : 'it is awake, and takes none';
    waiting.push(`the driver has not seen that ${used - got} buffers were finished; ${why}`);
  }
  return waiting.length > 0 ? waiting : ['no buffer is out: the driver has posted nothing more'];
}

/** Those of a split ring; a packed one has none. */
function sharedIndices(ram: MemoryPort, setup: QueueSetup): string {
  const layout = splitLayout(setup.size, setup);
  const availIdx = ram.load16Acquire(layout.availIdx);
  return `avail.idx=${availIdx} used.idx=${ram.load16Acquire(layout.usedIdx)}; `;
}
