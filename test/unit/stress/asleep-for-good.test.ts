import { beforeEach, describe, expect, test } from 'vitest';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { isAsleepForGood } from '../../../src/stress/asleep-for-good.js';
import { Board } from '../../../src/stress/board.js';
import { BellAt, StressRig } from '../../../src/stress/stress-rig.js';

describe('two sides that sleep', () => {
  let pair: { guest: { board: Board }; host: { board: Board }; memory: SharedArrayBuffer };
  let interrupt: Doorbell;
  let kick: Doorbell;

  beforeEach(() => {
    pair = {
      guest: { board: Board.create() },
      host: { board: Board.create() },
      memory: StressRig.createMemory(),
    };
    const port = new SharedMemory(pair.memory);
    interrupt = new Doorbell(port, BellAt.interrupt);
    kick = new Doorbell(port, BellAt.kick);
    // Rings of earlier rounds.
    for (let i = 0; i < 3; i++) kick.ring();
    pair.guest.board.beginSleep(interrupt.sequence());
    pair.host.board.beginSleep(kick.sequence());
  });

  test('do so for good when no bell has been rung since', () => {
    expect(isAsleepForGood(pair)).toBe(true);
  });

  test.each(['interrupt', 'kick'] as const)('one %s on its way ends a sleep, late as it may be', (bell) => {
    ({ interrupt, kick })[bell].ring();
    expect(isAsleepForGood(pair)).toBe(false);
  });

  test.each(['guest', 'host'] as const)('a %s that is awake will wake the other', (side) => {
    pair[side].board.step = 'looking';
    expect(isAsleepForGood(pair)).toBe(false);
  });
});
