import { assert, fail } from '../../assert.js';
import { nowNs } from '../../clock.js';
import { SharedNumbers } from '../../memory/shared-numbers.js';
import { Histogram } from '../../stats/histogram.js';
import { type Armable, Waiter } from '../../transport/waiter.js';
import type { DriverQueue } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { BenchThreadConfig, GuestSample } from './bench-thread.js';
import { HeapMeter } from './heap-meter.js';
import { Meeting } from './meeting.js';
import { type RingCase, warmUpBuffers, WARM_UP_ROUNDS } from './ring-case.js';
import { RingRig } from './ring-rig.js';

/**
 * After so many buffers the main thread gets to know how far the guest is. The loop over them is a function of its own:
 * one that is entered once and runs for a minute is compiled while it runs, and its variables are never typed.
 */
const PART_BUFFERS = 0x4000;

/** The driver's thread: posts buffers and takes them back, as fast as it can. */
export class RingGuest implements Armable {
  private readonly ringCase: RingCase;
  private readonly repetitions: number;
  private readonly rig: RingRig;
  /** Not where both sides poll: nobody sleeps, nobody has to be told. */
  private readonly notifies: boolean;
  /** Not where the time of the ring alone is wanted. */
  private readonly copies: boolean;
  private readonly queue: DriverQueue<number>;
  private readonly waiter: Waiter;
  private readonly meeting: Meeting;
  /** That of the measurement, and before that one which is forgotten. */
  private histogram: Histogram;
  private readonly measured: Histogram;
  private readonly isStreamTimed: boolean;
  /** When each buffer was posted, by its token. */
  private readonly postedNs: Float64Array;
  private readonly progress: SharedNumbers;
  private readonly heap: HeapMeter = new HeapMeter();
  private readonly buffers: ScatterList = new ScatterList();
  private readonly depth: number;
  private readonly batch: number;
  private readonly elements: number;
  private readonly elementBytes: number;
  private readonly payloadAddress: number;
  private readonly strideBytes: number;
  /** Tokens go round: the device returns the buffers in their order. */
  private nextToken = 0;
  private oldestToken = 0;
  /** Of this measurement: buffers posted, taken back, and posted without being shown. */
  private started = 0;
  private completed = 0;
  private hidden = 0;

  constructor(config: BenchThreadConfig) {
    const { ringCase } = config;
    this.ringCase = ringCase;
    this.repetitions = config.repetitions;
    this.notifies = ringCase.wait.policy !== 'poll';
    this.copies = ringCase.payload === 'copy';
    this.rig = new RingRig(ringCase, config.memory, config.onlooker);
    this.depth = ringCase.depth;
    this.batch = ringCase.batch;
    this.elements = ringCase.elements;
    this.elementBytes = ringCase.elementBytes;
    this.payloadAddress = this.rig.payloadAddress;
    this.strideBytes = this.rig.strideBytes;
    this.queue = this.rig.driver();
    this.waiter = new Waiter(this.rig.interruptBell, ringCase.wait);
    this.meeting = new Meeting(config.meeting, config.parties);
    this.measured = Histogram.attach(config.histogram);
    this.histogram = this.measured;
    this.isStreamTimed = ringCase.timing === 'stream';
    this.postedNs = new Float64Array(ringCase.depth);
    this.progress = new SharedNumbers(config.progress);
  }

  /** Warms up, then measures; the host does the same. */
  run(): GuestSample[] {
    this.queue.disableCallbacks();
    const forgotten = Histogram.ofMaxNs();
    const warmUp = warmUpBuffers(this.ringCase);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.repeat(warmUp, forgotten);
    const { buffers } = this.ringCase;
    return Array.from({ length: this.repetitions }, () => this.repeat(buffers, this.measured));
  }

  arm(): boolean {
    return this.queue.enableCallbacks();
  }

  disarm(): void {
    this.queue.disableCallbacks();
  }

  private repeat(count: number, histogram: Histogram): GuestSample {
    const { kickBell, interruptBell } = this.rig;
    this.meeting.wait();
    const [kicksBefore, interruptsBefore] = [kickBell.sequence(), interruptBell.sequence()];
    this.heap.start();
    const startNs = nowNs();
    this.histogram = histogram;
    if (this.ringCase.timing === 'single') this.inParts(count, (enough) => this.roundTrips(enough));
    else this.inParts(count, (enough) => this.exchange(enough, count));
    const elapsedNs = nowNs() - startNs;
    const heap = this.heap.stop();
    return {
      elapsedNs,
      heap,
      kicks: (kickBell.sequence() - kicksBefore) >>> 0,
      interrupts: (interruptBell.sequence() - interruptsBefore) >>> 0,
    };
  }

  /** Runs `part` until `count` buffers are back, and tells in between how far it is. */
  private inParts(count: number, part: (enough: number) => void): void {
    this.started = 0;
    this.completed = 0;
    const before = this.progress.get(0);
    while (this.completed < count) {
      part(Math.min(this.completed + PART_BUFFERS, count));
      this.progress.set(0, before + this.completed);
    }
  }

  /** The protocol of ringtest: an attempt to take one back after each one that is added. */
  private exchange(enough: number, count: number): void {
    const { batch, depth } = this;
    let { started, completed, hidden } = this;
    while (completed < enough) {
      let hasMoved = false;
      if (started < count && started - completed < depth && this.post()) {
        started += 1;
        hidden += 1;
        hasMoved = true;
      }
      if (hidden > 0 && (hidden === batch || !hasMoved)) {
        this.show();
        hidden = 0;
      }
      if (this.takeBack()) {
        completed += 1;
        hasMoved = true;
      }
      if (hasMoved) this.waiter.busy();
      else this.waiter.idle(this);
    }
    this.started = started;
    this.completed = completed;
    this.hidden = hidden;
  }

  /** One buffer after the other, each timed. */
  private roundTrips(enough: number): void {
    for (; this.completed < enough; this.completed++) {
      const startNs = nowNs();
      const posted = this.post();
      assert(posted, 'a ring that is empty has no room');
      this.show();
      while (!this.takeBack()) this.waiter.idle(this);
      this.waiter.busy();
      this.histogram.record(nowNs() - startNs);
    }
  }

  private post(): boolean {
    const token = this.nextToken;
    const buffers = this.buffers;
    const elementBytes = this.elementBytes;
    let address = this.payloadAddress + token * this.strideBytes;
    buffers.clear();
    for (let i = 0; i < this.elements; i++) {
      if (this.copies) buffers.addReadable(address, elementBytes);
      else buffers.addWritable(address, elementBytes);
      address += elementBytes;
    }
    if (this.isStreamTimed) this.postedNs[token] = nowNs();
    if (!this.queue.stageBuf(buffers, token)) return false;
    this.nextToken = token + 1 === this.depth ? 0 : token + 1;
    return true;
  }

  private show(): void {
    if (this.notifies) this.queue.kick();
    else this.queue.publish();
  }

  private takeBack(): boolean {
    const token = this.queue.getBuf();
    if (token === undefined) return false;
    if (token !== this.oldestToken) fail('token % came back in the place of %', token, this.oldestToken);
    if (this.isStreamTimed) this.histogram.record(nowNs() - (this.postedNs[token] as number));
    this.oldestToken = token + 1 === this.depth ? 0 : token + 1;
    return true;
  }
}
