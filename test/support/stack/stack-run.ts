import assert from 'node:assert/strict';
import type { QueueService } from '../../../src/host/device.js';
import type { FeatureSet } from '../../../src/transport/features.js';
import {
  negotiate,
  resetDevice,
  resumeDevice,
  setDriverOk,
  suspendDevice,
} from '../../../src/transport/negotiate.js';
import { InterruptCause } from '../../../src/transport/status.js';
import type { DeviceQueue } from '../../../src/virtqueue/queue.js';
import { type OperationKind, Tally } from '../ring/operations.js';
import { holds, same } from '../ring/same.js';
import { type Fault, FAULTS } from './faults.js';
import {
  DEVICE_CALLS,
  DRIVER_CALLS,
  DRIVER_CALLS_AT_REST,
  type SleepCall,
  type StackCall,
  type StackCallName,
  type StackCommand,
  type StackSequence,
} from './sequence.js';
import { QUEUE, RING_SIZES, SIZE_MAX, StackMachine } from './stack-machine.js';
import { StackRing } from './stack-ring.js';

const SLEEP_CALLS: ReadonlySet<StackCallName> = new Set<SleepCall>(['enableKicks', 'disableKicks']);
const USED = InterruptCause.usedBuffer;
const PATIENT = (): Error | null => null;

/** How often things happened beside those of the rings. */
export class StackTally extends Tally {
  sequences = 0;
  commands = 0;
  rings = 0;
  deviceResets = 0;
  ringResets = 0;
  suspensions = 0;
  drained = 0;
  detached = 0;
  /** Calls of an I/O thread that had not seen yet that it was to stop. */
  late = 0;
  gaveUp = 0;
  configInterrupts = 0;
}

/**
 * Runs a sequence of calls on the whole stack and on a model of it: whether the device runs, whether it is suspended,
 * which ring there is, and beside each ring the five lists of the reference queue. A buffer belongs to one ring:
 * whatever comes out of another is not what the model expects there.
 */
export class StackRun {
  readonly tally: StackTally = new StackTally();
  readonly machine: StackMachine;
  private readonly sequence: StackSequence;
  private readonly fault: Fault;
  private features: FeatureSet;
  /** DRIVER_OK is set, or was until the device was suspended. */
  private isUp = false;
  private isSuspended = false;
  private ring: StackRing | null = null;
  /** The ring before that, whose memory nobody touches. */
  private dead: StackRing | null = null;
  private nextToken = 1;
  /** What the service is to do when it has a turn. */
  private pending: (() => void) | null = null;
  /** Two numbers for what is in service when the device is suspended. */
  private drainWith: readonly [a: number, b: number] | null = null;
  /** What the bell showed when the device last was right to ring it. */
  private heard = 0;
  /** The same of the vCPU that has no queue: it hears of changes of the configuration alone. */
  private heardElsewhere = 0;
  /** The configuration changed while the device was suspended: the driver is told when it resumes (3.4.2). */
  private owesConfig = false;
  /** The driver was interrupted, and has not looked yet: it cannot while it waits for a register. */
  private mustLook = false;
  private readonly before: Buffer;
  private readonly calls: Record<StackCall, (a: number, b: number) => void> = {
    restart: (a, b) => this.restart(a, b),
    // Mostly what was reset goes on at once: little can be done without it.
    resetDevice: (a, b) => {
      this.resetDevice(a, b);
      if (b % 4 > 0) this.restart(a, b);
    },
    resetRing: (a, b) => {
      this.resetRing(a, b);
      if (b % 4 > 0) this.restart(a, b);
    },
    suspend: (a, b) => this.suspend(a, b),
    giveUpSuspend: (a, b) => this.giveUpSuspend(a, b),
    resume: () => this.resume(),
    changeConfig: () => this.changeConfig(),
  };

  constructor(sequence: StackSequence) {
    this.sequence = sequence;
    this.fault = sequence.fault === undefined ? {} : FAULTS[sequence.fault]();
    this.machine = new StackMachine(sequence, (queue) => this.serve(queue));
    if (this.fault.onTurn !== undefined) this.machine.onTurn = this.fault.onTurn;
    this.features = this.machine.wanted(sequence);
    this.before = Buffer.alloc(this.machine.ram.sizeBytes);
    this.machine.driver.probe();
    this.bringUp(sequence.size, 0);
    this.check();
  }

  /** All of it, and then every buffer home. */
  play(): this {
    for (const command of this.sequence.commands) this.run(command);
    this.finish();
    this.tally.sequences = 1;
    return this;
  }

  run([call, a, b]: StackCommand): void {
    this.tally.commands += 1;
    this.machine.slowness = b % 4;
    if (call in this.calls) this.calls[call as StackCall](a, b);
    else if (DRIVER_CALLS.includes(call as OperationKind)) this.drive(call as OperationKind, a, b);
    else if (DEVICE_CALLS.includes(call as OperationKind)) this.device(call as OperationKind, a, b);
    else if (SLEEP_CALLS.has(call)) this.sleep(call as SleepCall);
    else assert.fail(`there is no call ${call}`);
    if (this.mustLook) this.look(b % 2 === 1);
    this.check();
  }

