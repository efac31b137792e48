import { describe, expect, it } from 'vitest';
import { EVENT_DESC, EVENT_DISABLE, EVENT_ENABLE } from '../support/ring/packed-wire.js';
import { makePackedRig, type PackedRig } from '../support/ring/rig.js';
import { buffer, drain, pop, post, postMany, roundTrip, serve } from '../support/ring/traffic.js';

/** One direction of notifications: who says when, and who decides. */
interface Direction {
  readonly title: string;
  /** Buffers pass the deciding side; then it decides. */
  pass(rig: PackedRig, slots: readonly number[]): boolean;
  /** What the other side wishes, written into memory. */
  wish(rig: PackedRig, flags: number, position?: number): void;
}

const list = (rig: PackedRig, slots: number) =>
  buffer(
    rig,
    [],
    Array.from({ length: slots }, () => 4),
  );

const available: Direction = {
  title: 'available buffer notifications',
  pass(rig, slots) {
    for (const [token, count] of slots.entries()) rig.driver.stageBuf(list(rig, count), token);
    const kicked = rig.driver.kick();
    for (const _ of slots) serve(rig);
    drain(rig);
    return kicked;
  },
  wish: (rig, flags, position = 0) => rig.wire.pokeDeviceEvent({ ...placeOf(rig, position), flags }),
};

const used: Direction = {
  title: 'used buffer notifications',
  pass(rig, slots) {
    for (const [token, count] of slots.entries()) post(rig, token, list(rig, count));
    for (const count of slots) rig.device.stageUsed(pop(rig), 4 * count);
    const interrupted = rig.device.interrupt();
    drain(rig);
    return interrupted;
  },
  wish: (rig, flags, position = 0) => rig.wire.pokeDriverEvent({ ...placeOf(rig, position), flags }),
};

function placeOf(rig: PackedRig, position: number): { slot: number; wrap: number } {
  return { slot: position % rig.options.size, wrap: rig.wire.wrapOf(position) };
}

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe.each([available, used])('2.8.10 $title, decided', ({ pass, wish }) => {
  it('ENABLE: for everything new, and for nothing else; it is what zeroed memory says', () => {
    const rig = makePackedRig({ size: 5 });
    expect(pass(rig, [1])).toBe(true);
    expect(pass(rig, [])).toBe(false);
    expect(pass(rig, [2, 1])).toBe(true);
  });

  it('DISABLE: for nothing', () => {
    for (const eventIdx of [false, true]) {
      const rig = makePackedRig({ eventIdx });
      wish(rig, EVENT_DISABLE, 1);
      expect(pass(rig, [1, 1, 1])).toBe(false);
    }
  });

  it('ENABLE with EVENT_IDX: for everything, wherever the event is', () => {
    const rig = makePackedRig({ eventIdx: true, size: 3 });
    for (let event = 0; event < 6; event++) {
      wish(rig, EVENT_ENABLE, event);
      expect(pass(rig, [1])).toBe(true);
    }
  });

  it.each([1, 2, 3, 5])('DESC: in batches of %i, for the one that has the slot and no other', (batch) => {
    for (const size of [5, 8]) {
      const starts = Array.from({ length: Math.ceil((2 * size) / batch) }, (_, i) => i * batch);
      const places = [0, size - 1, 0xffff].flatMap((startIndex) =>
        Array.from({ length: 2 * size }, (_, event) => ({ startIndex, event })),
      );
      for (const { startIndex, event } of places) {
        const rig = makePackedRig({ eventIdx: true, size, startIndex, memoryBytes: 1 << 16 });
        const fired = starts.filter(() => {
          wish(rig, EVENT_DESC, startIndex + event);
          return pass(rig, ones(batch));
        });
        // A batch that goes on into the third lap passes the event's slot there too.
        const passes = (from: number, at: number) => at >= from && at < from + batch;
        const expected = starts.filter((from) => passes(from, event) || passes(from, event + 2 * size));
        expect(fired, `event ${event} of ${size}, from ${startIndex}`).toEqual(expected);
      }
    }
  });

  it.each([0, 2, 4, 6])('DESC: a slot in the middle of a list, from slot %i of seven on', (startIndex) => {
    for (let event = 0; event < 7; event++) {
      const rig = makePackedRig({ eventIdx: true, size: 7, startIndex });
      wish(rig, EVENT_DESC, startIndex + event);
      expect(pass(rig, [3, 1]), `event ${event}`).toBe(event < 4);
      wish(rig, EVENT_DESC, startIndex + event);
      expect(pass(rig, [3]), `event ${event}`).toBe(event >= 4);
    }
  });

  it('DESC: the same slot in the other lap is another one', () => {
    const rig = makePackedRig({ eventIdx: true, size: 3 });
    const fired = Array.from({ length: 12 }, () => {
      wish(rig, EVENT_DESC, 4);
      return pass(rig, [1]);
    });
    expect(fired.flatMap((told, i) => (told ? [i] : []))).toEqual([4, 10]);
  });
});

