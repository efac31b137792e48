import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import { Feature } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, resumeDevice, setDriverOk, suspendDevice } from '../../src/transport/negotiate.js';
import { InterruptCause, Status } from '../../src/transport/status.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import type { PlanChanges } from '../support/transport/job-plan.js';
import { AT, MODEL, RegisterRig, ringAt } from '../support/transport/register-rig.js';
import { Requests } from '../support/transport/requests.js';

const SUSPENDED = AT.featuresOk | Status.suspend;
const SUSPEND = AT.live | Status.suspend;
const FEATURES = MODEL.features.with(Feature.suspend);
const TRANSPORTS = ['mmio', 'pci'] as const;
const LAYOUTS = ['split', 'packed'] as const;

/** A live block device that can be suspended, and its driver. */
function live(changes: PlanChanges = {}): Requests {
  return new Requests({ ...changes, queue: { size: 16, ...changes.queue, features: ['SUSPEND'] } });
}

/** A live device of no type, and a driver in front of it. */
function rigged(): DriverRig {
  const rig = new DriverRig({ model: { features: FEATURES } });
  negotiate(rig.driver, { supported: FEATURES, dependencies: MODEL.dependencies });
  for (const queue of [0, 1, 2]) rig.driver.enableQueue(queue, 16, ringAt(queue));
  setDriverOk(rig.driver);
  rig.settle();
  return rig;
}

function memoryOf({ machine }: Requests): Uint8Array {
  return machine.ram.bytes(0, machine.ram.sizeBytes).slice();
}

function rings({ machine }: Requests): number {
  return machine.window.interruptBell(0).sequence();
}

function throwing(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe('3.4.1 device suspend, driver', () => {
  test('3.4.1 N0242 the driver does not set SUSPEND on a device that is not live', () => {
    const rig = new DriverRig({ model: { features: FEATURES } });
    negotiate(rig.driver, { supported: FEATURES, dependencies: MODEL.dependencies });
    expect(() => suspendDevice(rig.driver)).toThrow(throwing('NOT_LIVE'));
    expect(rig.log.written(Mmio.status).at(-1)).toBe(AT.featuresOk);
    expect(rig.status).toBe(AT.featuresOk);
  });

  test('3.4.1 N0243 the driver reads the status again until it shows SUSPEND', () => {
    const rig = rigged();
    rig.slowness = 9;
    const from = rig.log.accesses.length;
    suspendDevice(rig.driver);
    const [before, write, ...reads] = rig.log.lines.slice(from);
    expect([before, write]).toEqual([`read status ${AT.live}`, `write status ${SUSPEND}`]);
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.pop()).toBe(`read status ${SUSPENDED}`);
    expect(new Set(reads)).toEqual(new Set([`read status ${AT.live}`]));
  });

  test('3.4.1 N0243 the driver gives up when it is told to, and when the device asks for a reset instead', () => {
    const slow = rigged();
    slow.slowness = Infinity;
    const error = new Error('enough');
    let looks = 0;
    expect(() => suspendDevice(slow.driver, () => (++looks === 5 ? error : null))).toThrow(error);
    const broken = rigged();
    broken.slowness = 3;
    broken.log.onAccess = ({ kind, offset, value }) => {
      if (kind === 'write' && offset === Mmio.status && value === SUSPEND) broken.queues[1]?.fail();
    };
    expect(() => suspendDevice(broken.driver)).toThrow(throwing('DEVICE_NEEDS_RESET'));
    expect(() => suspendDevice(broken.driver), 'a second time').toThrow(throwing('DEVICE_NEEDS_RESET'));
  });

  test.each(LAYOUTS)(
    '3.4.1 N0244 N0245 N0246 between the two the driver touches no ring, kicks nothing and writes status alone, %s',
    (layout) => {
      const requests = live({ queue: { layout } });
      const { machine, blk } = requests;
      blk.read(0, 1, 512, 1);
      requests.kickAndWork();
      const before = memoryOf(requests);
      const notified = machine.window.notification(0);
      const from = machine.log.accesses.length;
      suspendDevice(machine.driver);
      resumeDevice(machine.driver);
      const writes = machine.log.accesses.slice(from).filter(({ kind }) => kind === 'write');
      expect(writes.map(({ offset, value }) => [offset, value])).toEqual([
        [Mmio.status, SUSPEND],
        [Mmio.status, SUSPEND],
      ]);
      expect(machine.window.notification(0)).toBe(notified);
      // Whatever the device asked for while it was awake is its own part of the rings.
      expect(machine.ram.bytes(machine.ring.desc, 64)).toEqual(
        before.slice(machine.ring.desc, machine.ring.desc + 64),
      );
      expect(machine.ram.bytes(machine.ring.driver, 4)).toEqual(
        before.slice(machine.ring.driver, machine.ring.driver + 4),
      );
    },
  );

  test('3.4.1 N0247 the driver reads the status again until it shows DRIVER_OK and no SUSPEND', () => {
    const rig = rigged();
    suspendDevice(rig.driver);
    const from = rig.log.accesses.length;
    resumeDevice(rig.driver);
    expect(rig.log.lines.slice(from)).toEqual([
      `read status ${SUSPENDED}`,
      `write status ${SUSPEND}`,
      `read status ${AT.live}`,
    ]);
    expect(rig.codes).toEqual([]);
  });
});

