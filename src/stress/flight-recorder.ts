import { EventWriter } from '../events/event-ring.js';
import type { RingLife } from '../events/ring-life.js';
import { WatchedBell } from '../events/watched-bell.js';
import { WatchedDevice } from '../events/watched-device.js';
import { WatchedDriver } from '../events/watched-driver.js';
import type { Bell } from '../memory/doorbell.js';
import type { DeviceQueue, DriverQueue } from '../virtqueue/queue.js';
import { firstLife, untimedKinds } from './flight.js';
import type { RoundPlan } from './round-plan.js';

/** There is one ring at a time. */
const QUEUE = 0;

/** Records what one thread of a pair does in a round: the newest events, for whoever looks when something is wrong. */
export class FlightRecorder {
  private readonly log: EventWriter;
  private readonly plan: RoundPlan;
  private readonly turn: number;

  constructor(events: SharedArrayBuffer, plan: RoundPlan, turn: number) {
    this.log = new EventWriter(events, untimedKinds(plan));
    this.plan = plan;
    this.turn = turn;
  }

  bell(inner: Bell): Bell {
    return new WatchedBell(inner, this.log, QUEUE);
  }

  /** An end of ring `ring` of the round, whoever wrote it. */
  driver(end: DriverQueue<number>, ring: number): DriverQueue<number> {
    return new WatchedDriver(end, this.log, this.life(ring));
  }

  device(end: DeviceQueue, ring: number): DeviceQueue {
    return new WatchedDevice(end, this.log, this.life(ring));
  }

  private life(ring: number): RingLife {
    const { layout } = this.plan;
    return { queue: QUEUE, life: firstLife(this.plan, this.turn) + ring, layout, options: this.plan };
  }
}
