import assert from 'node:assert/strict';
import type { MemoryPort } from '../../../src/memory/port.js';
import { fieldAt, inWords, packedFieldAt, RecordingPort } from './recording-port.js';
import { type AnyRig, makePackedRig, makeRig, type PackedRig, type Rig, type RigOptions } from './rig.js';

/** Both ends are watched: what each declared, in words. */
export interface Recorded {
  readonly driverPort: RecordingPort;
  readonly devicePort: RecordingPort;
  /** What the driver did in `act`, in program order. */
  driverTrace(act: () => void): string[];
  deviceTrace(act: () => void): string[];
}

export type RecordedRig = Rig & Recorded;
export type RecordedPackedRig = PackedRig & Recorded;

export function makeRecordedRig(options: RigOptions = {}): RecordedRig {
  return record(makeRig, options, ({ wire }, address) => fieldAt(address, wire.at, wire.size));
}

export function makeRecordedPackedRig(options: RigOptions = {}): RecordedPackedRig {
  return record(makePackedRig, options, ({ wire }, address) => packedFieldAt(address, wire.at, wire.size));
}

function record<R extends AnyRig>(
  make: (options: RigOptions) => R,
  options: RigOptions,
  nameOf: (rig: R, address: number) => string,
): R & Recorded {
  const ports: RecordingPort[] = [];
  const watch = (memory: MemoryPort) => {
    const port = new RecordingPort(memory);
    ports.push(port);
    return port;
  };
  const rig = make({ ...options, driverPort: watch, devicePort: watch });
  const [driverPort, devicePort] = ports as [RecordingPort, RecordingPort];
  const trace = (port: RecordingPort, act: () => void) => {
    port.take();
    act();
    return inWords(port.take(), (address) => nameOf(rig, address));
  };
  return {
    ...rig,
    driverPort,
    devicePort,
    driverTrace: (act) => trace(driverPort, act),
    deviceTrace: (act) => trace(devicePort, act),
  };
}

/** Asserts that both match some step of `trace`, and that every match of `first` is before every one of `second`. */
export function assertBefore(trace: readonly string[], first: RegExp, second: RegExp): void {
  const lastOfFirst = trace.findLastIndex((step) => first.test(step));
  const firstOfSecond = trace.findIndex((step) => second.test(step));
  const told = `in: ${trace.join(', ')}`;
  assert.ok(lastOfFirst >= 0, `nothing matches ${first} ${told}`);
  assert.ok(firstOfSecond >= 0, `nothing matches ${second} ${told}`);
  assert.ok(lastOfFirst < firstOfSecond, `${first} is not before ${second} ${told}`);
}

/** Asserts that between the last `first` and the next `second` behind it stands a fence. */
export function assertFenceBetween(trace: readonly string[], first: RegExp, second: RegExp): void {
  const from = trace.findLastIndex((step) => first.test(step));
  const to = trace.findIndex((step, i) => i > from && second.test(step));
  const told = `in: ${trace.join(', ')}`;
  assert.ok(from >= 0 && to > from, `no ${first} followed by ${second} ${told}`);
  assert.ok(trace.slice(from, to).includes('fence'), `no fence between ${first} and ${second} ${told}`);
}
