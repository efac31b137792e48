import { describe, expect, it } from 'vitest';
import { Chain } from '../../src/virtqueue/chain.js';
import { makeRig, type Rig } from '../support/ring/rig.js';
import { buffer, drain, post, roundTrip, serve } from '../support/ring/traffic.js';

/** Adds `count` buffers and lets the driver decide; the device serves them afterwards. */
function kickAfter(rig: Rig, count: number): boolean {
  for (let token = 0; token < count; token++) rig.driver.stageBuf(buffer(rig, [], [16]), token);
  const kicked = rig.driver.kick();
  for (let i = 0; i < count; i++) serve(rig);
  drain(rig);
  return kicked;
}

describe('2.7.10.1 when the driver notifies, without EVENT_IDX', () => {
  it('N0063 flags in the used ring is 0 once the queue is set up', () => {
    expect(makeRig({ eventIdx: false }).wire.usedFlags).toBe(0);
    expect(makeRig({ eventIdx: true }).wire.usedFlags).toBe(0);
  });

  it('N0064 avail_event is ignored', () => {
    for (const event of [0, 1, 5, 0x8000, 0xffff]) {
      const rig = makeRig({ eventIdx: false });
      rig.wire.availEvent = event;
      expect(kickAfter(rig, 1), `avail_event ${event}`).toBe(true);
      rig.wire.usedFlags = 1;
      expect(kickAfter(rig, 1), `avail_event ${event}`).toBe(false);
    }
  });

  it('N0065 flags 1: no notification', () => {
    const rig = makeRig();
    rig.wire.usedFlags = 1;
    expect(kickAfter(rig, 3)).toBe(false);
    expect(rig.kicks.count).toBe(0);
  });

  it('N0066 flags 0: a notification for every batch, which carries the next index', () => {
    const rig = makeRig({ startIndex: 0xfffe });
    expect(kickAfter(rig, 3)).toBe(true);
    expect(rig.kicks).toMatchObject({ count: 1, lastIndex: 1 });
    expect(rig.driver.kick(), 'nothing since').toBe(false);
    expect(kickAfter(rig, 1)).toBe(true);
    expect(rig.kicks).toMatchObject({ count: 2, lastIndex: 2 });
  });

  it('N0066 buffers that the device has taken already are notified all the same', () => {
    const rig = makeRig();
    roundTrip(rig, 1);
    expect(rig.driver.kick()).toBe(true);
  });

  it('N0066 kickPrepare decides and leaves the notification to the caller', () => {
    const rig = makeRig();
    post(rig, 1);
    expect(rig.driver.kickPrepare()).toBe(true);
    expect(rig.driver.kickPrepare()).toBe(false);
    expect(rig.kicks.count).toBe(0);
  });
});

describe('2.7.10.1 when the driver notifies, with EVENT_IDX', () => {
  it('N0067 the lower bit of flags is ignored', () => {
    const rig = makeRig({ eventIdx: true });
    rig.wire.usedFlags = 1;
    expect(kickAfter(rig, 1)).toBe(true);
    rig.wire.usedFlags = 0;
    expect(kickAfter(rig, 1), 'avail_event is behind').toBe(false);
  });

  it.each([1, 2, 3, 7])(
    'N0068 N0069 in batches of %i, the one that contains avail_event and no other',
    (batch) => {
      for (const startIndex of [0, 0xfffa]) {
        for (let event = 0; event < 12; event++) {
          const rig = makeRig({ eventIdx: true, startIndex });
          const fired: number[] = [];
          for (let from = 0; from < 12; from += batch) {
            rig.wire.availEvent = (startIndex + event) & 0xffff;
            if (kickAfter(rig, batch)) fired.push(from);
          }
          expect(fired, `avail_event ${event}`).toEqual([event - (event % batch)]);
        }
      }
    },
  );

  it('N0068 the range begins at the last decision, not at the last publication', () => {
    const rig = makeRig({ eventIdx: true });
    for (let token = 0; token < 3; token++) post(rig, token);
    expect(rig.wire.availEvent, 'the first of them').toBe(0);
    expect(rig.driver.kick()).toBe(true);
  });

  it.each([
    { entries: 65535, event: -1, fires: true },
    { entries: 65535, event: 0, fires: false },
    { entries: 65536, event: 0, fires: true },
    { entries: 65537, event: 0, fires: true },
  ])('N0068 N0069 a lap without a decision: %o', ({ entries, event, fires }) => {
    const rig = makeRig({ eventIdx: true, size: 1, startIndex: 100 });
    for (let i = 0; i < entries; i++) roundTrip(rig, i);
    // Counted from avail.idx: -1 is the newest entry, 0 the next one, which after 65536 entries is also the oldest.
    rig.wire.availEvent = (rig.wire.availIdx + event) & 0xffff;
    expect(rig.driver.kickPrepare()).toBe(fires);
  });
});

