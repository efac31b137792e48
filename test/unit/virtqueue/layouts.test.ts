import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/rng.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { chooseRanges, toScatterList } from '../../support/ring/random-buffer.js';
import { makeAnyRig, type RigOptions } from '../../support/ring/rig.js';
import { seeded } from '../../support/ring/seeded.js';
import { detachAll, ranges } from '../../support/ring/traffic.js';

/** A call that the script makes, with two numbers that choose what it is made with. */
type Step = readonly [call: number, a: number, b: number];

/** Runs a script on a queue of one layout, and tells all that its caller can see. */
function play(layout: RingLayout, options: RigOptions, script: readonly Step[]): unknown[] {
  const rig = makeAnyRig(layout, options);
  const { driver, device } = rig;
  const list = new ScatterList();
  const held: Chain[] = [];
  let token = 0;
  const add = (a: number, b: number) => {
    toScatterList(chooseRanges(rig.payload, rig.options.size, a, b), list);
    return driver.stageBuf(list, (token += 1));
  };
  const giveBack = (a: number, b: number) => {
    const [chain] = held.splice(rig.options.inOrder ? 0 : a % (held.length + 1), 1);
    if (chain !== undefined)
      device.stageUsed(chain, b % 2 === 0 ? chain.writableBytes : b % (chain.writableBytes + 1));
    return chain !== undefined;
  };
  const calls: ((a: number, b: number) => unknown)[] = [
    add,
    add,
    () => driver.publish(),
    () => driver.kick(),
    () => [driver.getBuf(), driver.usedLength],
    () => [driver.getBuf(), driver.usedLength],
    () => driver.poll(),
    () => (options.eventIdx === true ? driver.enableCallbacks() : driver.disableCallbacks()),
    () => driver.enableCallbacks(),
    () => {
      const chain = new Chain();
      if (!device.pop(chain)) return false;
      held.push(chain);
      return ranges(chain).map(([address, length, writable]) => [address - rig.payload, length, writable]);
    },
    giveBack,
    giveBack,
    () => device.publishUsed(),
    () => device.interrupt(),
    () => device.poll(),
    () => (options.eventIdx === true ? device.enableKicks() : device.disableKicks()),
    () => device.enableKicks(),
  ];
  const log = script.map(([call, a, b]) => {
    const name = call % calls.length;
    const told = (calls[name] as (a: number, b: number) => unknown)(a, b);
    // With EVENT_IDX a wish that is not renewed comes round again after 65536 buffers here and two laps there.
    const isNotification =
      options.eventIdx === true && typeof told === 'boolean' && (name === 3 || name === 13);
    const counts = [driver.freeCount, driver.outstandingCount, device.inFlightCount];
    return [name, isNotification ? null : told, counts];
  });
  const left = detachAll(rig).toSorted((a, b) => a - b);
  return [...log, left, [driver.freeCount, driver.outstandingCount]];
}

const scripts = fc.array(fc.tuple(fc.nat(0xff), fc.nat(0xffff), fc.nat(0xffff)), {
  minLength: 50,
  maxLength: 300,
  size: 'max',
});

const queues: RigOptions[] = [1, 2, 8, 64].flatMap((size) =>
  [false, true].flatMap((eventIdx) =>
    [false, true].flatMap((inOrder) =>
      [null, 0].map((directCount) => ({ size, eventIdx, inOrder, directCount })),
    ),
  ),
);

describe('split and packed are one queue to their users', () => {
  it.each(queues.map((queue, salt) => ({ ...queue, salt })))('any script: %o', ({ salt, ...queue }) => {
    const property = fc.property(scripts, fc.nat(0xffff), (script, startIndex) => {
      const options = { ...queue, startIndex };
      expect(play('packed', options, script)).toEqual(play('split', options, script));
    });
    fc.assert(property, seeded(25, salt));
  });

  it.each(queues)('who sleeps is woken by the same buffers: %o', (options) => {
    const split = sleepAndWake('split', options);
    expect(sleepAndWake('packed', options)).toEqual(split);
    expect(split.filter((step) => step.kicked).length, 'kicks').toBeGreaterThan(20);
    expect(split.filter((step) => step.interrupted).length, 'interrupts').toBeGreaterThan(20);
  });
});

interface Woken {
  readonly kicked: boolean;
  readonly interrupted: boolean;
  readonly tokens: readonly number[];
}

/** Two ends that arm before they sleep, and do something only when they were woken. */
function sleepAndWake(layout: RingLayout, options: RigOptions): Woken[] {
  const rig = makeAnyRig(layout, options);
  const { driver, device } = rig;
  const rng = new Rng(12);
  const list = new ScatterList();
  const held: Chain[] = [];
  let token = 0;
  driver.enableCallbacks();
  device.enableKicks();
  const deviceWakes = () => {
    do {
      for (let chain = new Chain(); device.pop(chain); chain = new Chain()) held.push(chain);
    } while (!device.enableKicks());
  };
  const driverWakes = () => {
    const tokens: number[] = [];
    do {
      for (let got = driver.getBuf(); got !== undefined; got = driver.getBuf()) tokens.push(got);
    } while (!driver.enableCallbacks());
    return tokens;
  };
  return Array.from({ length: 200 }, () => {
    for (let i = rng.below(4); i > 0; i--) {
      toScatterList(chooseRanges(rig.payload, rig.options.size, rng.below(256), rng.below(256)), list);
      driver.addBuf(list, token++);
    }
    const kicked = driver.kick();
    if (kicked) deviceWakes();
    for (let i = rng.below(4); i > 0 && held.length > 0; i--) device.push(held.shift() as Chain, 0);
    const interrupted = device.interrupt();
    return { kicked, interrupted, tokens: interrupted ? driverWakes() : [] };
  });
}
