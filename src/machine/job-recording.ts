import { commonClockErrorNs } from '../clock.js';
import type { SharedMemory } from '../memory/shared-memory.js';
import type { LastRing } from '../recording/lives.js';
import { makeRecording, recordingRing } from '../recording/record.js';
import type { Recording, RecordingChoice } from '../recording/recording.js';
import type { JobPlan } from '../scenario/plan.js';
import { FeatureSet } from '../transport/features.js';
import { queueOptions, ringLayout } from '../transport/ring-features.js';
import type { DeviceWindow } from '../transport/window.js';
import type { ControlBlock } from './control-block.js';
import { GuestRings } from './guest-rings.js';

/** Threads calibrate their clocks themselves; each is about as exact as the other. */
const CLOCKS = 2;

/** What the recording of a job is made from when all its threads have ended. */
export interface EndedMachine {
  readonly plan: JobPlan;
  readonly ram: SharedMemory;
  readonly window: DeviceWindow;
  readonly control: ControlBlock;
}

/** Records all queues of a job. The memory is made here, and given to the threads. */
export class JobRecording {
  private readonly choice: RecordingChoice;
  private readonly lanes: readonly { readonly guest: SharedArrayBuffer; readonly host: SharedArrayBuffer }[];

  constructor(choice: RecordingChoice, queueCount: number) {
    this.choice = choice;
    this.lanes = Array.from({ length: queueCount }, () => {
      return { guest: recordingRing(choice), host: recordingRing(choice) };
    });
  }

  ofGuest(queue: number): SharedArrayBuffer | null {
    return this.lanes[queue]?.guest ?? null;
  }

  ofHost(queue: number): SharedArrayBuffer | null {
    return this.lanes[queue]?.host ?? null;
  }

  /**
   * All threads have ended. `rings` are the bytes of each queue's ring as the guest found them at its end; without a
   * guest that came so far, memory is as it was left.
   */
  end(machine: EndedMachine, rings: readonly (readonly Uint8Array[])[] | null): Recording {
    const { plan, ram, control } = machine;
    const places = new GuestRings(plan, ram, control);
    const bytes = rings ?? places.bytes(ram, layoutOf(machine));
    const queues = this.lanes.map(({ guest, host }, queue) => {
      return { driver: guest, device: host, last: lastRing(machine, places, queue, bytes[queue] ?? null) };
    });
    return makeRecording(plan.name, this.choice, queues, CLOCKS * commonClockErrorNs());
  }
}

function lastRing(
  machine: EndedMachine,
  places: GuestRings,
  queue: number,
  bytes: readonly Uint8Array[] | null,
): LastRing | null {
  if (bytes === null) return null;
  const { addresses, size, startIndex } = places.at(queue);
  const options = queueOptions(negotiated(machine), size, startIndex);
  return { queue, layout: layoutOf(machine), options, addresses, bytes };
}

function layoutOf(machine: EndedMachine): 'split' | 'packed' {
  return ringLayout(negotiated(machine));
}

function negotiated({ window }: EndedMachine): FeatureSet {
  return new FeatureSet([0, 1, 2, 3].map((select) => window.negotiatedWord(select)));
}
