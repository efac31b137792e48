import { afterEach, describe, expect, test } from 'vitest';
import { BlkQueue } from '../../src/guest/blk-queue.js';
import type { BlkLimits } from '../../src/guest/blk-limits.js';
import { BlkSlots } from '../../src/guest/blk-slots.js';
import { bringUpBlk } from '../../src/guest/bring-up.js';
import { blkConfig, blkFeatures, blkOffer } from '../../src/host/blk-config.js';
import { vcpuMemory } from '../../src/machine/guest-memory.js';
import { GuestRings } from '../../src/machine/guest-rings.js';
import { BLK_DEPENDENCIES, BLK_DEVICE_ID, BlkStatus } from '../../src/devices/blk.js';
import { ExitChannel, ExitServer } from '../../src/transport/exits.js';
import { FeatureSet, Feature } from '../../src/transport/features.js';
import { HostQueue } from '../../src/transport/host-queue.js';
import { MmioDevice } from '../../src/transport/mmio-device.js';
import { MmioDriver } from '../../src/transport/mmio-driver.js';
import { resetDevice, setDriverOk } from '../../src/transport/negotiate.js';
import { InterruptCause, Status } from '../../src/transport/status.js';
import type { QueueSetup } from '../../src/transport/window.js';
import { Chain } from '../../src/virtqueue/chain.js';
import { SplitDevice } from '../../src/virtqueue/split-device.js';
import { SplitDriver } from '../../src/virtqueue/split-driver.js';
import { splitLayout } from '../../src/virtqueue/split-layout.js';
import { PeerBench } from '../support/e2e/peer-bench.js';

let bench = new PeerBench();

afterEach(async () => {
  await bench.end();
});

describe('a hostile driver against the host on its thread', () => {
  /** The test's thread as the guest. */
  function guest(): { driver: MmioDriver; limits: BlkLimits } {
    const driver = new MmioDriver(bench.window, new ExitChannel(bench.window, 0, () => false));
    const rings = new GuestRings(bench.plan, bench.ram, bench.control);
    rings.prepare(null);
    const { limits } = bringUpBlk(driver, bench.ram, ['EVENT_IDX'], () => rings.all());
    setDriverOk(driver);
    return { driver, limits };
  }

  test('a loop of descriptors: the device asks for a reset, says why, and works again after it', async () => {
    bench = new PeerBench();
    const host = bench.startHost();
    const { driver } = guest();
    const line = driver.interrupts(0);
    const { rings, allocator } = vcpuMemory(bench.plan, 0);
    const layout = splitLayout(bench.plan.queue.size, rings[0]);
    // Descriptor 0 is followed by itself, and available.
    bench.ram.store32(layout.desc + 8, 16);
    bench.ram.store32(layout.desc + 12, 1);
    const sequence = line.bell.sequence();
    bench.ram.store16Release(layout.availIdx, 1);
    driver.kicker(0, FeatureSet.empty).notify(1);
    line.bell.wait(sequence, Infinity);
    expect(line.pending() & InterruptCause.configChange).toBe(InterruptCause.configChange);
    expect(driver.readStatus() & Status.needsReset).toBe(Status.needsReset);

    resetDevice(driver);
    expect(driver.readStatus()).toBe(0);
    const { limits } = guest();
    const options = { size: layout.size, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };
    const queue = new SplitDriver<number>(bench.ram, layout, options, driver.kicker(0, FeatureSet.empty));
    const blk = new BlkQueue(bench.ram, queue, new BlkSlots(bench.ram, allocator, 1, 4096), limits, {
      merged: false,
    });
    blk.read(0, 8, 4096, 1);
    queue.kick();
    while (blk.complete() === -1);
    expect(blk.status(0)).toBe(BlkStatus.ok);
    expect(blk.slots.words(0)[0]).toBe(8);

    bench.stopHost();
    const { failures } = await host;
    expect(failures.map(({ code, exitCode }) => [code, exitCode])).toEqual([['VIRTQ_CHAIN_LENGTH', 20]]);
    expect(failures[0]?.fields).toMatchObject({ section: '2.7.5.3.1' });
  });

  test('a register written at the wrong time: reported, and the device asks for a reset', async () => {
    bench = new PeerBench();
    const host = bench.startHost();
    const { driver } = guest();
    driver.writeDriverFeatures(driver.readDeviceFeatures());
    expect(driver.readStatus() & Status.needsReset).toBe(Status.needsReset);
    bench.stopHost();
    const { failures } = await host;
    expect(failures[0]).toMatchObject({ code: 'FEATURES_FROZEN', exitCode: 20 });
  });
});