  private sizeOf(a: number): number {
    const sizes = RING_SIZES[this.sequence.layout];
    return sizes[a % sizes.length] as number;
  }

  /** Whether the device has a ring to serve. */
  private get mayServe(): boolean {
    return this.isUp && !this.isSuspended && this.ring !== null;
  }

  private drive(kind: OperationKind, a: number, b: number): void {
    if (this.ring === null || (this.isSuspended && !DRIVER_CALLS_AT_REST.includes(kind))) return;
    this.ring.lockstep.run({ kind, a, b });
  }

  private device(kind: OperationKind, a: number, b: number): void {
    this.onDevice((ring) => {
      if (kind === 'interrupt') this.interrupt(ring);
      else ring.lockstep.run({ kind, a, b });
    });
  }

  /** The I/O thread has a turn, and does something if there is a ring to be served; if not, it leaves no trace. */
  private onDevice(act: (ring: StackRing) => void): void {
    const ring = this.ring;
    if (!this.mayServe || ring === null) return this.quietly(() => this.machine.turn());
    this.pending = () => act(ring);
    while (this.pending !== null && this.machine.turn());
    holds(this.pending === null, 'the device serves a ring that is enabled');
  }

  private interrupt({ lockstep }: StackRing): void {
    const { bell } = this.machine.line;
    lockstep.run({ kind: 'interrupt', a: 0, b: 0 });
    this.mustLook ||= bell.sequence() !== this.heard;
    this.heard = bell.sequence();
  }

  /** The driver was interrupted: it sees why, and may acknowledge that. */
  private look(acknowledge: boolean): void {
    const { line } = this.machine;
    this.mustLook = false;
    same(line.pending() & USED, USED, 'the cause of an interrupt');
    if (acknowledge) line.acknowledge(line.pending());
    if (acknowledge) same(line.pending(), 0, 'causes after they were acknowledged');
  }

  private sleep(kind: SleepCall): void {
    const { server } = this.machine;
    if (!this.mayServe || this.ring === null) {
      return this.quietly(() => {
        if (kind === 'disableKicks') server.disarm();
        else same(server.arm(), true, 'whether the device may sleep');
      });
    }
    while (this.machine.turn());
    this.ring.lockstep.run({ kind, a: 0, b: 0 });
  }

  private restart(a: number, b: number): void {
    if (!this.isUp) return this.bringUp(this.sizeOf(a), b);
    if (this.ring !== null) this.resetRing(a, b);
    const ring = this.makeRing(this.sizeOf(a));
    this.machine.driver.enableQueue(QUEUE, ring.size, ring.at);
  }

  /** With some buffers in the ring before the device is live, as b says: it finds them without a kick (3.1.1). */
  private bringUp(size: number, b: number): void {
    const { driver } = this.machine;
    const features = negotiate(driver, { supported: this.features, dependencies: [] });
    holds(this.features.isSubsetOf(features), 'the device agrees to all that is wanted');
    this.features = features;
    same(driver.queueSizeMax(QUEUE), SIZE_MAX, 'the largest queue');
    const ring = this.makeRing(size);
    driver.enableQueue(QUEUE, ring.size, ring.at);
    this.quietly(() => this.machine.turn());
    if (b % 2 === 1) ring.lockstep.run({ kind: 'fill', a: b, b });
    if (b % 2 === 1) ring.lockstep.run({ kind: 'publish', a: 0, b: 0 });
    this.isUp = true;
    setDriverOk(driver);
  }

  private makeRing(size: number): StackRing {
    const { machine } = this;
    this.tally.rings += 1;
    this.ring = new StackRing({
      machine,
      size,
      sequence: this.sequence,
      features: this.features,
      number: this.tally.rings,
      firstToken: this.nextToken,
      fault: this.fault,
    });
    return this.ring;
  }

  private resetDevice(a: number, b: number): void {
    if (!this.isUp) return;
    this.interfere(a, b);
    resetDevice(this.machine.driver);
    same(this.machine.driver.readStatus(), 0, 'the status of a device that was reset, and stays so');
    this.isUp = false;
    this.isSuspended = false;
    this.mustLook = false;
    this.owesConfig = false;
    this.tally.deviceResets += 1;
    this.close(a % 2 === 1);
  }

  private resetRing(a: number, b: number): void {
    if (!this.isUp || this.ring === null) return;
    // From the moment the reset is asked for, nobody has to hear of this ring: its vector may be gone.
    this.interfere(a, b, ['push', 'pop']);
    this.machine.driver.resetQueue(QUEUE, PATIENT);
    this.tally.ringResets += 1;
    this.close(a % 2 === 1);
  }

