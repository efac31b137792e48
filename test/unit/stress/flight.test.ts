import { describe, expect, test } from 'vitest';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { createFlightRing, type Flight, readFlight } from '../../../src/stress/flight.js';
import { FlightRecorder } from '../../../src/stress/flight-recorder.js';
import type { Perturbation } from '../../../src/stress/perturbation.js';
import { drawRound } from '../../../src/stress/round-plan.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { makeAnyRig } from '../../support/ring/rig.js';

/** Both threads of a pair in one, at one of its turns after the other. */
function pairOf(perturbation: Perturbation) {
  const choices = { seed: 7, layouts: ['split'], perturbations: [perturbation], wait: null } as const;
  const plan = drawRound(choices, 3, 0);
  const memory = [createFlightRing(), createFlightRing()] as const;
  const recorder = (side: 0 | 1, turn: number) => new FlightRecorder(memory[side], plan, turn);
  const flight = (turn: number): Flight => readFlight(...memory, plan, turn);
  return { plan, recorder, flight };
}

type Recorded = ReturnType<typeof pairOf>;

/** Passes so many buffers through ring `ring` of a turn, one after the other. */
function pass({ recorder }: Recorded, turn: number, ring: number, count: number): void {
  const rig = makeAnyRig('split', { size: 4, eventIdx: false });
  const driver = recorder(0, turn).driver(rig.driver, ring);
  const device = recorder(1, turn).device(rig.device, ring);
  const chain = new Chain();
  for (let i = 0; i < count; i++) {
    driver.stageBuf(new ScatterList().addWritable(rig.payload, 8), 1);
    driver.kick();
    device.pop(chain);
    device.stageUsed(chain, 8);
    device.interrupt();
    driver.getBuf();
  }
}

function kinds({ events }: Flight, side: 'driver' | 'device'): string[] {
  return events.filter((one) => one.side === side).map(({ event }) => event.kind);
}

describe('the newest events of a round', () => {
  test.each(['none', 'tso'] as const)('are in the order in which they happened, under %s', (perturbation) => {
    const pair = pairOf(perturbation);
    pass(pair, 0, 0, 2);
    const flight = pair.flight(0);
    const buffer = ['posted', 'shown', 'kicked', 'popped', 'used', 'usedShown', 'interrupted', 'reaped'];
    const seen = flight.events.map(({ event }) => event.kind).filter((kind) => kind !== 'lifeBegan');
    expect(seen).toEqual([...buffer, ...buffer]);
    const times = flight.events.map(({ event }) => event.timeNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBe(0);
    expect(flight.clockErrorNs).toBeGreaterThan(0);
  });

  test('are those of this turn alone, of all its rings', () => {
    const pair = pairOf('tso');
    pass(pair, 4, 7, 3);
    pass(pair, 5, 0, 1);
    pass(pair, 5, 1, 1);
    const flight = pair.flight(5);
    const lives = flight.events.flatMap(({ event }) => (event.kind === 'lifeBegan' ? event.life : []));
    const first = 5 * pair.plan.rings;
    expect(lives).toEqual([first, first, first + 1, first + 1]);
    expect(kinds(flight, 'device').filter((kind) => kind === 'popped')).toHaveLength(2);
  });

  test('are the last of many, and then no beginning is there', () => {
    const pair = pairOf('tso');
    pass(pair, 0, 0, 1000);
    const flight = pair.flight(0);
    expect(kinds(flight, 'driver')).toHaveLength(504);
    expect(kinds(flight, 'driver')).not.toContain('lifeBegan');
    expect(flight.events.at(-1)?.event).toMatchObject({ kind: 'reaped', ordinal: 999 });
  });

  test('are none of a side that has not come to this turn', () => {
    const pair = pairOf('tso');
    pass(pair, 0, 0, 1);
    pair.recorder(0, 1).driver(makeAnyRig('split', { size: 4, eventIdx: false }).driver, 0);
    expect(kinds(pair.flight(1), 'driver')).toEqual(['lifeBegan']);
    expect(kinds(pair.flight(1), 'device')).toEqual([]);
    expect(pairOf('tso').flight(0).events).toEqual([]);
  });

  test('tell of sleeps', () => {
    const pair = pairOf('tso');
    const bell = new Doorbell(SharedMemory.ofSize(64), 0);
    pair.recorder(1, 0).bell(bell).wait(bell.sequence(), 0);
    expect(kinds(pair.flight(0), 'device')).toEqual(['slept', 'woke']);
  });
});