describe('a hostile device against the guest on its thread', () => {
  /**
   * The test's thread as the host: answers registers, and gives every buffer to `serve`, until the guest has ended.
   */
  function serveUntil(
    isOver: () => boolean,
    serve: (device: SplitDevice, setup: QueueSetup) => void,
  ): Promise<void> {
    const { ram, window, plan } = bench;
    const offer = blkOffer(plan.blk, { sizeBytes: 1 << 20, readOnly: false }, 1);
    const model = {
      deviceId: BLK_DEVICE_ID,
      features: blkFeatures(offer).with(Feature.version1, Feature.eventIdx, Feature.ringReset),
      dependencies: BLK_DEPENDENCIES,
      queueCount: 1,
      queueSizeMax: 256,
      config: blkConfig(offer),
    };
    const registers = new MmioDevice(window, model, ram.sizeBytes, (violation) => {
      throw violation;
    });
    const exits = new ExitServer(window, registers, 1);
    const hostQueue = new HostQueue(window, 0, 1);
    let live: { device: SplitDevice; setup: QueueSetup } | null = null;
    const turn = (): void => {
      exits.serve();
      registers.poll();
      if (hostQueue.hasChanged()) {
        const setup = hostQueue.acknowledge();
        const options = {
          size: setup?.size ?? 1,
          eventIdx: true,
          indirect: false,
          inOrder: false,
          startIndex: 0,
        };
        live =
          setup === null
            ? null
            : {
                setup,
                device: new SplitDevice(ram, splitLayout(setup.size, setup), options, hostQueue.interrupter),
              };
      }
      if (live !== null) serve(live.device, live.setup);
    };
    return new Promise((resolve) => {
      const loop = (): void => {
        turn();
        if (isOver()) resolve();
        else setImmediate(loop);
      };
      loop();
    });
  }

  async function runAgainst(
    serve: (device: SplitDevice, setup: QueueSetup) => void,
  ): ReturnType<PeerBench['startGuest']> {
    let over = false;
    const guest = bench.startGuest().finally(() => {
      over = true;
    });
    await serveUntil(() => over, serve);
    return guest;
  }

  test('a used id that was never available: the driver reports it, and takes back what was out', async () => {
    bench = new PeerBench();
    const chain = new Chain();
    const result = await runAgainst((device, setup) => {
      if (device.inFlightCount > 0 || !device.pop(chain)) return;
      const { usedRing, usedIdx } = splitLayout(setup.size, setup);
      bench.ram.store32(usedRing, setup.size - 1);
      bench.ram.store16Release(usedIdx, 1);
      bench.window.raiseUsedInterrupt(bench.window.interruptBell(0));
    });
    expect(result.failures.map(({ code, exitCode }) => [code, exitCode])).toEqual([
      ['VIRTQ_USED_ID_UNKNOWN', 20],
    ]);
    expect(result.failures[0]?.fields).toMatchObject({ section: '2.7.8', actual: 127 });
  });

  test('an answer without a status is not taken for success', async () => {
    bench = new PeerBench();
    const chain = new Chain();
    const result = await runAgainst((device) => {
      while (device.pop(chain)) device.push(chain, 0);
      device.interrupt();
    });
    expect(result.failures.map(({ code }) => code)).toEqual(['BLK_STATUS']);
  });

  test.each([
    ['device_reset', '2.4.1'],
    ['ring_reset', '2.6.1.1.1'],
  ])('a device that still writes into a ring after a %s is found out', async (event, section) => {
    const lifecycle = `{ every: 100, events: [${event}] }`;
    bench = new PeerBench(
      `{ workload: read, operations: 1M, backend: { size: 1MiB }, lifecycle: ${lifecycle} }`,
    );
    const chain = new Chain();
    let old: QueueSetup | null = null;
    let current: QueueSetup | null = null;
    const result = await runAgainst((device, setup) => {
      if (setup !== current) [old, current] = [current, setup];
      while (device.pop(chain)) {
        const { buffers } = chain;
        const last = buffers.count - 1;
        bench.ram.store8(buffers.address(last) + buffers.length(last) - 1, BlkStatus.ok);
        device.push(chain, chain.writableBytes);
      }
      device.interrupt();
      // The completion of a request of the old life comes late.
      if (old !== null) bench.ram.store16Release(splitLayout(old.size, old).usedIdx, 7);
    });
    expect(result.failures.map(({ code, exitCode }) => [code, exitCode])).toEqual([
      ['RING_WRITTEN_AFTER_RESET', 20],
    ]);
    expect(result.failures[0]?.fields).toMatchObject({ section });
    expect(result.failures[0]?.message).toContain('device area + 0');
  });

  test('interrupts for nothing do no harm', async () => {
    bench = new PeerBench();
    const result = await runAgainst(() => {
      bench.window.raiseUsedInterrupt(bench.window.interruptBell(0));
      // Enough of them; then the machine is stopped.
      if (bench.window.interruptBell(0).sequence() > 1000) bench.control.raiseStop(2);
    });
    expect(result.failures.map(({ code }) => code)).not.toContain('VIRTQ_USED_IDX_JUMP');
    expect(result.failures.every(({ exitCode }) => exitCode === 21)).toBe(true);
  });
});
