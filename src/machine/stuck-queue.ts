import { assert } from '../assert.js';
import { type StoppedRing, whereBuffersWait } from '../checkers/lost-notification.js';
import type { MemoryPort } from '../memory/port.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import { type QueueSetup, QueueState } from '../transport/window.js';
import { splitLayout } from '../virtqueue/split-layout.js';
import { StopMode } from './control-block.js';
import type { Machine } from './machine.js';

/** What can be seen of a queue while its threads stand still. */
interface Sight {
  readonly queue: number;
  /** Shared indices and counts; null: the queue is not live. */
  readonly text: string | null;
  readonly counts: Omit<StoppedRing, 'isDriverAsleep' | 'isDeviceAsleep'>;
  /** A ring was reset: what the device had taken then it will never finish, and the counts do not tell how much. */
  readonly hasRestarted: boolean;
  /** Lines for a person; none where the run is not checked. */
  readonly lastEvents: readonly string[];
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
  const counts = {
    posted: guest.get(GuestCounter.submitted) + guest.get(GuestCounter.tokensReposted) + aside,
    popped: host.get(HostCounter.popped),
    used: host.get(HostCounter.used),
    returned: guest.get(GuestCounter.completed) + guest.get(GuestCounter.asidesAnswered),
  };
  const hasRestarted = guest.get(GuestCounter.tokensDetached) > 0;
  // Before anybody is woken: that would be the last event of all.
  const lastEvents = machine.check?.describeLatest(queue) ?? [];
  const state = machine.window.queueState(queue);
  if (state === QueueState.stopped) return { queue, text: null, counts, hasRestarted, lastEvents };
  const { posted, popped, used, returned } = counts;
  const paused = state === QueueState.paused ? 'suspended; ' : '';
  const isSplit = machine.plan.queue.layout === 'split';
  const indices = isSplit ? sharedIndices(machine.ram, machine.window.queueSetup(queue)) : '';
  const text =
    `${paused}${indices}driver posted ${posted}, device popped ${popped} and used ${used}, driver got ${returned}; ` +
    `kicks ${guest.get(GuestCounter.kicks)}, interrupts ${host.get(HostCounter.interrupts)}`;
  return { queue, text, counts, hasRestarted, lastEvents };
}

function describe({ window }: Machine, { queue, text, counts, hasRestarted, lastEvents }: Sight): string {
  if (text === null) return `  queue ${queue}: not live`;
  const isDriverAsleep = window.interruptBell(queue).wakeSleepers() > 0;
  const isDeviceAsleep = window.kickBell(queue).wakeSleepers() > 0;
  const answers = hasRestarted
    ? ['the ring was reset in this run: the counts are over all its lives']
    : whereBuffersWait({ ...counts, isDriverAsleep, isDeviceAsleep });
  return [
    `  queue ${queue}: ${text}`,
    `  the driver ${isDriverAsleep ? 'sleeps' : 'is awake'}, the device ${isDeviceAsleep ? 'sleeps' : 'is awake'}`,
    ...answers.map((line) => `  ${line}`),
    ...lastEvents.map((line) => `  ${line}`),
  ].join('\n');
}

/** Those of a split ring; a packed one has none. */
function sharedIndices(ram: MemoryPort, setup: QueueSetup): string {
  const layout = splitLayout(setup.size, setup);
  const availIdx = ram.load16Acquire(layout.availIdx);
  return `avail.idx=${availIdx} used.idx=${ram.load16Acquire(layout.usedIdx)}; `;
}
