import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import { ProtocolViolation, QueueBroken } from '../../../src/errors.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import * as violations from '../../../src/virtqueue/violations.js';
import { deviceCases } from '../../support/ring/hostile-driver.js';
import { driverCases } from '../../support/ring/hostile-device.js';
import { makeRig, type Rig, snapshot } from '../../support/ring/rig.js';
import { buffer, detachAll } from '../../support/ring/traffic.js';

type Victim = 'driver' | 'device';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}

/** Every method that a broken end must refuse. */
function methodsOf(rig: Rig, victim: Victim): Record<string, () => unknown> {
  const { driver, device } = rig;
  if (victim === 'driver') {
    return {
      addBuf: () => driver.addBuf(buffer(rig, [1], []), 99),
      stageBuf: () => driver.stageBuf(buffer(rig, [1], []), 99),
      publish: () => driver.publish(),
      kickPrepare: () => driver.kickPrepare(),
      kick: () => driver.kick(),
      getBuf: () => driver.getBuf(),
      poll: () => driver.poll(),
      disableCallbacks: () => driver.disableCallbacks(),
      enableCallbacks: () => driver.enableCallbacks(),
      enableCallbacksDelayed: () => driver.enableCallbacksDelayed(),
    };
  }
  return {
    pop: () => device.pop(new Chain()),
    push: () => device.push(new Chain(), 0),
    stageUsed: () => device.stageUsed(new Chain(), 0),
    publishUsed: () => device.publishUsed(),
    interruptPrepare: () => device.interruptPrepare(),
    interrupt: () => device.interrupt(),
    poll: () => device.poll(),
    disableKicks: () => device.disableKicks(),
    enableKicks: () => device.enableKicks(),
  };
}

const cases = [
  ...driverCases.map((violation) => ({ ...violation, victim: 'driver' as Victim })),
  ...deviceCases.map((violation) => ({ ...violation, victim: 'device' as Victim })),
];

describe.each(cases)('$code, noticed by the $victim: $title', (violation) => {
  const { victim, code, section, actual, options, arrange } = violation;

  it('is reported with its section, and what was expected and seen; the queue is broken from then on', () => {
    const rig = makeRig(options);
    arrange(rig);
    const before = snapshot(rig);
    const error = thrownBy(methodsOf(rig, victim)[victim === 'driver' ? 'getBuf' : 'pop'] as () => unknown);

    expect(error).toBeInstanceOf(ProtocolViolation);
    const { detail, ...rest } = error as ProtocolViolation;
    expect(rest).toMatchObject({ code, exitCode: ExitCode.safety, fields: { section, actual } });
    expect(detail).toMatchObject({ section, actual });
    expect(String(detail.expected)).not.toBe('');
    expect(String(detail.expected)).not.toBe(String(detail.actual));

    expect(rig[victim].broken).toBe(true);
    expect(rig[victim === 'driver' ? 'device' : 'driver'].broken, 'the other end').toBe(false);
    for (const [name, method] of Object.entries(methodsOf(rig, victim))) {
      const second = thrownBy(method);
      expect(second, name).toBeInstanceOf(QueueBroken);
      expect((second as QueueBroken).cause, name).toBe(error);
    }
    expect(snapshot(rig).equals(before), 'memory is as it was').toBe(true);
    expect([rig.kicks.count, rig.interrupts.count]).toEqual([0, 0]);
  });

  it('leaves every buffer that was not returned to be taken back, once', () => {
    const rig = makeRig(options);
    arrange(rig);
    const outstanding = rig.driver.outstandingCount;
    thrownBy(methodsOf(rig, victim)[victim === 'driver' ? 'getBuf' : 'pop'] as () => unknown);
    const tokens = detachAll(rig);
    expect(tokens).toHaveLength(outstanding);
    expect(new Set(tokens).size).toBe(outstanding);
    expect(rig.driver.freeCount).toBe(rig.options.size);
    expect(rig.driver.outstandingCount).toBe(0);
  });
});

describe('the list of violations', () => {
  it('every code for split rings is provoked above, with its own section', () => {
    type Make = (...values: number[]) => ProtocolViolation;
    const made = Object.values(violations).map((make) => (make as Make)(1, 2, 3));
    const split = made.filter(({ detail }) => detail.section.startsWith('2.7'));
    const provoked = new Map(cases.map(({ code, section }) => [code, section]));
    expect(Object.fromEntries(split.map(({ code, detail }) => [code, detail.section]))).toEqual(
      Object.fromEntries(provoked),
    );
  });
});
