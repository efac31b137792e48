import { assert } from '../../assert.js';
import { ExitChannel, ExitServer } from '../../transport/exits.js';
import { FeatureSet } from '../../transport/features.js';
import { MmioDevice } from '../../transport/mmio-device.js';
import { MmioDriver } from '../../transport/mmio-driver.js';
import { InterruptCause, Status } from '../../transport/status.js';
import { readConfigConsistently } from '../../transport/transport.js';
import { DeviceWindow, WINDOW_BYTES } from '../../transport/window.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { WORD_BYTES } from './ring-memory.js';

export interface ConfigProgramOptions {
  /** How often the configuration changes. */
  readonly changes: number;
  /** Whether the driver looks at the generation, as it must (virtio 1.4, 2.5.3); else it reads and hopes. */
  readonly checksGeneration: boolean;
}

/** A word for each change: how many more register accesses are answered before it. */
const PAUSES_AT: number = WINDOW_BYTES;
const PAUSE_BYTES = 8;

/**
 * The configuration changes while a driver reads its two halves, an exit each. The driver must never see half of each,
 * and, with nothing but interrupts to go by, it must see the last one.
 */
export function configProgram(options: ConfigProgramOptions): Program {
  const { changes } = options;
  return {
    name: `${changes} change${changes === 1 ? '' : 's'} of the configuration`,
    memoryBytes: PAUSES_AT + changes * PAUSE_BYTES,
    setup: (port) => new DeviceWindow(port).setStatus(Status.driverOk),
    threads: [
      { name: 'guest', run: (port) => runDriver(port, options) },
      { name: 'host', run: (port) => runHost(port, options) },
      { name: 'chance', run: (port) => runChance(port, options) },
    ],
  };
}

function runDriver(port: ExplorerPort, { changes, checksGeneration }: ConfigProgramOptions): void {
  const window = new DeviceWindow(port);
  const transport = new MmioDriver(window, new ExitChannel(window, 0, () => false));
  const line = transport.interrupts(0);
  const readHalves = (): number => {
    const low = transport.readConfig(0, WORD_BYTES);
    const high = transport.readConfig(WORD_BYTES, WORD_BYTES);
    return low * 0x1_0000 + high;
  };
  const readConfig = (): number => {
    const halves = checksGeneration ? readConfigConsistently(transport, readHalves) : readHalves();
    const version = halves & 0xffff;
    assert(
      halves === version * 0x1_0001,
      'half of the configuration is of another: 0x%',
      halves.toString(16),
    );
    return version;
  };
  // As at the bring-up: the first change may come at any moment of it.
  let version = readConfig();
  while (version < changes) {
    const sequence = line.bell.sequence();
    const causes = line.pending() & InterruptCause.configChange;
    if (causes === 0) {
      line.bell.wait(sequence, Infinity);
      continue;
    }
    line.acknowledge(causes);
    // A single word is always whole; its accesses are fewer to explore.
    version = transport.readConfig(0, WORD_BYTES);
  }
  // A ring without a request: the end.
  window.kickBell(0).ring();
}

/** Wakes once for each ring of the bell: for each access, and for the end. */
function runHost(port: ExplorerPort, options: ConfigProgramOptions): void {
  const window = new DeviceWindow(port);
  const model = {
    deviceId: 1,
    features: FeatureSet.empty,
    dependencies: [],
    queueCount: 1,
    queueSizeMax: 1,
    config: configOf(0),
  };
  const device = new MmioDevice(window, model, port.sizeBytes, (violation) => {
    throw violation;
  });
  const exits = new ExitServer(window, device, 1);
  const bell = window.kickBell(0);
  let answered = 0;
  for (let version = 1; version <= options.changes; version++) {
    const pause = port.load32Acquire(PAUSES_AT + (version - 1) * PAUSE_BYTES);
    const until = Math.min(answered + pause, readAccesses(options));
    for (; answered < until; answered++) {
      bell.wait(answered, Infinity);
      if (!exits.serve()) return;
    }
    device.updateConfig(configOf(version));
  }
  for (; ; answered++) {
    bell.wait(answered, Infinity);
    if (!exits.serve()) return;
  }
}

/** What the host reads of a word that changes meanwhile is how the exploration chooses. */
function runChance(port: ExplorerPort, options: ConfigProgramOptions): void {
  for (let change = 0; change < options.changes; change++) {
    for (let pause = 1; pause <= readAccesses(options); pause++)
      port.store32Release(PAUSES_AT + change * PAUSE_BYTES, pause);
  }
}

/** A read without a repetition: the last change comes somewhere in it, or right behind it. */
function readAccesses({ checksGeneration }: ConfigProgramOptions): number {
  return checksGeneration ? 4 : 2;
}

/** Two words, both with the number of the configuration. */
function configOf(version: number): Uint8Array {
  return new Uint8Array(new Uint32Array([version, version]).buffer);
}
