import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../support/ring/rig.js';
import { drain, pop, post, roundTrip, serve } from '../support/ring/traffic.js';

/** Posts and serves `count` buffers without telling anyone. */
function use(rig: Rig, count: number): void {
  for (let token = 0; token < count; token++) {
    post(rig, token);
    serve(rig);
  }
}

describe('2.7.7.1 what the driver says about used buffer notifications', () => {
  it('N0048 N0049 without EVENT_IDX flags is 0, or 1 to ask for no interrupts, and nothing else', () => {
    const { driver, wire } = makeRig({ eventIdx: false, startIndex: 9 });
    expect(wire.availFlags).toBe(0);
    driver.disableCallbacks();
    expect(wire.availFlags).toBe(1);
    driver.disableCallbacks();
    expect(wire.availFlags).toBe(1);
    expect(driver.enableCallbacks()).toBe(true);
    expect(wire.availFlags).toBe(0);
    driver.disableCallbacks();
    expect(driver.enableCallbacksDelayed()).toBe(true);
    expect(wire.availFlags).toBe(0);
    expect(wire.usedEvent, 'used_event is not used').toBe(9);
  });

  it('N0050 with EVENT_IDX flags stays 0 whatever the driver wishes', () => {
    const rig = makeRig({ eventIdx: true });
    const wishes = ['disableCallbacks', 'enableCallbacks', 'enableCallbacksDelayed'] as const;
    for (const wish of [...wishes, ...wishes]) {
      rig.driver[wish]();
      expect(rig.wire.availFlags, wish).toBe(0);
      roundTrip(rig, 1);
      expect(rig.wire.availFlags, `${wish}, and a buffer`).toBe(0);
    }
  });

  it('N0051 with EVENT_IDX used_event names the next entry, or one three quarters on, or one that is past', () => {
    const rig = makeRig({ eventIdx: true, startIndex: 0xfffe });
    const { driver, wire } = rig;
    for (let token = 0; token < 8; token++) post(rig, token);
    expect(driver.enableCallbacks()).toBe(true);
    expect(wire.usedEvent).toBe(0xfffe);
    expect(driver.enableCallbacksDelayed()).toBe(true);
    expect(wire.usedEvent).toBe((0xfffe + 6) & 0xffff);
    driver.disableCallbacks();
    expect((wire.usedEvent - 0xfffe) & 0xffff, 'behind').toBeGreaterThanOrEqual(0x8000);
  });

  it('N0051 with EVENT_IDX each buffer taken moves used_event on while callbacks are enabled, and only then', () => {
    const rig = makeRig({ eventIdx: true });
    use(rig, 3);
    rig.driver.getBuf();
    expect(rig.wire.usedEvent).toBe(1);
    rig.driver.disableCallbacks();
    const disabled = rig.wire.usedEvent;
    rig.driver.getBuf();
    rig.driver.getBuf();
    expect(rig.wire.usedEvent).toBe(disabled);
  });

  it('N0052 interrupts that nothing is behind are harmless', () => {
    for (const eventIdx of [false, true]) {
      const rig = makeRig({ eventIdx });
      for (let i = 0; i < 3; i++) expect(drain(rig)).toEqual([]);
      post(rig, 7);
      expect(drain(rig), 'not used yet').toEqual([]);
      serve(rig);
      expect(drain(rig)).toEqual([7]);
      expect(drain(rig)).toEqual([]);
      expect(rig.driver.freeCount).toBe(8);
    }
  });
});

describe('2.7.7.2 when the device notifies, without EVENT_IDX', () => {
  it('N0053 used_event is ignored', () => {
    for (const event of [0, 1, 5, 0x8000, 0xffff]) {
      const rig = makeRig({ eventIdx: false });
      rig.wire.usedEvent = event;
      use(rig, 1);
      expect(rig.device.interrupt(), `used_event ${event}`).toBe(true);
      rig.driver.disableCallbacks();
      use(rig, 1);
      expect(rig.device.interrupt(), `used_event ${event}`).toBe(false);
    }
  });

  it('N0054 flags 1: no notification', () => {
    const rig = makeRig();
    rig.wire.availFlags = 1;
    use(rig, 3);
    expect(rig.device.interrupt()).toBe(false);
    expect(rig.interrupts.count).toBe(0);
  });

  it('N0055 flags 0: a notification for every batch, even for one that the driver has taken already', () => {
    const rig = makeRig();
    use(rig, 3);
    expect(rig.device.interrupt()).toBe(true);
    use(rig, 1);
    expect(drain(rig)).toHaveLength(4);
    expect(rig.device.interrupt()).toBe(true);
    expect(rig.device.interrupt(), 'nothing since').toBe(false);
    expect(rig.interrupts.count).toBe(2);
  });

  it('N0055 the flag is read at the decision, not when buffers are used', () => {
    const rig = makeRig();
    rig.driver.disableCallbacks();
    use(rig, 1);
    expect(rig.driver.enableCallbacks(), 'a buffer is there already').toBe(false);
    expect(rig.device.interrupt()).toBe(true);
  });
});

