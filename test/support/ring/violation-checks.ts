import assert from 'node:assert/strict';
import { ProtocolViolation, QueueBroken } from '../../../src/errors.js';
import { ExitCode } from '../../../src/exit-code.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { type AnyRig, snapshot } from './rig.js';
import { buffer, detachAll } from './traffic.js';
import type { Victim, VictimCase } from './violation-case.js';

/** The violation is told with all it has, and from then on the end refuses everything and touches nothing. */
export function checkReported<R extends AnyRig>(rig: R, violation: VictimCase<R>): void {
  const { victim, code, section, actual } = violation;
  violation.arrange(rig);
  const before = snapshot(rig);
  const error = provoke(rig, violation);

  assert.ok(error instanceof ProtocolViolation, `not a violation: ${String(error)}`);
  const { detail } = error;
  assert.deepEqual([error.code, error.exitCode], [code, ExitCode.safety]);
  assert.deepEqual([detail.section, detail.actual], [section, actual]);
  assert.deepEqual(error.fields, { ...detail });
  assert.notEqual(String(detail.expected), '');
  assert.notEqual(String(detail.expected), String(detail.actual));

  assert.equal(rig[victim].broken, true);
  assert.equal(rig[victim === 'driver' ? 'device' : 'driver'].broken, false, 'the other end');
  for (const [name, method] of Object.entries(methodsOf(rig, victim))) {
    const second = thrownBy(method);
    assert.ok(second instanceof QueueBroken, name);
    assert.equal(second.cause, error, name);
  }
  assert.ok(snapshot(rig).equals(before), 'memory is as it was');
  assert.deepEqual([rig.kicks.count, rig.interrupts.count], [0, 0]);
}

/** Every buffer that was not returned can still be taken back, once. */
export function checkRecovered<R extends AnyRig>(rig: R, violation: VictimCase<R>): void {
  violation.arrange(rig);
  const outstanding = rig.driver.outstandingCount;
  provoke(rig, violation);
  const tokens = detachAll(rig);
  assert.equal(tokens.length, outstanding);
  assert.equal(new Set(tokens).size, outstanding, 'a token came back twice');
  assert.equal(rig.driver.freeCount, rig.options.size);
  assert.equal(rig.driver.outstandingCount, 0);
}

function provoke<R extends AnyRig>(rig: R, { victim, call }: VictimCase<R>): unknown {
  const usual = victim === 'driver' ? 'getBuf' : 'pop';
  return thrownBy(methodsOf(rig, victim)[call ?? usual] as () => unknown);
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/** Every method that a broken end must refuse. */
function methodsOf(rig: AnyRig, victim: Victim): Record<string, () => unknown> {
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