  /** Until the I/O thread looks and sees that it is to stop, it goes on with what it was at. */
  private interfere(
    a: number,
    b: number,
    calls: readonly OperationKind[] = ['push', 'pop', 'interrupt'],
  ): void {
    const ring = this.ring;
    // A thread that has not even seen that it is to go on is at nothing.
    if (ring === null || !this.mayServe || !this.machine.isSettled) return;
    let next = a;
    this.machine.whileAway = () => {
      const kind = calls[next++ % calls.length] as OperationKind;
      this.tally.late += 1;
      if (kind === 'interrupt') this.interrupt(ring);
      else ring.lockstep.run({ kind, a, b });
    };
  }

  private close(takeUsed: boolean): void {
    holds(this.machine.server.live === null, 'the device has let go of a ring that was reset');
    if (this.ring === null) return;
    this.tally.detached += this.ring.close(takeUsed);
    this.tally.add(this.ring.lockstep.tally);
    this.nextToken = this.ring.lockstep.nextToken;
    this.dead?.checkDead();
    this.dead = this.ring;
    this.ring = null;
  }

  private suspend(a: number, b: number, giveUp = PATIENT): void {
    if (!this.isUp || this.isSuspended) return;
    this.drainWith = [a, b];
    this.interfere(a, b);
    suspendDevice(this.machine.driver, giveUp);
    this.drainWith = null;
    this.isSuspended = true;
    this.tally.suspensions += 1;
    const model = this.ring?.lockstep.model;
    same(model?.held.length ?? 0, 0, 'buffers in service of a device that is suspended');
    same(model?.stagedUsed.length ?? 0, 0, 'buffers that a suspended device has not shown');
  }

  /** A driver that does not wait for long, and is left with a reset. */
  private giveUpSuspend(a: number, b: number): void {
    const enough = new Error('enough');
    let looks = b % 8;
    this.machine.slowness = b % 16;
    try {
      this.suspend(a, b, () => (looks-- === 0 ? enough : null));
    } catch (error) {
      if (error !== enough) throw error;
      this.tally.gaveUp += 1;
      this.resetDevice(a, b);
      this.drainWith = null;
    }
  }

  private resume(): void {
    if (!this.isSuspended) return;
    this.isSuspended = false;
    resumeDevice(this.machine.driver);
    if (this.owesConfig) this.configInterrupt();
  }

  private changeConfig(): void {
    this.machine.changeConfig();
    if (this.isSuspended) this.owesConfig = true;
    else if (this.isUp) this.configInterrupt();
  }

  /** Every vCPU hears of a change of the configuration. */
  private configInterrupt(): void {
    this.owesConfig = false;
    this.heard += 1;
    this.heardElsewhere += 1;
    this.tally.configInterrupts += 1;
  }

  /** The device has begun to serve the ring that the driver enabled last. */
  private serve(queue: DeviceQueue): QueueService {
    const ring = this.ring;
    if (!this.mayServe || ring === null) return assert.fail('the device serves a ring that is not enabled');
    ring.started(queue);
    const isOurs = () => holds(this.ring === ring, 'the device serves a ring that was reset');
    return {
      poll: () => {
        isOurs();
        holds(!this.machine.isPaused, 'the device serves nothing while it is suspended');
        const act = this.pending;
        this.pending = null;
        act?.();
        return act !== null;
      },
      drain: () => {
        isOurs();
        return this.drain(ring);
      },
      abandon: isOurs,
    };
  }

  /** One buffer a turn, and then the driver is told. */
  private drain(ring: StackRing): boolean {
    const [a, b] = this.drainWith ?? assert.fail('the device comes to rest although nobody asked it to');
    if (ring.lockstep.model.held.length === 0) {
      this.interrupt(ring);
      return true;
    }
    ring.lockstep.run({ kind: 'stageUsed', a, b });
    this.tally.drained += 1;
    return false;
  }

  /** What the device has no part in: not a byte of the memory changes, and no bell of the driver's rings. */
  private quietly(act: () => void): void {
    const { ram } = this.machine;
    const bytes = ram.bytes(0, ram.sizeBytes);
    this.before.set(bytes);
    act();
    holds(this.before.equals(bytes), 'a device that has nothing to serve leaves the memory alone');
    this.checkBells();
  }

  private check(): void {
    same(this.machine.violations.length, 0, 'violations by the driver');
    this.checkBells();
  }

  /** Only what the model says was an interrupt has rung, and only for the vCPU of the queue. */
  private checkBells(): void {
    const { line, window } = this.machine;
    same(line.bell.sequence(), this.heard, 'interrupts so far');
    same(window.interruptBell(0).sequence(), this.heardElsewhere, 'interrupts of a vCPU that has no queue');
  }

  private finish(): void {
    this.resume();
    this.check();
    if (this.mayServe) this.onDevice(({ lockstep }) => lockstep.finish());
    this.resetDevice(0, 0);
    this.check();
    this.dead?.checkDead();
  }
}