describe('2.7.7.2 when the device notifies, with EVENT_IDX', () => {
  it('N0056 the lower bit of flags is ignored', () => {
    const rig = makeRig({ eventIdx: true });
    rig.wire.availFlags = 1;
    use(rig, 1);
    expect(rig.device.interrupt()).toBe(true);
    rig.wire.availFlags = 0;
    use(rig, 1);
    expect(rig.device.interrupt(), 'used_event is behind').toBe(false);
  });

  it('N0057 N0058 a notification if and only if the used index moved past used_event, one entry at a time', () => {
    for (const startIndex of [0, 0xfffe]) {
      const rig = makeRig({ eventIdx: true, startIndex });
      rig.driver.disableCallbacks();
      const fired: number[] = [];
      for (let i = 0; i < 8; i++) {
        rig.wire.usedEvent = (startIndex + 5) & 0xffff;
        use(rig, 1);
        if (rig.device.interrupt()) fired.push(i);
      }
      expect(fired, 'only at entry number 5').toEqual([5]);
    }
  });

  it.each([1, 2, 3, 7])('N0057 N0058 in batches of %i, the batch that contains used_event', (batch) => {
    for (const startIndex of [0, 0xfffa]) {
      for (let event = 0; event < 12; event++) {
        const rig = makeRig({ eventIdx: true, startIndex });
        rig.driver.disableCallbacks();
        const fired: number[] = [];
        for (let from = 0; from < 12; from += batch) {
          rig.wire.usedEvent = (startIndex + event) & 0xffff;
          use(rig, batch);
          drain(rig);
          if (rig.device.interrupt()) fired.push(from);
        }
        expect(fired, `used_event ${event}`).toEqual([event - (event % batch)]);
      }
    }
  });

  it('N0057 the range begins at the last decision, not at the last publication', () => {
    const rig = makeRig({ eventIdx: true });
    rig.wire.usedEvent = 0;
    post(rig, 0);
    post(rig, 1);
    rig.device.push(pop(rig), 0);
    rig.device.push(pop(rig), 0);
    expect(rig.device.interrupt()).toBe(true);
  });

  it('N0057 with IN_ORDER a batch told by one entry counts with all its buffers', () => {
    const rig = makeRig({ eventIdx: true, inOrder: true });
    for (let token = 0; token < 4; token++) post(rig, token);
    rig.wire.usedEvent = 1;
    for (let i = 0; i < 4; i++) rig.device.stageUsed(pop(rig), 16);
    expect(rig.device.interrupt()).toBe(true);
    expect(rig.wire.usedEntry(0).id, 'the one entry').toBe(3);
  });

  it('a used_event that was armed and reached does not fire again until it is armed again', () => {
    const rig = makeRig({ eventIdx: true });
    expect(rig.driver.enableCallbacks()).toBe(true);
    use(rig, 1);
    expect(rig.device.interrupt()).toBe(true);
    for (let i = 0; i < 4; i++) {
      use(rig, 1);
      expect(rig.device.interrupt()).toBe(false);
    }
  });

  it('an armed used_event that nobody renews fires once in 65536 entries: there is no value for never', () => {
    const rig = makeRig({ eventIdx: true, size: 1 });
    rig.driver.disableCallbacks();
    const armed = rig.wire.usedEvent;
    const fired: number[] = [];
    for (let i = 0; i < 2 * 65536; i++) {
      roundTrip(rig, i);
      if (rig.device.interrupt()) fired.push(i);
    }
    expect(rig.wire.usedEvent, 'left alone').toBe(armed);
    expect(fired).toEqual([armed, armed + 65536]);
  });

  it.each([
    { entries: 65535, event: -1, fires: true },
    { entries: 65535, event: 0, fires: false },
    { entries: 65536, event: 0, fires: true },
    { entries: 65537, event: 0, fires: true },
  ])('N0057 N0058 a lap without a decision: %o', ({ entries, event, fires }) => {
    const rig = makeRig({ eventIdx: true, size: 1, startIndex: 100 });
    rig.driver.disableCallbacks();
    for (let i = 0; i < entries; i++) roundTrip(rig, i);
    // Counted from used.idx: -1 is the newest entry, 0 the next one, which after 65536 entries is also the oldest.
    rig.wire.usedEvent = (rig.wire.usedIdx + event) & 0xffff;
    expect(rig.device.interruptPrepare()).toBe(fires);
  });
});
