import { LivenessError, VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { setUpQueue } from '../guest/bring-up.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import type { LifecycleEvent } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import type { FeatureSet } from '../transport/features.js';
import { resetDevice, resumeDevice, setDriverOk, suspendDevice } from '../transport/negotiate.js';
import { ringLayout } from '../transport/ring-features.js';
import { Status } from '../transport/status.js';
import type { DeviceWindow } from '../transport/window.js';
import type { LifecycleAction, LifecycleSchedule } from '../workload/lifecycle-schedule.js';
import type { RunEnd } from '../workload/runner.js';
import { type ControlBlock, StopMode } from './control-block.js';
import type { GuestDevice, VcpuParts } from './guest-device.js';
import type { GuestRings } from './guest-rings.js';

const COUNTER: Readonly<Record<LifecycleEvent, number>> = {
  device_reset: GuestCounter.deviceResets,
  ring_reset: GuestCounter.ringResets,
  resize: GuestCounter.resizes,
  suspend: GuestCounter.suspends,
};

export interface GuestLifecycleParts {
  readonly vcpu: VcpuParts;
  readonly device: GuestDevice;
  readonly control: ControlBlock;
  readonly window: DeviceWindow;
  readonly rings: GuestRings;
  readonly counters: SharedNumbers;
}

/** What a vCPU does when its workload cannot, or is not to, go on as it is. */
export interface RingOwner {
  /** The ring has been stopped by a reset: what was in it is to be taken back, before anything else. */
  takeBack(): void;
  /** There is an empty ring, and what was taken back can be posted. */
  goOn(): void;
}

/**
 * Resets, resizes and suspensions, whether the scenario or the device asks for them, as one vCPU sees them. What
 * concerns its own ring it does by itself, while the others are busy with theirs. What concerns the device is the first
 * vCPU's business: it gathers the others, so that nobody touches anything, and does it.
 */
export class GuestLifecycle {
  private readonly parts: GuestLifecycleParts;
  private readonly schedule: LifecycleSchedule | null;
  /** Resets of the device, and recoveries among them, that this vCPU has followed. */
  private deviceResets: number;
  private recoveries: number;

  constructor(parts: GuestLifecycleParts, schedule: LifecycleSchedule | null) {
    this.parts = parts;
    this.schedule = schedule;
    this.deviceResets = parts.control.deviceResets;
    this.recoveries = parts.control.recoveries;
  }

  completed(count: number): void {
    this.schedule?.completed(count);
  }

  /** Whether the workload is to leave the ring and the device alone, for {@link pause}. */
  pauseRequested(): boolean {
    const { control, vcpu } = this.parts;
    if (vcpu.index !== 0 && control.isGathering) return true;
    return this.schedule?.isDue === true && control.stopMode < StopMode.drain;
  }

  /** Does what is to be done; the workload goes on afterwards. */
  pause(end: RunEnd, features: FeatureSet, owner: RingOwner): void {
    const { control, vcpu, rings } = this.parts;
    const mustWait = end === 'needs-reset' || (vcpu.index !== 0 && control.isGathering);
    if (vcpu.index === 0 && mustWait) this.alone(null);
    else if (mustWait) control.beQuiet();
    else if (this.schedule?.isDue === true) {
      const action = this.schedule.take(rings.size(vcpu.index));
      if (action.event === 'device_reset' || action.event === 'suspend') this.alone(action.event);
      else this.resetRing(action, features, owner);
    }
    this.follow(owner);
  }

  /** Gathers the others, does what the scenario asks for and what the device asks for, and lets everybody go on. */
  private alone(event: 'device_reset' | 'suspend' | null): void {
    const { control, vcpu, window } = this.parts;
    const { count } = vcpu.plan.queue;
    control.gather();
    for (let other = 1; other < count; other++) window.interruptBell(other).ring();
    if (!control.waitUntilQuiet(count - 1)) return;
    this.recoverIfAsked();
    if (event === 'device_reset') reinitialise(this.parts, false);
    // Instead of suspending, a device may ask for a reset (3.4.2, N0253): it gets one, and is asked again.
    if (event === 'suspend') while (!this.suspendAndResume()) this.recoverIfAsked();
    if (event !== null) this.count(event);
    // Whoever heard of it is quiet now, and does not look again.
    this.recoverIfAsked();
    control.resume();
  }

  private recoverIfAsked(): void {
    if (!this.needsReset()) return;
    if (this.parts.control.stopMode >= StopMode.drain) throw needsReset();
    reinitialise(this.parts, true);
  }

  /** All vCPUs are quiet: nothing is posted, nobody notified in between (3.4.1, N0244, N0245). False: not done. */
  private suspendAndResume(): boolean {
    const { transport } = this.parts.vcpu;
    const giveUp = (): Error | null => aborted(this.parts.control);
    try {
      suspendDevice(transport, giveUp);
      resumeDevice(transport, giveUp);
      return true;
    } catch (error) {
      if (!this.needsReset()) throw error;
      return false;
    }
  }

  /** Resets the vCPU's own ring (2.6.1) and enables another one (2.6.1.2), perhaps of another size. */
  private resetRing({ event, size }: LifecycleAction, features: FeatureSet, owner: RingOwner): void {
    const { control, vcpu, rings } = this.parts;
    const { index, transport, port } = vcpu;
    control.withRegisters(() => transport.resetQueue(index, () => aborted(this.parts.control)));
    owner.takeBack();
    rings.move(index, size, 'ring_reset');
    control.withRegisters(() => setUpQueue(transport, port, ringLayout(features), rings.at(index), index));
    this.count(event);
    owner.goOn();
  }

  /** The device was reset: the ring is another one, and what was in the old one is this vCPU's again. */
  private follow(owner: RingOwner): void {
    const { control, counters } = this.parts;
    const { deviceResets, recoveries } = control;
    if (deviceResets === this.deviceResets) return;
    counters.add(GuestCounter.recoveries, recoveries - this.recoveries);
    this.deviceResets = deviceResets;
    this.recoveries = recoveries;
    owner.takeBack();
    owner.goOn();
  }

  private count(event: LifecycleEvent): void {
    this.parts.counters.add(COUNTER[event], 1);
  }

  private needsReset(): boolean {
    return (this.parts.vcpu.transport.readStatus() & Status.needsReset) !== 0;
  }
}

/** For the first vCPU, while all others are quiet: the device is reset and initialised, with all rings empty. */
export function reinitialise(
  { vcpu, device, control, rings }: GuestLifecycleParts,
  wasAskedFor: boolean,
): void {
  resetDevice(vcpu.transport, () => aborted(control));
  for (let queue = 0; queue < vcpu.plan.queue.count; queue++) {
    rings.move(queue, rings.size(queue), 'device_reset');
  }
  // The whole initialisation once more (2.1.2, 3.1.1).
  device.bringUp(vcpu, () => rings.all());
  setDriverOk(vcpu.transport);
  control.countDeviceReset(wasAskedFor);
}

export function needsReset(): VringError {
  const message = 'the device asks for a reset: it cannot go on';
  return new VringError('DEVICE_NEEDS_RESET', message, ExitCode.safety);
}

function aborted(control: ControlBlock): LivenessError | null {
  if (!control.isAborted) return null;
  return new LivenessError(
    'ABORTED',
    'the machine was stopped while the device was being reset or suspended',
  );
}
