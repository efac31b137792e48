import { exercised, interleaved, running } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch, SPLIT_DEVICE } from './patch.js';

const SERVER = 'host/queue-server.js';
/** A queue that was started or resumed is left alone until somebody kicks. */
const GOES_LIVE = 'this.liveQueue = setup === null ? null : this.start(setup, epochOf(change.live));';
const WAITS_FOR_KICK = [
  patch(
    SERVER,
    'this.isDrained = false;\n        this.setup.hostQueue.checkNotification();',
    `if (this.waits)
            return false;
        this.isDrained = false;
        this.setup.hostQueue.checkNotification();`,
  ),
  patch(
    SERVER,
    'return this.liveQueue === null || this.isPaused ||',
    `if (this.waits) {
            this.waits = false;
            return true;
        }
        return this.liveQueue === null || this.isPaused ||`,
  ),
];

/** The beginning of a queue, or of another life of it. */
export const START: readonly Mutant[] = [
  {
    id: 'Z33',
    title: 'after a restore the device waits for a kick that the driver has no reason to send',
    origin: 'firecracker, 2026, 70157ae13, #5958',
    side: 'device',
    layout: 'both',
    needs: 'D',
    patches: [
      ...WAITS_FOR_KICK,
      patch(SERVER, '// The next turn looks at the ring, kicked or not.', 'this.waits = true;'),
    ],
    lanes: interleaved('suspend', 'lost-wakeup'),
    note: 'a suspension and its end, in place of a snapshot',
  },
  {
    id: 'Z38',
    title: 'EVENT_IDX is switched on for the first queue only',
    origin: 'cloud-hypervisor, 2022, 223d0cf78, #3829',
    side: 'device',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        SERVER,
        'const options = queueOptions(features, setup.size, startIndex);',
        `const agreed = queueOptions(features, setup.size, startIndex);
        const options = { ...agreed, eventIdx: agreed.eventIdx && hostQueue.index === 0 };`,
      ),
    ],
    lanes: running('two-queues', 'STALL'),
  },
  {
    id: 'Z42',
    title: 'a kick that comes before the queue is live is swallowed',
    origin: 'rust-vmm vhost, 2024, #247; firecracker, 2026, 0899ee515',
    side: 'device',
    layout: 'both',
    needs: 'I',
    patches: [
      ...WAITS_FOR_KICK,
      patch(SERVER, GOES_LIVE, `${GOES_LIVE}\n        this.waits = setup !== null;`),
    ],
    lanes: interleaved('reset', 'lost-wakeup'),
  },
  {
    id: 'Z43',
    title: 'buffers are refilled, and the device is not told',
    origin: 'virtio-drivers, 2023, b559de3; netkvm, 2025, 68d4c755',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'workload/runner.js',
        'this.parts.ledger.kicked(this.queue.kick());',
        'this.completedCount === 0 ? this.parts.ledger.kicked(this.queue.kick()) : this.queue.publish();',
      ),
    ],
    lanes: running('rng', 'STALL', 'depth=2'),
  },
  {
    id: 'Z44',
    title: 'what cannot be posted now is not remembered, and nothing ever reminds of it',
    origin: 'firecracker, 2020, 009ec859f',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'workload/runner.js',
        'this.refusals += 1;\n        this.waitsForBell = false;',
        'this.refusals += 1;',
      ),
    ],
    lanes: running('exhausted', 'STALL'),
    note: 'there it was the tap of a device with a full ring, here a request that found the bounce pool full',
  },
  {
    id: 'Z46',
    title: 'a queue is live before what belongs to it is there',
    origin: 'Linux vsock, 2023, 53b08c498515; virtio-rng',
    side: 'transport',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'transport/window.js',
        'const block = lane(Lane.queue, queue);\n        this.port.store32(block + QueueBlock.size, setup.size);',
        `const block = lane(Lane.queue, queue);
        this.setLive(queue, epochOf(this.queueLive(queue)) + STATE_MASK + 1, QueueState.live);
        this.port.store32(block + QueueBlock.size, setup.size);`,
      ),
      patch(
        'transport/window.js',
        `this.setNotification(queue, queue);
        this.setLive(queue, epochOf(this.queueLive(queue)) + STATE_MASK + 1, QueueState.live);`,
        'this.setNotification(queue, queue);',
      ),
    ],
    lanes: exercised('early-start', 'the queue went live with'),
    note: "the device's I/O thread takes the part of the early interrupt, the set-up of the queue that of the handler",
  },
  {
    id: 'Z69',
    title: 'a device that comes back goes on at the available index, past what it had not finished',
    origin: 'cloud-hypervisor, 2026, 5b68d7694; 2021, 058946772',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.lastAvailIdx = startIndex;',
        'this.lastAvailIdx = port.load16Acquire(layout.availIdx);',
      ),
      patch(SPLIT_DEVICE, 'this.seenAvailIdx = startIndex;', 'this.seenAvailIdx = this.lastAvailIdx;'),
    ],
    lanes: interleaved('reset', 'lost-wakeup'),
  },
];
