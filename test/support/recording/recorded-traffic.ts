import { EventReader, EventWriter } from '../../../src/events/event-ring.js';
import { RecordingPort } from '../../../src/events/recording-port.js';
import { WatchedDevice } from '../../../src/events/watched-device.js';
import { WatchedDriver } from '../../../src/events/watched-driver.js';
import { makeRecording, recordingRing } from '../../../src/recording/record.js';
import type { Recording, RecordingChoice } from '../../../src/recording/recording.js';
import { ringBytes } from '../../../src/recording/ring-image.js';
import { Rng } from '../../../src/rng.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makePackedRig, makeRig, type RigOptions } from '../ring/rig.js';

export interface Traffic extends RigOptions {
  readonly layout: RingLayout;
  readonly seed: number;
  readonly steps: number;
  readonly choice: RecordingChoice;
}

/** The ring when so many events had been recorded. */
export interface Moment {
  readonly events: number;
  /** What was in its three parts. */
  readonly bytes: readonly Uint8Array[];
  /** What the two ends say of themselves. */
  readonly freeCount: number;
  readonly heldCount: number;
}

export interface RecordedTraffic {
  readonly recording: Recording;
  readonly moments: readonly Moment[];
}

/** Both ends of a ring on one thread, at random, recorded as in a run. */
export function recordTraffic({ layout, seed, steps, choice, ...wanted }: Traffic): RecordedTraffic {
  const buffers = [recordingRing(choice), recordingRing(choice)] as const;
  const logs = [new EventWriter(buffers[0]), new EventWriter(buffers[1])] as const;
  const options: RigOptions = {
    size: 8,
    ...wanted,
    driverPort: (memory) => new RecordingPort(memory, logs[0], 0),
    devicePort: (memory) => new RecordingPort(memory, logs[1], 0),
  };
  const rig = layout === 'split' ? makeRig(options) : makePackedRig(options);
  const { at } = rig.wire;
  const addresses =
    'desc' in at
      ? { desc: at.desc, driver: at.avail, device: at.used }
      : { desc: at.ring, driver: at.driverEvent, device: at.deviceEvent };
  for (const log of logs) log.write('ringAt', 0, addresses.desc, addresses.driver, addresses.device);
  const life = { queue: 0, life: 4, layout, options: rig.options };
  const driver = new WatchedDriver(rig.driver, logs[0], life);
  const device = new WatchedDevice(rig.device, logs[1], life);
  const read = (): Uint8Array[] => ringBytes(rig.memory, layout, rig.options.size, addresses);
  const count = (): number =>
    buffers.reduce((sum, one) => sum + new EventReader(one).kept().events.length, 0);
  const moments: Moment[] = [];
  const rng = new Rng(seed);
  const free = Array.from({ length: rig.options.size }, (_, token) => token);
  const held: Chain[] = [];
  for (let step = 0; step < steps; step++) {
    const [token] = free;
    const what = rng.below(6);
    if (what < 2 && token !== undefined) {
      const list = randomList(rng, rig.payload);
      if (driver.stageBuf(list, token)) free.shift();
      if (what === 0) driver.kick();
    } else if (what === 2) {
      const chain = new Chain();
      if (device.pop(chain)) held.push(chain);
    } else if (what === 3 && held.length > 0) {
      const which = rig.options.inOrder ? 0 : rng.below(held.length);
      const [chain] = held.splice(which, 1) as [Chain];
      device.stageUsed(chain, rng.below(chain.writableBytes + 1));
      if (rng.below(2) === 0) device.interrupt();
    } else if (what === 4) {
      const back = driver.getBuf();
      if (back !== undefined) free.push(back);
    } else if (rng.below(2) === 0) device.enableKicks();
    else driver.enableCallbacks();
    const heldCount = device.inFlightCount;
    moments.push({ events: count(), bytes: read(), freeCount: driver.freeCount, heldCount });
  }
  const last = { queue: 0, layout, options: rig.options, addresses, bytes: read() };
  const recording = makeRecording('traffic', choice, [{ driver: buffers[0], device: buffers[1], last }], 200);
  return { recording, moments };
}

function randomList(rng: Rng, payload: number): ScatterList {
  const list = new ScatterList();
  const ranges = 1 + rng.below(3);
  const readable = rng.below(ranges + 1);
  for (let i = 0; i < ranges; i++) {
    const length = 1 + rng.below(64);
    if (i < readable) list.addReadable(payload + 64 * i, length);
    else list.addWritable(payload + 64 * i, length);
  }
  return list;
}
