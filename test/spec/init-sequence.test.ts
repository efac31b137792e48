import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, setDriverOk } from '../../src/transport/negotiate.js';
import { Status } from '../../src/transport/status.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT, RegisterRig } from '../support/transport/register-rig.js';

/** Every register access of a block driver, from the first to DRIVER_OK. */
function initialised(): BlkMachine {
  const machine = new BlkMachine(jobPlan({ blk: { segMax: 8 } }));
  machine.bringUp();
  setDriverOk(machine.driver);
  return machine;
}

/** The same accesses, repetitions of one kind as one. */
function stages(machine: BlkMachine): string[] {
  const names = machine.log.lines.map((line) => line.replace(/^read config\+.*/, 'read config'));
  return names.map((line) => line.replace(/ \d+$/, '')).filter((line, i, all) => line !== all[i - 1]);
}

describe('3.1 device initialization', () => {
  test('3.1.1 N0234 the steps come in their order', () => {
    const lines = initialised().log.lines;
    const at = (line: string): number => {
      expect(lines, line).toContain(line);
      return lines.indexOf(line);
    };
    const order = [
      at('write status 0'),
      at('read status 0'),
      at('write status 1'),
      at('write status 3'),
      lines.findIndex((line) => line.startsWith('read deviceFeatures ')),
      lines.findIndex((line) => line.startsWith('write driverFeatures ')),
      at('write status 11'),
      at('read status 11'),
      lines.findIndex((line) => line.startsWith('read config+')),
      at('write queueReady 1'),
      at('write status 15'),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(lines.at(-1)).toBe('write status 15');
  });

  test('3.1.1 N0234 5.2.5 features are agreed, then limits are read, then queues set up', () => {
    const tail = stages(initialised());
    expect(tail.slice(tail.lastIndexOf('read status') + 1)).toEqual([
      'read configGeneration',
      'read config',
      'read configGeneration',
      'write queueSel',
      'read queueSizeMax',
      'write queueSel',
      'read queueReady',
      'write queueSize',
      'write queueDescLow',
      'write queueDescHigh',
      'write queueDriverLow',
      'write queueDriverHigh',
      'write queueDeviceLow',
      'write queueDeviceHigh',
      'write queueReady',
      'write status',
    ]);
  });

  test('3.1.1 N0235 the configuration is not written', () => {
    const { accesses } = initialised().log;
    const written = accesses.filter(({ kind, offset }) => kind === 'write' && offset >= Mmio.config);
    expect(written).toEqual([]);
  });

  test('3.1.1 N0236 no feature is accepted after FEATURES_OK', () => {
    const { lines } = initialised().log;
    const behind = lines.slice(lines.indexOf('write status 11'));
    expect(behind.filter((line) => line.includes('riverFeatures'))).toEqual([]);
  });

  test('3.1.1 N0236 a driver that tries is stopped, and the agreement stays', () => {
    for (const at of [AT.featuresOk, AT.live]) {
      const rig = new RegisterRig().initialise(at, FeatureSet.of(3, 32));
      rig.accept(FeatureSet.of(3, 9, 32));
      expect(new Set(rig.codes)).toEqual(new Set(['FEATURES_FROZEN']));
      expect(rig.status).toBe(at | Status.needsReset);
      expect(rig.queues[0]?.negotiatedFeatures().bits()).toEqual([3, 32]);
    }
  });

  test('3.1.1 FEATURES_OK is read back: a device that refuses is noticed', () => {
    const rig = new DriverRig({ model: { dependencies: [{ bit: 3, needs: [4] }] } });
    const wishes = { supported: FeatureSet.of(3), dependencies: [] };
    expect(() => negotiate(rig.driver, wishes)).toThrow(
      expect.objectContaining({ code: 'FEATURES_REFUSED' }) as Error,
    );
    const { lines } = rig.log;
    expect(lines.slice(lines.indexOf('write status 11'))).toEqual([
      'write status 11',
      'read status 3',
      'read status 3',
      `write status ${3 + Status.failed}`,
    ]);
  });

  test.each([
    ['without VERSION_1', { model: { features: FeatureSet.of(3) } }],
    ['that refuses', { model: { dependencies: [{ bit: 3, needs: [4] }] } }],
  ])('3.1.1 N0237 N0238 a device %s is marked FAILED, and nothing follows', (_, options) => {
    const rig = new DriverRig(options);
    expect(() => negotiate(rig.driver, { supported: FeatureSet.of(3), dependencies: [] })).toThrow();
    expect(rig.log.lines.at(-1)).toBe(`write status ${AT.driver | Status.failed}`);
    expect(rig.log.written(Mmio.queueReady)).toEqual([]);
  });

  test('3.1.1 N0239 no kick before DRIVER_OK', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk } = machine.drive(machine.bringUp());
    const exits = machine.log.accesses.length;
    // The bell is also rung for every exit; there was nothing else.
    expect(machine.window.kickBell(0).sequence()).toBe(exits);
    expect(machine.log.written(Mmio.queueNotify)).toEqual([]);
    expect(blk.read(0, 0, 512, 1)).toBe(true);
    setDriverOk(machine.driver);
    machine.hostRunsDry();
    expect(machine.stats.buffersPopped, 'staged and not published: the device cannot see it').toBe(0);
  });

  test('3.1.1 a queue is not enabled before FEATURES_OK, and DRIVER_OK without it starts nothing', () => {
    const rig = new RegisterRig().initialise(AT.driver);
    rig.enableQueue(0);
    rig.write(Mmio.status, AT.driver | Status.driverOk);
    expect(rig.codes).toEqual(['MMIO_QUEUE_EARLY', 'STATUS_ORDER']);
    expect(rig.isLive(0)).toBe(false);
    expect(rig.status).toBe(AT.driver | Status.needsReset);
  });
});

describe('3.3 device cleanup', () => {
  test('3.3.1 N0240 N0241 buffers come back from a device only once it is reset', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    blk.read(0, 5, 512, 1);
    queue.publish();
    machine.driver.writeStatus(0);
    expect(machine.driver.readStatus(), 'the queue is not live any more').toBe(0);
    expect(machine.live).toBeNull();
    expect(blk.detach()).toBe(0);
    blk.slots.bytes(0).fill(0x5a);
    machine.driver.kicker(0, FeatureSet.empty).notify(1);
    machine.hostRunsDry();
    expect(blk.slots.bytes(0).every((byte) => byte === 0x5a)).toBe(true);
  });
});