describe('2.8.10 without a decision for long', () => {
  it.each([
    { slots: 5, ago: 5, fires: true },
    { slots: 5, ago: 6, fires: false },
    { slots: 9, ago: 9, fires: true },
    { slots: 9, ago: 10, fires: false },
    { slots: 10, ago: 10, fires: true },
    { slots: 65_536, ago: 1, fires: true },
    { slots: 65_537, ago: 7, fires: true },
  ])('the range is all slots since the last one, on a ring of five: %o', ({ slots, ago, fires }) => {
    const rig = makePackedRig({ eventIdx: true, size: 5 });
    rig.driver.disableCallbacks();
    for (let i = 0; i < slots; i++) roundTrip(rig, i);
    const position = slots - ago + 10;
    available.wish(rig, EVENT_DESC, position);
    expect(rig.driver.kickPrepare()).toBe(fires);
    used.wish(rig, EVENT_DESC, position);
    expect(rig.device.interruptPrepare()).toBe(fires);
    expect(rig.driver.kickPrepare(), 'nothing since').toBe(false);
    expect(rig.device.interruptPrepare(), 'nothing since').toBe(false);
  });

  it('the wish is read at the decision, not when buffers are added or used', () => {
    const rig = makePackedRig();
    rig.driver.disableCallbacks();
    rig.device.disableKicks();
    post(rig, 1);
    expect(rig.device.enableKicks(), 'one is there already').toBe(false);
    expect(rig.driver.kick()).toBe(true);
    serve(rig);
    expect(rig.driver.enableCallbacks(), 'one is there already').toBe(false);
    expect(rig.device.interrupt()).toBe(true);
  });

  it('IN_ORDER: a batch told by one descriptor counts with all its slots', () => {
    for (let event = 0; event < 7; event++) {
      const rig = makePackedRig({ eventIdx: true, inOrder: true, size: 7, startIndex: 5 });
      used.wish(rig, EVENT_DESC, 5 + event);
      expect(used.pass(rig, [2, 1, 3]), `event ${event}`).toBe(event < 6);
      expect(rig.wire.isUsed(7), 'the one descriptor').toBe(false);
    }
  });
});

describe('2.8.14 what the two sides say', () => {
  it('without EVENT_IDX the flags are ENABLE or DISABLE, and the offset is not used', () => {
    const rig = makePackedRig({ startIndex: 5 });
    const said = () => [rig.wire.driverEvent, rig.wire.deviceEvent];
    const both = (flags: number) => [0, 0].map((slot) => ({ slot, wrap: 0, flags }));
    rig.driver.disableCallbacks();
    rig.device.disableKicks();
    expect(said()).toEqual(both(EVENT_DISABLE));
    expect([rig.driver.enableCallbacks(), rig.device.enableKicks()]).toEqual([true, true]);
    expect(said()).toEqual(both(EVENT_ENABLE));
    rig.driver.disableCallbacks();
    expect(rig.driver.enableCallbacksDelayed()).toBe(true);
    roundTrip(rig, 1);
    expect(said()).toEqual(both(EVENT_ENABLE));
  });

  it('with EVENT_IDX they name the next descriptor, and the wrap counter of its lap', () => {
    const rig = makePackedRig({ eventIdx: true, size: 3, startIndex: 2 });
    rig.driver.enableCallbacks();
    rig.device.enableKicks();
    expect(rig.wire.driverEvent).toEqual({ slot: 2, wrap: 1, flags: EVENT_DESC });
    expect(rig.wire.deviceEvent).toEqual({ slot: 2, wrap: 1, flags: EVENT_DESC });
    roundTrip(rig, 1);
    expect(rig.wire.driverEvent, 'each buffer taken re-arms').toEqual({
      slot: 0,
      wrap: 0,
      flags: EVENT_DESC,
    });
    rig.device.enableKicks();
    expect(rig.wire.deviceEvent).toEqual({ slot: 0, wrap: 0, flags: EVENT_DESC });
    rig.driver.disableCallbacks();
    roundTrip(rig, 2);
    expect(rig.wire.driverEvent.flags, 'disabled stays disabled').toBe(EVENT_DISABLE);
  });

  it('with EVENT_IDX a delayed wish is three quarters of the slots that are out, across the end', () => {
    const rig = makePackedRig({ eventIdx: true, size: 7, startIndex: 4 });
    post(rig, 1, list(rig, 4));
    post(rig, 2, list(rig, 2));
    expect(rig.driver.enableCallbacksDelayed()).toBe(true);
    expect(rig.wire.driverEvent).toEqual({ slot: (4 + 4) % 7, wrap: 0, flags: EVENT_DESC });
  });
});

