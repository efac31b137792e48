import { nowNs } from '../../clock.js';
import type { BenchThreadConfig, HostSample } from './bench-thread.js';
import { HeapMeter } from './heap-meter.js';
import { type HostLoop, hostLoop } from './host-loop.js';
import { Meeting } from './meeting.js';
import {
  bufferBytes,
  PART_BUFFERS,
  type RingCase,
  WARM_UP_PART_BUFFERS,
  WARM_UP_ROUNDS,
  warmUpBuffers,
} from './ring-case.js';
import { RingRig } from './ring-rig.js';

/** The device's thread. */
export class RingHost {
  private readonly ringCase: RingCase;
  private readonly rig: RingRig;
  private readonly loop: HostLoop;
  private readonly meeting: Meeting;
  private readonly heap: HeapMeter = new HeapMeter();
  /** Not where the time of the ring alone is wanted. */
  private readonly copies: boolean;
  /** Where the device copies payload to. */
  private readonly own: Uint8Array;

  constructor(config: BenchThreadConfig) {
    const { ringCase } = config;
    this.ringCase = ringCase;
    this.copies = ringCase.payload === 'copy';
    this.rig = new RingRig(ringCase, config.memory, config.onlooker);
    this.own = new Uint8Array(this.copies ? bufferBytes(ringCase) : 0);
    this.loop = hostLoop(ringCase, this.rig, this.own);
    this.meeting = new Meeting(config.meeting, config.parties);
  }

  /** Together with the guest. */
  warmUp(): void {
    for (let round = 0; round < WARM_UP_ROUNDS; round++)
      this.repeat(warmUpBuffers(this.ringCase), WARM_UP_PART_BUFFERS);
  }

  /** One repetition, while the guest makes one. */
  measure(): HostSample {
    return this.repeat(this.ringCase.buffers, PART_BUFFERS);
  }

  private repeat(count: number, part: number): HostSample {
    // While the guest waits: nothing else wants the memory.
    const memcpyNs = this.copies ? this.copyAlone(count) : 0;
    this.meeting.wait();
    this.heap.start();
    this.serve(count, part);
    return { heap: this.heap.stop(), memcpyNs };
  }

  private serve(count: number, part: number): void {
    for (let left = count; left > 0; left -= part) this.loop(Math.min(left, part));
  }

  /** As many bytes, as far apart, in ordinary memory: a copy that no other thread can have anything to do with. */
  private copyAlone(count: number): number {
    const { depth, elements, elementBytes } = this.ringCase;
    const stride = this.rig.strideBytes;
    const source = new Uint8Array(depth * stride);
    const views = Array.from({ length: depth * elements }, (_, i) => {
      const at = Math.floor(i / elements) * stride + (i % elements) * elementBytes;
      return source.subarray(at, at + elementBytes);
    });
    const own = this.own;
    const startNs = nowNs();
    let next = 0;
    for (let i = 0; i < count; i++) {
      for (let element = 0; element < elements; element++) {
        own.set(views[next] as Uint8Array, element * elementBytes);
        next = next + 1 === views.length ? 0 : next + 1;
      }
    }
    return nowNs() - startNs;
  }
}
