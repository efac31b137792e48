import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/rng.js';
import type { Chain } from '../../src/virtqueue/chain.js';
import { fieldAt } from '../support/ring/recording-port.js';
import { assertBefore, assertFenceBetween, makeRecordedRig } from '../support/ring/recorded-rig.js';
import { buffer, drain, pop, post, serve } from '../support/ring/traffic.js';

// The memory under these tests is sequentially consistent, so a missing barrier cannot be seen in any result. What can
// be seen is the order of the declared accesses: a release, an acquire or a fence where section 2.7 needs one.

const modes = [{ eventIdx: false }, { eventIdx: true }];

describe('publishing buffers (2.7.13)', () => {
  it.each([null, 0, 2])(
    'B1 N0075 all stores of a batch come before the release of avail.idx, tables after %s',
    (directCount) => {
      const rig = makeRecordedRig({ directCount });
      const trace = rig.driverTrace(() => {
        rig.driverPort.copyIn(rig.payload, new Uint8Array(8), 0, 8);
        for (let token = 0; token < 2; token++) rig.driver.stageBuf(buffer(rig, [8], [8, 8, 8]), token);
        rig.driver.publish();
      });
      assertBefore(trace, /^(copyIn memory|store32 (desc|memory)|store16 avail\.ring)$/, /avail\.idx/);
      expect(trace.filter((step) => step.endsWith('avail.idx'))).toEqual(['store16Release avail.idx']);
      expect(trace.at(-1)).toBe('store16Release avail.idx');
    },
  );

  it('B1 N0075 a staged buffer leaves avail.idx alone until it is published', () => {
    const rig = makeRecordedRig();
    const staging = rig.driverTrace(() => rig.driver.stageBuf(buffer(rig, [8], []), 1));
    expect(staging).toEqual(['store32 desc', 'store16 avail.ring']);
    expect(rig.driverTrace(() => rig.driver.publish())).toEqual(['store16Release avail.idx']);
    expect(rig.driverTrace(() => rig.driver.publish())).toEqual([]);
  });

  it.each(modes)(
    'B2 N0076 a fence stands between avail.idx and the wish of the device: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedRig({ eventIdx });
      rig.driver.stageBuf(buffer(rig, [8], []), 1);
      const wish = eventIdx ? 'load16Relaxed avail_event' : 'load16Relaxed used.flags';
      const trace = rig.driverTrace(() => rig.driver.kickPrepare());
      expect(trace).toEqual(['store16Release avail.idx', 'fence', wish]);
    },
  );

  it.each(modes)('B2 N0076 also when the buffers were published before: %o', ({ eventIdx }) => {
    const rig = makeRecordedRig({ eventIdx });
    const trace = rig.driverTrace(() => {
      post(rig, 1);
      rig.driver.kick();
    });
    assertFenceBetween(trace, /^store16Release avail\.idx$/, /^load16Relaxed (avail_event|used\.flags)$/);
  });
});

describe('taking buffers (2.7.13, device)', () => {
  it.each([null, 0])(
    'B3 avail.idx is acquired before entries and descriptors are read, tables after %s',
    (directCount) => {
      const rig = makeRecordedRig({ directCount });
      post(rig, 1, buffer(rig, [8], [8]));
      const trace = rig.deviceTrace(() => pop(rig));
      assertBefore(trace, /^load16Acquire avail\.idx$/, /^load(16|32) (avail\.ring|desc|memory)$/);
      expect(trace.filter((step) => step.endsWith('avail.idx'))).toEqual(['load16Acquire avail.idx']);
    },
  );

  it('B3 an acquire covers the buffers up to the index it read, and no more', () => {
    const rig = makeRecordedRig();
    for (let token = 0; token < 2; token++) post(rig, token);
    pop(rig);
    post(rig, 2);
    const second = rig.deviceTrace(() => pop(rig));
    expect(second, 'covered by the first acquire').toEqual(['load16 avail.ring', 'load32 desc']);
    const third = rig.deviceTrace(() => pop(rig));
    expect(third, 'not covered').toEqual(['load16Acquire avail.idx', 'load16 avail.ring', 'load32 desc']);
  });
});

describe('returning buffers (2.7.8)', () => {
  it('B4 N0059 the used entries, and every read of the buffers, come before the release of used.idx', () => {
    const rig = makeRecordedRig({ directCount: 0 });
    for (let token = 0; token < 2; token++) post(rig, token, buffer(rig, [8], [8]));
    const trace = rig.deviceTrace(() => {
      for (let i = 0; i < 2; i++) {
        const chain = pop(rig);
        rig.devicePort.copyOut(chain.buffers.address(0), new Uint8Array(8), 0, 8);
        rig.devicePort.copyIn(chain.buffers.address(1), new Uint8Array(8), 0, 8);
        rig.device.stageUsed(chain, 8);
      }
      rig.device.publishUsed();
    });
    assertBefore(trace, /^(copy(In|Out) memory|load32 (desc|memory)|store32 used\.ring)$/, /used\.idx/);
    expect(trace.filter((step) => step.endsWith('used.idx'))).toEqual(['store16Release used.idx']);
    expect(trace.at(-1)).toBe('store16Release used.idx');
  });

  it.each(modes)('B5 a fence stands between used.idx and the wish of the driver: %o', ({ eventIdx }) => {
    const rig = makeRecordedRig({ eventIdx });
    post(rig, 1);
    const chain = pop(rig);
    const wish = eventIdx ? 'load16Relaxed used_event' : 'load16Relaxed avail.flags';
    const staged = rig.deviceTrace(() => {
      rig.device.stageUsed(chain, 0);
      rig.device.interruptPrepare();
    });
    expect(staged).toEqual(['store32 used.ring', 'store16Release used.idx', 'fence', wish]);
  });

  it.each(modes)('B5 also when the buffers were published before: %o', ({ eventIdx }) => {
    const rig = makeRecordedRig({ eventIdx });
    post(rig, 1);
    const trace = rig.deviceTrace(() => {
      serve(rig);
      rig.device.interrupt();
    });
    assertFenceBetween(trace, /^store16Release used\.idx$/, /^load16Relaxed (used_event|avail\.flags)$/);
  });
});

