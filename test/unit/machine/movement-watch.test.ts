import { describe, expect, it } from 'vitest';
import { MovementWatch } from '../../../src/machine/movement-watch.js';

describe('the watch over what moves', () => {
  it('ends what stands still, and says how far it got', async () => {
    const watch = new MovementWatch(() => 42, new AbortController().signal, 10);
    await expect(watch.ended).rejects.toMatchObject({
      code: 'BENCH_STALL',
      exitCode: 21,
      fields: { moved: 42 },
    });
    watch.stop();
  });

  it('lets be what moves, until it moves no more', async () => {
    let moved = 0;
    const watch = new MovementWatch(() => (moved < 5 ? ++moved : moved), new AbortController().signal, 5);
    await expect(watch.ended).rejects.toMatchObject({ fields: { moved: 5 } });
    watch.stop();
  });

  it('ends what is not wanted any more', async () => {
    const controller = new AbortController();
    const watch = new MovementWatch(() => 1, controller.signal);
    controller.abort();
    await expect(watch.ended).rejects.toMatchObject({ code: 'ABORTED' });
    watch.stop();
  });
});
