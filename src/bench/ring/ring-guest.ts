import { nowNs } from '../../clock.js';
import { SharedNumbers } from '../../memory/shared-numbers.js';
import { Histogram } from '../../stats/histogram.js';
import type { BenchThreadConfig, GuestSample } from './bench-thread.js';
import { type GuestLoop, guestLoop, Times } from './guest-loop.js';
import { HeapMeter } from './heap-meter.js';
import { Meeting } from './meeting.js';
import {
  PART_BUFFERS,
  type RingCase,
  WARM_UP_PART_BUFFERS,
  WARM_UP_ROUNDS,
  warmUpBuffers,
} from './ring-case.js';
import { RingRig } from './ring-rig.js';

/** The driver's thread: posts buffers and takes them back, as fast as it can. */
export class RingGuest {
  private readonly ringCase: RingCase;
  private readonly rig: RingRig;
  private readonly loop: GuestLoop;
  private readonly times: Times;
  private readonly measured: Histogram;
  private readonly meeting: Meeting;
  private readonly progress: SharedNumbers;
  private readonly heap: HeapMeter = new HeapMeter();

  constructor(config: BenchThreadConfig) {
    const { ringCase } = config;
    this.ringCase = ringCase;
    this.rig = new RingRig(ringCase, config.memory, config.onlooker);
    this.times = new Times(ringCase.depth);
    this.loop = guestLoop(ringCase, this.rig, this.times);
    this.measured = Histogram.attach(config.histogram);
    this.meeting = new Meeting(config.meeting, config.parties);
    this.progress = new SharedNumbers(config.progress);
  }

  /** Together with the host. */
  warmUp(): void {
    const warmUp = warmUpBuffers(this.ringCase);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.repeat(warmUp, WARM_UP_PART_BUFFERS);
    this.times.histogram = this.measured;
  }

  /** One repetition, while the host makes one. */
  measure(): GuestSample {
    return this.repeat(this.ringCase.buffers, PART_BUFFERS);
  }

  private repeat(count: number, part: number): GuestSample {
    const { kickBell, interruptBell } = this.rig;
    this.meeting.wait();
    const [kicksBefore, interruptsBefore] = [kickBell.sequence(), interruptBell.sequence()];
    this.heap.start();
    const startNs = nowNs();
    this.drive(count, part);
    const elapsedNs = nowNs() - startNs;
    const heap = this.heap.stop();
    return {
      elapsedNs,
      heap,
      kicks: (kickBell.sequence() - kicksBefore) >>> 0,
      interrupts: (interruptBell.sequence() - interruptsBefore) >>> 0,
    };
  }

  /** Tells in between how far it is. */
  private drive(count: number, part: number): void {
    const before = this.progress.get(0);
    for (let done = 0; done < count;) {
      const enough = Math.min(done + part, count);
      if (this.ringCase.timing === 'single') for (let i = done; i < enough; i++) this.loop.roundTrip();
      else this.loop.exchange(done, enough, count);
      done = enough;
      this.progress.set(0, before + done);
    }
  }
}
