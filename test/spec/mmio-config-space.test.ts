import { describe, expect, test } from 'vitest';
import { BLK_CONFIG_BYTES, BlkConfig } from '../../src/devices/blk.js';
import { readBlkLimits } from '../../src/guest/blk-limits.js';
import { blkConfig } from '../../src/host/blk-config.js';
import { Mmio, MMIO_BYTES } from '../../src/transport/mmio-registers.js';
import { InterruptCause } from '../../src/transport/status.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT, RegisterRig } from '../support/transport/register-rig.js';

const CONFIG = Uint8Array.from({ length: 32 }, (_, i) => 0x81 + i);

describe('2.5 device configuration space, device', () => {
  test('2.5.2 N0024 every field can be read before FEATURES_OK, with every natural width', () => {
    for (const at of [AT.start, AT.driver, AT.featuresOk, AT.live]) {
      const rig = new RegisterRig();
      if (at !== AT.start) rig.initialise(at);
      const view = Buffer.from(CONFIG);
      for (const width of [1, 2, 4]) {
        for (let offset = 0; offset < CONFIG.length; offset += width) {
          expect(rig.read(Mmio.config + offset, width)).toBe(view.readUIntLE(offset, width));
        }
      }
      expect(rig.codes).toEqual([]);
    }
  });

  test('2.5.2 N0024 fields of features that are offered and not accepted can be read too', () => {
    const machine = new BlkMachine(jobPlan({ blk: { sizeMaxBytes: 4096, segMax: 9 } }));
    const read = (field: number): number => machine.device.read(Mmio.config + field, 4);
    expect([read(BlkConfig.sizeMax), read(BlkConfig.segMax)]).toEqual([4096, 9]);
    expect(read(BlkConfig.maxDiscardSectors)).toBeGreaterThan(0);
  });

  test('2.5 behind the last field, to the end of the page, there are zeros', () => {
    const rig = new RegisterRig();
    expect(rig.read(Mmio.config + CONFIG.length)).toBe(0);
    expect(rig.read(Mmio.config + CONFIG.length - 2, 2)).toBe(0xa09f);
    expect(rig.read(MMIO_BYTES - 4)).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test.each([
    [1, 2],
    [2, 4],
    [1, 4],
    [0, 3],
    [0, 8],
  ])('2.5 4.2.2.2 a read at offset %i of %i bytes is not answered', (offset, width) => {
    const rig = new RegisterRig();
    expect(rig.read(Mmio.config + offset, width)).toBe(0);
    expect(rig.codes).toEqual(['MMIO_CONFIG_ACCESS']);
  });

  test('2.5 a field that cannot be written keeps its value', () => {
    const rig = new RegisterRig();
    rig.write(Mmio.config, 0, 1);
    expect(rig.codes).toEqual(['MMIO_CONFIG_WRITE']);
    expect(rig.read(Mmio.config, 1)).toBe(0x81);
  });
});

describe('4.2.2 ConfigGeneration, device', () => {
  test('4.2.2.1 N0365 is another one after every change, so that no mixture looks whole', () => {
    const rig = RegisterRig.live();
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) {
      seen.add(rig.read(Mmio.configGeneration));
      rig.device.updateConfig(Uint8Array.of(i & 0xff));
    }
    expect(seen.size).toBe(300);
    const again = rig.read(Mmio.configGeneration);
    rig.read(Mmio.config, 1);
    expect(rig.read(Mmio.configGeneration), 'and the same one without a change').toBe(again);
  });

  test('2.5 a change is announced to a driver that is live, and to no other', () => {
    for (const [at, cause] of [
      [AT.featuresOk, 0],
      [AT.live, InterruptCause.configChange],
    ] as const) {
      const rig = new RegisterRig().initialise(at);
      rig.device.updateConfig(Uint8Array.of(1));
      expect(rig.read(Mmio.interruptStatus)).toBe(cause);
      expect(rig.window.interruptBell(2).sequence()).toBe(cause === 0 ? 0 : 1);
    }
  });

  test('2.5 the new configuration is there as a whole when the change is announced', () => {
    const rig = RegisterRig.live();
    rig.device.updateConfig(Uint8Array.of(1, 2, 3, 4, 5));
    expect([rig.read(Mmio.config), rig.read(Mmio.config + 4, 1), rig.read(Mmio.config + 5, 1)]).toEqual([
      0x04030201, 5, 0,
    ]);
  });
});

describe('2.5 device configuration space, driver', () => {
  /** A driver behind negotiation; its next accesses are the ones that count. */
  function negotiated(): BlkMachine {
    const machine = new BlkMachine(jobPlan());
    machine.bringUp();
    machine.log.accesses.length = 0;
    return machine;
  }

  test('2.5.1 N0020 a 64-bit field is read in halves, between two equal generations', () => {
    const machine = negotiated();
    const { features } = new BlkMachine(jobPlan()).bringUp();
    readBlkLimits(machine.driver, features);
    const { accesses } = machine.log;
    expect(accesses.every(({ widthBytes }) => widthBytes <= 4)).toBe(true);
    expect([accesses[0]?.offset, accesses.at(-1)?.offset]).toEqual([
      Mmio.configGeneration,
      Mmio.configGeneration,
    ]);
    const fields = accesses
      .filter(({ offset }) => offset >= Mmio.config)
      .map(({ offset }) => offset - Mmio.config);
    expect(fields).toContain(BlkConfig.capacitySectors);
    expect(fields).toContain(BlkConfig.capacitySectors + 4);
  });

  test('2.5.1 N0022 N0023 a configuration that is longer than the driver knows is no obstacle', () => {
    const machine = new BlkMachine(jobPlan());
    const longer = new Uint8Array(MMIO_BYTES - Mmio.config).fill(0xee);
    longer.set(blkConfig(machine.offer));
    longer.fill(0xee, BLK_CONFIG_BYTES);
    machine.device.updateConfig(longer);
    expect(machine.bringUp().limits.capacitySectors).toBe(256);
  });

  test('2.5.1 N0022 N0023 one that ends behind the fields of the accepted features is enough', () => {
    const machine = new BlkMachine(jobPlan());
    machine.device.updateConfig(blkConfig(machine.offer).slice(0, BlkConfig.maxWriteZeroesSectors + 4));
    expect(machine.bringUp().limits).toMatchObject({ capacitySectors: 256, maxWriteZeroesSectors: 65536 });
  });

  test('5.2.5.1 N0684 writeback is not read at all: CONFIG_WCE is never accepted', () => {
    const machine = new BlkMachine(jobPlan());
    const { features } = machine.bringUp();
    expect(features.has(11)).toBe(false);
    const offsets = machine.log.accesses.map(({ offset }) => offset);
    expect(offsets).not.toContain(Mmio.config + BlkConfig.writeback);
  });
});