describe('2.7.10.2 what the device says about available buffer notifications', () => {
  it('N0070 N0071 without EVENT_IDX flags is 0, or 1 to ask for no kicks, and nothing else', () => {
    const { device, wire } = makeRig({ eventIdx: false, startIndex: 9 });
    expect(wire.usedFlags).toBe(0);
    device.disableKicks();
    expect(wire.usedFlags).toBe(1);
    expect(device.enableKicks()).toBe(true);
    expect(wire.usedFlags).toBe(0);
    expect(wire.availEvent, 'avail_event is not used').toBe(9);
  });

  it('N0072 with EVENT_IDX flags stays 0 whatever the device wishes', () => {
    const rig = makeRig({ eventIdx: true });
    for (const wish of ['disableKicks', 'enableKicks', 'disableKicks'] as const) {
      rig.device[wish]();
      expect(rig.wire.usedFlags, wish).toBe(0);
      roundTrip(rig, 1);
      expect(rig.wire.usedFlags, `${wish}, and a buffer`).toBe(0);
    }
  });

  it('N0073 with EVENT_IDX avail_event names the entry that the device takes next', () => {
    const rig = makeRig({ eventIdx: true, startIndex: 0xffff });
    expect(rig.device.enableKicks()).toBe(true);
    expect(rig.wire.availEvent).toBe(0xffff);
    for (let token = 0; token < 3; token++) post(rig, token);
    serve(rig);
    serve(rig);
    expect(rig.device.enableKicks(), 'one is there').toBe(false);
    expect(rig.wire.availEvent).toBe(1);
  });

  it('N0074 kicks that nothing is behind are harmless', () => {
    for (const eventIdx of [false, true]) {
      const rig = makeRig({ eventIdx });
      const chain = new Chain();
      for (let i = 0; i < 3; i++) expect(rig.device.pop(chain)).toBe(false);
      rig.driver.stageBuf(buffer(rig, [], [16]), 7);
      expect(rig.device.pop(chain), 'not published yet').toBe(false);
      expect(chain.head).toBe(-1);
      rig.driver.publish();
      serve(rig);
      expect(rig.device.pop(chain)).toBe(false);
      expect(drain(rig)).toEqual([7]);
    }
  });
});

describe('2.7.13.4 no kick is lost', () => {
  it.each([false, true])(
    'between disabled and asleep a new buffer is noticed or kicked for, EVENT_IDX %s',
    (eventIdx) => {
      const rig = makeRig({ eventIdx });
      rig.device.disableKicks();
      post(rig, 1);
      rig.driver.kick();
      expect(rig.device.enableKicks(), 'it was added before: the device must not sleep').toBe(false);
      serve(rig);
      expect(rig.device.enableKicks()).toBe(true);
      post(rig, 2);
      expect(rig.driver.kick(), 'it was added after: the device sleeps').toBe(true);
    },
  );

  it.each([false, true])('the same for interrupts, EVENT_IDX %s', (eventIdx) => {
    const rig = makeRig({ eventIdx });
    rig.driver.disableCallbacks();
    for (let token = 0; token < 3; token++) post(rig, token);
    serve(rig);
    rig.device.interrupt();
    expect(rig.driver.enableCallbacks(), 'it was used before: the driver must not sleep').toBe(false);
    expect(drain(rig)).toEqual([0]);
    expect(rig.driver.enableCallbacks()).toBe(true);
    serve(rig);
    expect(rig.device.interrupt(), 'it was used after: the driver sleeps').toBe(true);
  });

  it.each([false, true])(
    'a delayed interrupt comes at the latest with the last buffer, EVENT_IDX %s',
    (eventIdx) => {
      for (let outstanding = 1; outstanding <= 8; outstanding++) {
        const rig = makeRig({ eventIdx, startIndex: 0xfffd });
        for (let token = 0; token < outstanding; token++) post(rig, token);
        expect(rig.driver.enableCallbacksDelayed()).toBe(true);
        const fired: number[] = [];
        for (let i = 0; i < outstanding; i++) {
          serve(rig);
          if (rig.device.interrupt()) fired.push(i);
        }
        const later = Math.floor((outstanding * 3) / 4);
        expect(fired).toEqual(eventIdx ? [later] : Array.from({ length: outstanding }, (_, i) => i));
      }
    },
  );

  it.each([false, true])(
    'a delayed wish is refused when that much is used already, EVENT_IDX %s',
    (eventIdx) => {
      const rig = makeRig({ eventIdx });
      for (let token = 0; token < 8; token++) post(rig, token);
      for (let i = 0; i < 2; i++) serve(rig);
      expect(rig.driver.getBuf()).toBe(0);
      for (let i = 0; i < 6; i++) serve(rig);
      rig.device.interrupt();
      // Seven are used and one of them was seen: what counts is how many there are, not how many were seen.
      expect(rig.driver.enableCallbacksDelayed()).toBe(false);
      expect(drain(rig)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    },
  );
});
