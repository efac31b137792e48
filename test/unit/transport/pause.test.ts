import { describe, expect, it } from 'vitest';
import { Pause } from '../../../src/transport/pause.js';

/** Turns with work, then one without. */
function burst(pause: Pause, turns: number): void {
  for (let i = 0; i < turns; i++) pause.worked();
  pause.lookAway();
}

describe('the pause of a side that polls', () => {
  it('doubles while it brings several buffers, up to a limit', () => {
    const pause = new Pause();
    const seen: number[] = [];
    for (let round = 0; round < 9; round++) {
      burst(pause, 200);
      seen.push(pause.steps);
    }
    expect(seen).toEqual([8, 16, 32, 64, 128, 256, 384, 384, 384]);
  });

  it('is no longer than the last burst is worth', () => {
    const pause = new Pause();
    for (let round = 0; round < 9; round++) burst(pause, 100);
    const seen: number[] = [];
    for (const turns of [16, 16, 2, 3, 3]) {
      burst(pause, turns);
      seen.push(pause.steps);
    }
    expect(seen).toEqual([128, 128, 16, 24, 24]);
  });

  it('shrinks to nothing while it brings one, so that nobody who waits for one is kept waiting', () => {
    const pause = new Pause();
    for (let round = 0; round < 4; round++) burst(pause, 50);
    const seen: number[] = [];
    for (let round = 0; round < 5; round++) {
      burst(pause, 1);
      seen.push(pause.steps);
    }
    expect(seen).toEqual([32, 16, 8, 0, 0]);
  });

  it('stays as it is while there is nothing at all', () => {
    const pause = new Pause();
    burst(pause, 2);
    burst(pause, 2);
    for (let round = 0; round < 1000; round++) burst(pause, 0);
    expect(pause.steps).toBe(16);
  });

  it('is, after a rehearsal, as if there had been none', () => {
    const [pause, fresh] = [new Pause(), new Pause()];
    pause.rehearse();
    expect(pause.hasWorked).toBe(false);
    for (const turns of [1, 2, 0, 5, 100, 1]) {
      burst(pause, turns);
      burst(fresh, turns);
      expect(pause.steps).toBe(fresh.steps);
    }
  });
});
