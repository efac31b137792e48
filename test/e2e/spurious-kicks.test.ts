import { afterEach, describe, expect, test } from 'vitest';
import { bringUpBlk } from '../../src/guest/bring-up.js';
import { GuestRings } from '../../src/machine/guest-rings.js';
import { HostCounter } from '../../src/stats/counters.js';
import { ExitChannel } from '../../src/transport/exits.js';
import { FeatureSet } from '../../src/transport/features.js';
import { MmioDriver } from '../../src/transport/mmio-driver.js';
import { resetDevice, setDriverOk } from '../../src/transport/negotiate.js';
import { PeerBench } from '../support/e2e/peer-bench.js';

let bench = new PeerBench();

afterEach(async () => {
  await bench.end();
});

describe('a device on its thread', () => {
  test('counts kicks that wake it while nothing is available, and nothing else that does', async () => {
    bench = new PeerBench();
    const spurious = (): number => bench.counters.get(HostCounter.spuriousKicks);
    const host = bench.startHost();
    const driver = new MmioDriver(bench.window, new ExitChannel(bench.window, 0, () => false));
    const rings = new GuestRings(bench.plan, bench.ram, bench.control);
    rings.prepare(null);
    bringUpBlk(driver, bench.ram, [], () => rings.all());
    setDriverOk(driver);
    // Each of these accesses rings the same bell.
    for (let i = 0; i < 100; i++) driver.readStatus();
    expect(spurious()).toBe(0);

    const kicker = driver.kicker(0, FeatureSet.empty);
    while (spurious() < 3) {
      kicker.notify(0);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    resetDevice(driver);
    bench.stopHost();
    expect((await host).failures).toEqual([]);
  });
});