describe('2.8.22 no notification is lost', () => {
  it.each([false, true])(
    'between disabled and asleep a new buffer is noticed or kicked for, EVENT_IDX %s',
    (eventIdx) => {
      const rig = makePackedRig({ eventIdx, size: 3 });
      rig.device.disableKicks();
      post(rig, 1);
      rig.driver.kick();
      expect(rig.device.enableKicks(), 'it was added before: the device must not sleep').toBe(false);
      serve(rig);
      expect(rig.device.enableKicks()).toBe(true);
      post(rig, 2, list(rig, 2));
      expect(rig.driver.kick(), 'it was added after: the device sleeps').toBe(true);
    },
  );

  it.each([false, true])('the same for interrupts, EVENT_IDX %s', (eventIdx) => {
    const rig = makePackedRig({ eventIdx, size: 3 });
    rig.driver.disableCallbacks();
    postMany(rig, 3);
    serve(rig);
    rig.device.interrupt();
    expect(rig.driver.enableCallbacks(), 'it was used before: the driver must not sleep').toBe(false);
    expect(drain(rig)).toEqual([0]);
    expect(rig.driver.enableCallbacks()).toBe(true);
    serve(rig);
    expect(rig.device.interrupt(), 'it was used after: the driver sleeps').toBe(true);
  });

  it.each([false, true])(
    'a delayed interrupt comes at the latest with the last buffer that was shown, EVENT_IDX %s',
    (eventIdx) => {
      for (let shown = 1; shown <= 8; shown++) {
        const rig = makePackedRig({ eventIdx, startIndex: 0xfffd });
        postMany(rig, shown);
        // These are outstanding too, but the device cannot use them.
        while (rig.driver.stageBuf(buffer(rig, [1], []), 99));
        expect(rig.driver.enableCallbacksDelayed()).toBe(true);
        const fired: number[] = [];
        for (let i = 0; i < shown; i++) {
          serve(rig);
          if (rig.device.interrupt()) fired.push(i);
        }
        const later = Math.floor((shown * 3) / 4);
        expect(fired).toEqual(eventIdx ? [later] : ones(shown).map((_, i) => i));
      }
    },
  );

  it('a delayed wish is refused when anything is used: how much cannot be seen', () => {
    const rig = makePackedRig({ eventIdx: true });
    postMany(rig, 8);
    serve(rig);
    expect(rig.driver.enableCallbacksDelayed()).toBe(false);
    expect(drain(rig)).toEqual([0]);
    expect(rig.driver.enableCallbacksDelayed()).toBe(true);
  });

  it('in the middle of a batch the driver may not sleep, whatever the ring looks like', () => {
    const rig = makePackedRig({ eventIdx: true, inOrder: true });
    postMany(rig, 4);
    for (let i = 0; i < 4; i++) rig.device.stageUsed(pop(rig), 16);
    rig.device.interrupt();
    expect(rig.driver.getBuf()).toBe(0);
    expect([rig.driver.poll(), rig.driver.enableCallbacks(), rig.driver.enableCallbacksDelayed()]).toEqual([
      true,
      false,
      false,
    ]);
    expect(drain(rig)).toEqual([1, 2, 3]);
    expect(rig.driver.enableCallbacks()).toBe(true);
    post(rig, 4);
    serve(rig);
    expect(rig.device.interrupt()).toBe(true);
  });
});