describe('3.4.2 device suspend, device: the status', () => {
  test('3.4.2 N0248 SUSPEND is ignored before DRIVER_OK, and together with it', () => {
    const rig = new RegisterRig({ model: { features: FEATURES } }).initialise(AT.featuresOk);
    rig.enableQueue(0);
    rig.write(Mmio.status, AT.featuresOk | Status.suspend);
    expect(rig.status).toBe(AT.featuresOk);
    rig.write(Mmio.status, SUSPEND);
    rig.settle();
    expect(rig.status).toBe(AT.live);
    expect(rig.isLive(0)).toBe(true);
    expect(rig.codes).toEqual([]);
  });

  test('3.4.2 N0248 SUSPEND is ignored where it was offered and not accepted', () => {
    const rig = new RegisterRig({ model: { features: FEATURES } });
    rig.initialise(AT.featuresOk, MODEL.features).enableQueue(0);
    rig.initialise(AT.live);
    rig.write(Mmio.status, SUSPEND);
    rig.settle();
    expect([rig.status, rig.isLive(0)]).toEqual([AT.live, true]);
    expect(rig.codes).toEqual([]);
  });

  test('3.4.2 N0253 the device is suspended when every queue is at rest, and not before', () => {
    const rig = RegisterRig.live({ model: { features: FEATURES } });
    rig.write(Mmio.status, SUSPEND);
    for (const queue of rig.queues) {
      expect(rig.status, `queue ${queue.index} still works`).toBe(AT.live);
      expect(queue.change()?.kind).toBe('pause');
      queue.acknowledge();
    }
    expect(rig.status).toBe(SUSPENDED);
    expect(rig.window.status, 'for all to see').toBe(SUSPENDED);
    expect(rig.codes).toEqual([]);
  });

  test('3.4.2 N0253 a device that cannot be suspended shows DEVICE_NEEDS_RESET instead', () => {
    const rig = RegisterRig.live({ model: { features: FEATURES } });
    rig.write(Mmio.status, SUSPEND);
    rig.queues[0]?.acknowledge();
    rig.queues[1]?.fail();
    while (rig.settle()) rig.device.poll();
    rig.device.poll();
    expect(rig.status).toBe(AT.live | Status.needsReset);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([false, false, false]);
    rig.write(Mmio.status, SUSPEND | Status.needsReset);
    rig.settle();
    expect(rig.status, 'nor can it be afterwards').toBe(AT.live | Status.needsReset);
  });

  test('3.4.2 N0250 a queue that is enabled on the way, or at rest, starts when the device resumes', () => {
    const rig = new RegisterRig({ model: { features: FEATURES } }).initialise(AT.featuresOk);
    rig.enableQueue(0);
    rig.initialise(AT.live);
    rig.settle();
    rig.write(Mmio.status, SUSPEND);
    rig.enableQueue(1);
    rig.settle();
    expect(rig.status).toBe(SUSPENDED);
    rig.enableQueue(2);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([false, false, false]);
    rig.write(Mmio.status, SUSPEND);
    expect(rig.queues.map((queue) => queue.change()?.kind)).toEqual(['resume', 'start', 'start']);
    expect(rig.status).toBe(AT.live);
    expect(rig.codes).toEqual([]);
  });

  test('3.4.2 a reset ends a suspension, on the way and at rest', () => {
    for (const atRest of [false, true]) {
      const rig = RegisterRig.live({ model: { features: FEATURES } });
      rig.write(Mmio.status, SUSPEND);
      if (atRest) rig.settle();
      expect(rig.status).toBe(atRest ? SUSPENDED : AT.live);
      rig.device.updateConfig(new Uint8Array(8));
      rig.write(Mmio.status, 0);
      expect(rig.queues.map((queue) => queue.change()?.kind)).toEqual(['stop', 'stop', 'stop']);
      rig.settle();
      expect(rig.status).toBe(0);
      rig.initialise(AT.live);
      expect(rig.status).toBe(AT.live);
      expect(rig.window.interruptStatus, 'nothing is told that was before').toBe(0);
      expect(rig.codes).toEqual([]);
    }
  });

  test('3.4.2 N0250 a device that comes to need a reset at rest tells its driver when it is resumed', () => {
    const rig = RegisterRig.live({ model: { features: FEATURES } });
    rig.write(Mmio.status, SUSPEND);
    rig.settle();
    rig.read(Mmio.status);
    rig.write(Mmio.queueSel, 77);
    rig.write(Mmio.queueSize, 4);
    expect(rig.codes).toEqual(['MMIO_QUEUE_SEL']);
    expect([rig.status, rig.window.interruptStatus]).toEqual([SUSPENDED | Status.needsReset, 0]);
    rig.write(Mmio.status, SUSPEND);
    rig.settle();
    expect(rig.status).toBe(AT.live | Status.needsReset);
    expect(rig.window.interruptStatus).toBe(InterruptCause.configChange);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([false, false, false]);
  });

  test('3.4.2 N0253 setting it again, before and after, changes nothing', () => {
    const rig = RegisterRig.live({ model: { features: FEATURES } });
    rig.write(Mmio.status, SUSPEND);
    rig.write(Mmio.status, SUSPEND);
    rig.settle();
    expect(rig.status).toBe(SUSPENDED);
    rig.write(Mmio.status, SUSPENDED);
    expect(rig.status).toBe(SUSPENDED);
    expect(rig.codes).toEqual([]);
  });
});

