import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/rng.js';
import type { Chain } from '../../src/virtqueue/chain.js';
import { offer } from '../support/ring/hostile-packed-driver.js';
import { packedFieldAt } from '../support/ring/recording-port.js';
import { assertBefore, assertFenceBetween, makeRecordedPackedRig } from '../support/ring/recorded-rig.js';
import { buffer, drain, pop, post, postMany, serve } from '../support/ring/traffic.js';

// The memory under these tests is sequentially consistent, so a missing barrier cannot be seen in any result. What can
// be seen is the order of the declared accesses: a release, an acquire or a fence where section 2.8 needs one.

const modes = [{ eventIdx: false }, { eventIdx: true }];

describe('publishing buffers (2.8.21.1.1)', () => {
  it.each([null, 0, 2])(
    'P1 N0100 all stores of a batch come before the release of the first flags, tables after %s',
    (directCount) => {
      const rig = makeRecordedPackedRig({ directCount, size: 9, startIndex: 7 });
      const trace = rig.driverTrace(() => {
        rig.driverPort.copyIn(rig.payload, new Uint8Array(8), 0, 8);
        for (let token = 0; token < 2; token++) rig.driver.stageBuf(buffer(rig, [8], [8, 8, 8]), token);
        rig.driver.publish();
      });
      assertBefore(trace, /^(copyIn memory|store(16|32) (\w+\[\d+\]|memory))$/, /^store16Release/);
      expect(trace.filter((step) => step.endsWith('flags[7]'))).toEqual(['store16Release flags[7]']);
      expect(trace.at(-1)).toBe('store16Release flags[7]');
    },
  );

  it('P1 N0100 a descriptor has its body before its flags also where they are not held back', () => {
    const rig = makeRecordedPackedRig();
    const trace = rig.driverTrace(() => post(rig, 1, buffer(rig, [8], [8])));
    const head = ['store32 address[0]', 'store32 length[0]', 'store16 id[0]'];
    const tail = ['store32 address[1]', 'store32 length[1]', 'store16 id[1]', 'store16 flags[1]'];
    expect(trace).toEqual([...head, ...tail, 'store16Release flags[0]']);
  });

  it('P1 N0100 a staged list leaves the flags of the first head alone until it is published', () => {
    const rig = makeRecordedPackedRig();
    const staging = rig.driverTrace(() => {
      rig.driver.stageBuf(buffer(rig, [8], []), 1);
      rig.driver.stageBuf(buffer(rig, [8], []), 2);
    });
    expect(staging.filter((step) => step.includes('flags'))).toEqual(['store16 flags[1]']);
    expect(rig.driverTrace(() => rig.driver.publish())).toEqual(['store16Release flags[0]']);
    expect(rig.driverTrace(() => rig.driver.publish())).toEqual([]);
  });

  it.each(modes)(
    'P2 N0101 a fence stands between the flags and the wish of the device: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedPackedRig({ eventIdx });
      rig.driver.stageBuf(buffer(rig, [8], []), 1);
      const trace = rig.driverTrace(() => rig.driver.kickPrepare());
      expect(trace).toEqual(['store16Release flags[0]', 'fence', 'load16Acquire device.flags']);
    },
  );

  it.each(modes)('P2 N0101 also when the buffers were published before: %o', ({ eventIdx }) => {
    const rig = makeRecordedPackedRig({ eventIdx });
    const trace = rig.driverTrace(() => {
      post(rig, 1);
      rig.driver.kick();
    });
    assertFenceBetween(trace, /^store16Release flags\[0\]$/, /^load16Acquire device\.flags$/);
  });
});

describe('reading an event suppression structure (2.8.14)', () => {
  it('P3 the driver acquires the flags before the offset, or it could pair DESC with an old one', () => {
    const rig = makeRecordedPackedRig({ eventIdx: true });
    rig.device.enableKicks();
    post(rig, 1);
    const trace = rig.driverTrace(() => rig.driver.kickPrepare());
    expect(trace).toEqual(['fence', 'load16Acquire device.flags', 'load16Relaxed device.off_wrap']);
  });

  it('P3 the device does the same', () => {
    const rig = makeRecordedPackedRig({ eventIdx: true });
    rig.driver.enableCallbacks();
    post(rig, 1);
    serve(rig);
    const trace = rig.deviceTrace(() => rig.device.interruptPrepare());
    expect(trace).toEqual(['fence', 'load16Acquire driver.flags', 'load16Relaxed driver.off_wrap']);
  });
});

