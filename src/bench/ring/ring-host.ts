import { nowNs } from '../../clock.js';
import type { MemoryPort } from '../../memory/port.js';
import { type Armable, Waiter } from '../../transport/waiter.js';
import { Chain } from '../../virtqueue/chain.js';
import type { DeviceQueue } from '../../virtqueue/queue.js';
import type { BenchThreadConfig, HostSample } from './bench-thread.js';
import { HeapMeter } from './heap-meter.js';
import { Meeting } from './meeting.js';
import { bufferBytes, type RingCase, warmUpBuffers, WARM_UP_ROUNDS } from './ring-case.js';
import { RingRig } from './ring-rig.js';

/** The device's thread: returns every buffer at once, or after it has copied what is in it. */
export class RingHost implements Armable {
  private readonly ringCase: RingCase;
  private readonly repetitions: number;
  private readonly rig: RingRig;
  /** Not where both sides poll: nobody sleeps, nobody has to be told. */
  private readonly notifies: boolean;
  /** Not where the time of the ring alone is wanted. */
  private readonly copies: boolean;
  private readonly queue: DeviceQueue;
  private readonly memory: MemoryPort;
  private readonly waiter: Waiter;
  private readonly meeting: Meeting;
  private readonly heap: HeapMeter = new HeapMeter();
  private readonly chain: Chain = new Chain();
  /** Where the device copies payload to. */
  private readonly own: Uint8Array;

  constructor(config: BenchThreadConfig) {
    const { ringCase } = config;
    this.ringCase = ringCase;
    this.repetitions = config.repetitions;
    this.notifies = ringCase.wait.policy !== 'poll';
    this.copies = ringCase.payload === 'copy';
    this.rig = new RingRig(ringCase, config.memory, config.onlooker);
    this.queue = this.rig.device();
    this.memory = this.rig.payloadPort;
    this.waiter = new Waiter(this.rig.kickBell, ringCase.wait);
    this.meeting = new Meeting(config.meeting, config.parties);
    this.own = new Uint8Array(this.copies ? bufferBytes(ringCase) : 0);
  }

  run(): HostSample[] {
    this.queue.disableKicks();
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.repeat(warmUpBuffers(this.ringCase));
    return Array.from({ length: this.repetitions }, () => this.repeat(this.ringCase.buffers));
  }

  arm(): boolean {
    return this.queue.enableKicks();
  }

  disarm(): void {
    this.queue.disableKicks();
  }

  private repeat(count: number): HostSample {
    // While the guest waits: nothing else wants the memory.
    const memcpyNs = this.copies ? this.copyAlone(count) : 0;
    this.meeting.wait();
    this.heap.start();
    this.serve(count);
    return { heap: this.heap.stop(), memcpyNs };
  }

  private serve(count: number): void {
    const { batch } = this.ringCase;
    let served = 0;
    let hidden = 0;
    while (served < count) {
      if (this.queue.pop(this.chain)) {
        this.queue.stageUsed(this.chain, this.use());
        served += 1;
        hidden += 1;
        this.waiter.busy();
        if (hidden < batch) continue;
      } else if (hidden === 0) {
        this.waiter.idle(this);
        continue;
      }
      this.show();
      hidden = 0;
    }
    if (hidden > 0) this.show();
  }

  /** What a device would do; returns the bytes that it has written. */
  private use(): number {
    const chain = this.chain;
    if (!this.copies) return chain.writableBytes;
    const { buffers } = chain;
    let copiedBytes = 0;
    for (let i = 0; i < buffers.count; i++) {
      this.memory.copyOut(buffers.address(i), this.own, copiedBytes, buffers.length(i));
      copiedBytes += buffers.length(i);
    }
    return 0;
  }

  private show(): void {
    if (this.notifies) this.queue.interrupt();
    else this.queue.publishUsed();
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