describe.each(TRANSPORTS)('3.4.2 device suspend, device: at rest, %s', (transport) => {
  test('3.4.2 N0249 writes to its configuration are ignored', () => {
    const { machine } = live({ transport });
    const read = () => machine.driver.readConfig(0, 4);
    const before = read();
    suspendDevice(machine.driver);
    machine.driver.writeConfig(0, 4, 0xffff_ffff);
    expect(read()).toBe(before);
    expect(machine.violations).toEqual([]);
    expect(machine.window.status).toBe(SUSPENDED);
    resumeDevice(machine.driver);
    machine.driver.writeConfig(0, 4, 0xffff_ffff);
    expect(machine.violations, 'awake it minds').toHaveLength(1);
  });

  test.each(LAYOUTS)(
    '3.4.2 N0250 no ring is looked at and nobody is notified, kick as one may, %s',
    (layout) => {
      const requests = live({ transport, queue: { layout } });
      const { machine, blk, queue } = requests;
      suspendDevice(machine.driver);
      for (let slot = 0; slot < 3; slot++) blk.read(slot, slot, 512, 1);
      queue.publish();
      const [before, rung] = [memoryOf(requests), rings(requests)];
      machine.driver.kicker(0, machine.hostQueue.negotiatedFeatures()).notify(3);
      machine.hostRunsDry();
      expect(machine.stats.buffersPopped).toBe(0);
      expect(Buffer.compare(memoryOf(requests), before)).toBe(0);
      expect(rings(requests)).toBe(rung);
      expect(machine.violations).toEqual([]);
    },
  );

  test('3.4.2 N0251 N0252 a change of configuration is told when it is resumed, and once', () => {
    const requests = live({ transport });
    const { machine } = requests;
    const line = machine.driver.interrupts(0);
    line.acknowledge(line.pending());
    suspendDevice(machine.driver);
    const rung = rings(requests);
    machine.device.updateConfig(new Uint8Array(64));
    machine.device.updateConfig(new Uint8Array(64).fill(1));
    machine.hostRunsDry();
    expect(rings(requests)).toBe(rung);
    expect(line.pending() & InterruptCause.configChange).toBe(0);
    resumeDevice(machine.driver);
    expect(rings(requests)).toBe(rung + 1);
    expect(line.pending() & InterruptCause.configChange).not.toBe(0);
    suspendDevice(machine.driver);
    resumeDevice(machine.driver);
    expect(rings(requests), 'nothing new since').toBe(rung + 1);
  });

  test.each(LAYOUTS)(
    '3.4.2 N0254 it goes on where it was, and finds what is there without a kick, %s',
    (layout) => {
      const requests = live({ transport, queue: { layout, size: 8, startIndex: 65530 } });
      const { machine, blk, queue } = requests;
      for (let round = 0; round < 40; round++) {
        expect(requests.do((disk) => disk.read(round % 4, round, 512, 1))).toBe(BlkStatus.ok);
        const served = machine.live;
        suspendDevice(machine.driver);
        blk.read(5, 7, 512, 1);
        queue.publish();
        resumeDevice(machine.driver);
        machine.hostRunsDry();
        expect(blk.complete()).toBe(5);
        expect(machine.live, 'the same end of the ring').toBe(served);
      }
      expect(machine.stats.buffersUsed).toBe(80);
      expect(machine.violations).toEqual([]);
    },
  );

  test.each(LAYOUTS)(
    '3.4.2 N0255 what was in service is finished, shown and told before the status says so, %s',
    (layout) => {
      const service = { window: 4, order: 'lifo' } as const;
      const workload = { arrival: { model: 'closed', depth: 32 } } as const;
      const requests = live({ transport, service, workload, queue: { layout, size: 128 } });
      const { machine, blk, queue } = requests;
      for (let slot = 0; slot < 32; slot++) blk.read(slot, slot, 512, 1);
      queue.enableCallbacks();
      queue.kick();
      const atWrite = { popped: 0, used: 0, rings: 0 };
      machine.log.onAccess = ({ kind }) => {
        const { buffersPopped: popped, buffersUsed: used } = machine.stats;
        if (kind === 'write') Object.assign(atWrite, { popped, used, rings: rings(requests) });
      };
      suspendDevice(machine.driver);
      expect(atWrite.popped, 'some were in service').toBeGreaterThan(atWrite.used);
      expect(machine.stats).toMatchObject({ buffersPopped: atWrite.popped, buffersUsed: atWrite.popped });
      expect(rings(requests)).toBe(atWrite.rings + 1);
      let completed = 0;
      while (blk.complete() !== -1) completed += 1;
      expect(completed).toBe(atWrite.popped);
      expect(blk.outstandingCount, 'the rest was not begun').toBe(32 - atWrite.popped);
      resumeDevice(machine.driver);
      machine.hostRunsDry();
      while (blk.complete() !== -1) completed += 1;
      expect(completed).toBe(32);
    },
  );
});