describe('taking buffers (2.8.21, device)', () => {
  it.each([null, 0])(
    'P4 the head flags are acquired before anything else is read, tables after %s',
    (directCount) => {
      const rig = makeRecordedPackedRig({ directCount, size: 5, startIndex: 4 });
      post(rig, 1, buffer(rig, [8], [8, 8]));
      const trace = rig.deviceTrace(() => pop(rig));
      assertBefore(trace, /^load16Acquire flags\[4\]$/, /^load(16|32) (\w+\[\d\]|memory)$/);
      expect(trace.filter((step) => step.startsWith('load16Acquire'))).toEqual(['load16Acquire flags[4]']);
    },
  );

  it('P4 each list has an acquire of its own: a fresh flag covers nothing that is published later', () => {
    const rig = makeRecordedPackedRig();
    postMany(rig, 2);
    for (const slot of [0, 1]) {
      expect(rig.deviceTrace(() => pop(rig))[0]).toBe(`load16Acquire flags[${slot}]`);
    }
  });
});

describe('returning buffers (2.8.6, 2.8.9)', () => {
  it('P5 the used descriptors, and every read of the buffers, come before the release of the first flags', () => {
    const rig = makeRecordedPackedRig({ directCount: 0 });
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
    assertBefore(trace, /^(copy(In|Out) memory|load32 .*|store(16|32) .*)$/, /^store16Release/);
    assertBefore(trace, /^store(32 length|16 id)\[1\]$/, /^store16 flags\[1\]$/);
    expect(trace.at(-1)).toBe('store16Release flags[0]');
    expect(trace.filter((step) => step === 'store16 flags[0]')).toEqual([]);
  });

  it.each(modes)('P6 a fence stands between the flags and the wish of the driver: %o', ({ eventIdx }) => {
    const rig = makeRecordedPackedRig({ eventIdx });
    post(rig, 1);
    const chain = pop(rig);
    const trace = rig.deviceTrace(() => {
      rig.device.stageUsed(chain, 0);
      rig.device.interruptPrepare();
    });
    const used = ['store32 length[0]', 'store16 id[0]', 'store16Release flags[0]'];
    expect(trace).toEqual([...used, 'fence', 'load16Acquire driver.flags']);
  });

  it.each(modes)('P6 also when the buffers were published before: %o', ({ eventIdx }) => {
    const rig = makeRecordedPackedRig({ eventIdx });
    post(rig, 1);
    const trace = rig.deviceTrace(() => {
      serve(rig);
      rig.device.interrupt();
    });
    assertFenceBetween(trace, /^store16Release flags\[0\]$/, /^load16Acquire driver\.flags$/);
  });
});

describe('going to sleep (2.8.10, 2.8.22)', () => {
  it.each(modes)(
    'P7 P8 the device stores where, then that it wants kicks, and looks again behind a fence: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedPackedRig({ eventIdx });
      rig.device.disableKicks();
      const where = eventIdx ? ['store16Relaxed device.off_wrap'] : [];
      const expected = [...where, 'store16Release device.flags', 'fence', 'load16Acquire flags[0]'];
      expect(rig.deviceTrace(() => rig.device.enableKicks())).toEqual(expected);
    },
  );

  it.each(modes)(
    'P7 P8 the driver stores where, then that it wants interrupts, and looks again behind a fence: %o',
    ({ eventIdx }) => {
      const rig = makeRecordedPackedRig({ eventIdx });
      rig.driver.disableCallbacks();
      const where = eventIdx ? ['store16Relaxed driver.off_wrap'] : [];
      const expected = [...where, 'store16Release driver.flags', 'fence', 'load16Acquire flags[0]'];
      expect(rig.driverTrace(() => rig.driver.enableCallbacks())).toEqual(expected);
      expect(rig.driverTrace(() => rig.driver.enableCallbacksDelayed())).toEqual(expected);
    },
  );

  it('P8 with EVENT_IDX a buffer taken re-arms, and the next look at the ring is behind a fence', () => {
    const rig = makeRecordedPackedRig({ eventIdx: true });
    post(rig, 1);
    serve(rig);
    const trace = rig.driverTrace(() => drain(rig));
    assertBefore(trace, /^store16Relaxed driver\.off_wrap$/, /^store16Release driver\.flags$/);
    assertFenceBetween(trace, /^store16Release driver\.flags$/, /^load16Acquire flags\[1\]$/);
  });
});

