import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { closeFeatures, Feature, type FeatureDependency, FeatureSet } from './features.js';
import { Status } from './status.js';
import type { DriverTransport } from './transport.js';
import { waitUntil } from './wait-until.js';

/** The driver and the device could not agree, or the device gave up. */
export class NegotiationError extends VringError {
  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>> = {}) {
    super(code, message, ExitCode.safety, fields);
  }
}

/** A bit without which the driver gives up on the device, and the reason to tell. */
export interface RequiredFeature {
  readonly bit: number;
  readonly code: string;
  readonly why: string;
}

/** What a driver brings to the negotiation. */
export interface DriverWishes {
  /** Bits the driver can use; those the device does not offer are done without. */
  readonly supported: FeatureSet;
  readonly dependencies: readonly FeatureDependency[];
  /** Bits that must not be taken from this very device; its configuration may be read for that (3.1.1). */
  readonly unwanted?: (offered: FeatureSet) => readonly number[];
  readonly required?: readonly RequiredFeature[];
}

/**
 * Resets the device and waits until it says that it is done (virtio 1.4, 2.4.2, N0019): only then are the buffers
 * the driver's again. Throws what `giveUp` returns, when it returns something.
 */
export function resetDevice(transport: DriverTransport, giveUp: () => Error | null = () => null): void {
  transport.writeStatus(0);
  waitUntil(() => transport.readStatus() === 0, giveUp);
}

/** Steps 1 to 6 of the initialisation (3.1.1): from any state to agreed features. Returns them. */
export function negotiate(transport: DriverTransport, wishes: DriverWishes): FeatureSet {
  resetDevice(transport);
  transport.writeStatus(Status.acknowledge);
  transport.writeStatus(Status.acknowledge | Status.driver);
  const offered = transport.readDeviceFeatures();
  if (!offered.has(Feature.version1)) {
    throw failed(
      transport,
      'NO_VERSION_1',
      'the device does not offer VERSION_1 (6.1): legacy devices are not supported',
    );
  }
  // Bits that this driver does not know are simply not taken (N0010); what it takes must be complete (N0008).
  const unwanted = wishes.unwanted?.(offered) ?? [];
  const wanted = wishes.supported
    .with(Feature.version1)
    .intersect(offered)
    .without(...unwanted);
  const features = closeFeatures(wanted, wishes.dependencies);
  for (const { bit, code, why } of wishes.required ?? []) {
    if (features.has(bit)) continue;
    const [name] = FeatureSet.of(bit).names();
    throw failed(transport, code, `the device does not offer ${name}, and the driver refuses it: ${why}`);
  }
  transport.writeDriverFeatures(features);
  transport.writeStatus(Status.acknowledge | Status.driver | Status.featuresOk);
  if ((transport.readStatus() & Status.featuresOk) === 0) {
    throw failed(
      transport,
      'FEATURES_REFUSED',
      `the device refuses the features ${features.names().join(' ')}`,
    );
  }
  return features;
}

/** Step 8: the device is live from here on, and looks at queues that were filled before (N0005, N0239). */
export function setDriverOk(transport: DriverTransport): void {
  const { acknowledge, driver, featuresOk, driverOk } = Status;
  transport.writeStatus(acknowledge | driver | featuresOk | driverOk);
}

/**
 * Suspends a live device (3.4, needs SUSPEND) and waits until it says that it is (3.4.1, N0243): it has then finished
 * what it had begun, and everything of that is in the used rings. Until it is resumed the driver makes no buffer
 * available, notifies no queue and writes no configuration. Throws what `giveUp` returns, when it returns something.
 */
export function suspendDevice(transport: DriverTransport, giveUp: () => Error | null = () => null): void {
  const before = transport.readStatus();
  if ((before & Status.needsReset) !== 0) throw needsReset('suspend');
  if ((before & Status.driverOk) === 0) {
    // Setting SUSPEND without DRIVER_OK is nothing that a driver should do (3.4.1, N0242).
    throw new NegotiationError('NOT_LIVE', 'a device that is not live cannot be suspended', {
      status: before,
    });
  }
  transport.writeStatus(before | Status.suspend);
  waitUntil(() => {
    const status = transport.readStatus();
    if ((status & Status.needsReset) !== 0) throw needsReset('suspend');
    return (status & Status.suspend) !== 0;
  }, giveUp);
}

/** Ends a suspension, and waits until the device runs again (3.4.1, N0247); queues go on where they were. */
export function resumeDevice(transport: DriverTransport, giveUp: () => Error | null = () => null): void {
  const { driverOk, suspend } = Status;
  transport.writeStatus((transport.readStatus() & ~Status.needsReset) | driverOk);
  waitUntil(() => {
    const status = transport.readStatus();
    if ((status & (driverOk | suspend)) === driverOk) return true;
    if ((status & Status.needsReset) !== 0) throw needsReset('resume');
    return false;
  }, giveUp);
}

function needsReset(what: 'suspend' | 'resume'): NegotiationError {
  return new NegotiationError('DEVICE_NEEDS_RESET', `the device does not ${what}: it asks for a reset`);
}

/** Tells the device that the driver has given up on it (2.1, N0003: what follows can only be a reset). */
export function setFailed(transport: DriverTransport): void {
  transport.writeStatus(transport.readStatus() | Status.failed);
}

/** Gives up on the device, for a driver that cannot go on initialising it (3.1.1, N0237); the error to throw. */
export function failed(transport: DriverTransport, code: string, message: string): NegotiationError {
  setFailed(transport);
  return new NegotiationError(code, message);
}