describe('going to sleep (2.7.7, 2.7.10)', () => {
  it.each(modes)(
    'B6 a fence stands between the wish for kicks and the second look at avail.idx: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedRig({ eventIdx });
      rig.device.disableKicks();
      const wish = eventIdx ? 'store16Relaxed avail_event' : 'store16Relaxed used.flags';
      expect(rig.deviceTrace(() => rig.device.enableKicks())).toEqual([
        wish,
        'fence',
        'load16Acquire avail.idx',
      ]);
    },
  );

  it.each(modes)(
    'B8 a fence stands between the wish for interrupts and the second look at used.idx: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedRig({ eventIdx });
      rig.driver.disableCallbacks();
      const wish = eventIdx ? 'store16Relaxed used_event' : 'store16Relaxed avail.flags';
      const expected = [wish, 'fence', 'load16Acquire used.idx'];
      expect(rig.driverTrace(() => rig.driver.enableCallbacks())).toEqual(expected);
      expect(rig.driverTrace(() => rig.driver.enableCallbacksDelayed())).toEqual(expected);
    },
  );

  it('B8 the delayed wish looks at used.idx again although older used buffers are still to be taken', () => {
    const rig = makeRecordedRig({ eventIdx: true });
    for (let token = 0; token < 8; token++) post(rig, token);
    for (let i = 0; i < 2; i++) serve(rig);
    rig.driver.getBuf();
    const trace = rig.driverTrace(() => rig.driver.enableCallbacksDelayed());
    expect(trace).toEqual(['store16Relaxed used_event', 'fence', 'load16Acquire used.idx']);
  });

  it('B8 with EVENT_IDX a buffer taken re-arms, and the next look at used.idx is behind a fence', () => {
    const rig = makeRecordedRig({ eventIdx: true });
    post(rig, 1);
    serve(rig);
    const trace = rig.driverTrace(() => drain(rig));
    assertFenceBetween(trace, /^store16Relaxed used_event$/, /^load16Acquire used\.idx$/);
  });
});

describe('getting buffers back (2.7.14)', () => {
  it.each([false, true])(
    'B7 used.idx is acquired before entries are read and descriptors reused, IN_ORDER %s',
    (inOrder) => {
      const rig = makeRecordedRig({ size: 1, inOrder });
      post(rig, 1);
      serve(rig);
      const trace = rig.driverTrace(() => {
        rig.driver.getBuf();
        post(rig, 2);
      });
      assertBefore(
        trace,
        /^load16Acquire used\.idx$/,
        /^(load32 used\.ring|store32 desc|store16 avail\.ring)$/,
      );
      expect(trace.filter((step) => step.endsWith('used.idx'))).toEqual(['load16Acquire used.idx']);
    },
  );

  it('B7 an acquire covers the used buffers up to the index it read, and no more', () => {
    const rig = makeRecordedRig();
    for (let token = 0; token < 3; token++) post(rig, token);
    serve(rig);
    serve(rig);
    rig.driver.getBuf();
    serve(rig);
    expect(
      rig.driverTrace(() => rig.driver.getBuf()),
      'covered',
    ).toEqual(['load32 used.ring']);
    const third = rig.driverTrace(() => rig.driver.getBuf());
    expect(third, 'not covered').toEqual(['load16Acquire used.idx', 'load32 used.ring']);
  });
});

describe('one width for each field, on both sides', () => {
  // Accesses of different widths do not synchronise with each other, whatever order they declare.
  it.each([
    { eventIdx: false, directCount: 0 },
    { eventIdx: true, directCount: 2 },
  ])('every field of the ring has one: %o', (options) => {
    const rig = makeRecordedRig({ ...options, size: 4 });
    const rng = new Rng(99);
    const held: Chain[] = [];
    const steps: (() => unknown)[] = [
      () => rig.driver.addBuf(buffer(rig, [8], [8, 8, 8]), 1),
      () => rig.driver.kick(),
      () => rig.driver.getBuf(),
      () => rig.driver.enableCallbacks(),
      () => rig.driver.enableCallbacksDelayed(),
      () => rig.driver.disableCallbacks(),
      () => rig.device.poll() && held.push(pop(rig)),
      () => held.length > 0 && rig.device.push(held.shift() as Chain, 0),
      () => rig.device.interrupt(),
      () => rig.device.enableKicks(),
      () => rig.device.disableKicks(),
    ];
    for (let i = 0; i < 500; i++) (steps[rng.below(steps.length)] as () => unknown)();
    const widths = new Map<string, Set<number>>();
    for (const { operation, address, lengthBytes } of [...rig.driverPort.take(), ...rig.devicePort.take()]) {
      if (operation === 'fence') continue;
      const field = fieldAt(address, rig.wire.at, rig.options.size);
      widths.set(field, (widths.get(field) ?? new Set()).add(lengthBytes));
    }
    const event = options.eventIdx
      ? { used_event: [2], avail_event: [2] }
      : { 'avail.flags': [2], 'used.flags': [2] };
    expect(Object.fromEntries([...widths].map(([field, set]) => [field, [...set]]))).toEqual({
      desc: [4],
      'avail.ring': [2],
      'avail.idx': [2],
      'used.ring': [4],
      'used.idx': [2],
      memory: [4],
      ...event,
    });
  });
});