describe('getting buffers back (2.8.22)', () => {
  it.each([false, true])(
    'P9 the flags are acquired before id and length are read and the slot is reused, IN_ORDER %s',
    (inOrder) => {
      const rig = makeRecordedPackedRig({ size: 1, inOrder });
      post(rig, 1);
      serve(rig);
      const trace = rig.driverTrace(() => {
        rig.driver.getBuf();
        post(rig, 2);
      });
      assertBefore(trace, /^load16Acquire flags\[0\]$/, /^(load(16|32) \w+\[0\]|store(16|32) \w+\[0\])$/);
      expect(trace.slice(0, 3)).toEqual(['load16Acquire flags[0]', 'load16 id[0]', 'load32 length[0]']);
    },
  );

  it('P9 IN_ORDER: one acquire covers a batch, and the next descriptor has its own', () => {
    const rig = makeRecordedPackedRig({ inOrder: true });
    postMany(rig, 3);
    for (let i = 0; i < 2; i++) rig.device.stageUsed(pop(rig), 16);
    rig.device.publishUsed();
    const head = ['load16Acquire flags[0]', 'load16 id[0]', 'load32 length[0]'];
    expect(rig.driverTrace(() => rig.driver.getBuf())).toEqual(head);
    expect(
      rig.driverTrace(() => rig.driver.getBuf()),
      'told by the first',
    ).toEqual([]);
    expect(rig.driverTrace(() => rig.driver.getBuf())).toEqual(['load16Acquire flags[2]']);
  });
});

describe('one width for each field, on both sides', () => {
  // Accesses of different widths do not synchronise with each other, whatever order they declare.
  it.each([
    { eventIdx: false, directCount: 0 },
    { eventIdx: true, directCount: 2 },
  ])('every field of the ring has one: %o', (options) => {
    const rig = makeRecordedPackedRig({ ...options, size: 5 });
    const rng = new Rng(99);
    const held: Chain[] = [];
    const steps: (() => unknown)[] = [
      () => rig.driver.addBuf(buffer(rig, [8], rng.chance(0.5) ? [8, 8, 8] : [8]), 1),
      () => rig.driver.kick(),
      () => rig.driver.getBuf(),
      () => rig.driver.enableCallbacks(),
      () => rig.driver.enableCallbacksDelayed(),
      () => rig.driver.disableCallbacks(),
      () => rig.device.poll() && held.push(pop(rig)),
      () => held.length > 0 && rig.device.push(held.shift() as Chain, 1),
      () => rig.device.interrupt(),
      () => rig.device.enableKicks(),
      () => rig.device.disableKicks(),
    ];
    for (let i = 0; i < 800; i++) (steps[rng.below(steps.length)] as () => unknown)();
    const widths = new Map<string, Set<number>>();
    for (const { operation, address, lengthBytes } of [...rig.driverPort.take(), ...rig.devicePort.take()]) {
      if (operation === 'fence') continue;
      const field = packedFieldAt(address, rig.wire.at, rig.options.size).replace(/\[\d+\]/, '');
      widths.set(field, (widths.get(field) ?? new Set()).add(lengthBytes));
    }
    const offsets = options.eventIdx ? { 'driver.off_wrap': [2], 'device.off_wrap': [2] } : {};
    // In a table, which nothing synchronises on, addresses and lengths are words, and flags and ids half of one.
    expect(
      Object.fromEntries([...widths].map(([field, set]) => [field, [...set].toSorted((a, b) => a - b)])),
    ).toEqual({
      address: [4],
      length: [4],
      id: [2],
      flags: [2],
      memory: [2, 4],
      'driver.flags': [2],
      'device.flags': [2],
      ...offsets,
    });
  });

  it('flags are stored once for each descriptor, by whoever gives it away', () => {
    const rig = makeRecordedPackedRig({ size: 5, startIndex: 3 });
    const trace = rig.driverTrace(() => post(rig, 1, buffer(rig, [1, 1], [1, 1])));
    const flags = trace.filter((step) => step.includes('flags')).map((step) => step.split(' ')[1]);
    expect(flags).toEqual(['flags[4]', 'flags[0]', 'flags[1]', 'flags[3]']);
    const used = rig.deviceTrace(() => serve(rig));
    expect(used.filter((step) => /^store.*flags/.test(step))).toEqual(['store16Release flags[3]']);
  });

  it('the device reads the flags of a list as it goes, and of nothing behind it', () => {
    const rig = makeRecordedPackedRig();
    offer(rig, 0, [{}, {}, {}]);
    const flags = rig.deviceTrace(() => pop(rig)).filter((step) => step.includes('flags'));
    expect(flags).toEqual(['load16Acquire flags[0]', 'load16 flags[1]', 'load16 flags[2]']);
  });
});
