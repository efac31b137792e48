import { describe, expect, test } from 'vitest';
import { runJson, sets } from '../support/e2e/vring.js';

const ALL = ['NOTIFICATION_DATA', 'RING_RESET', 'ORDER_PLATFORM', 'SUSPEND'];

describe('features of the transport, which are off unless asked for', () => {
  test.each(
    ['mmio', 'pci'].flatMap((transport) => ['split', 'packed'].map((layout) => ({ transport, layout }))),
  )('all of them on: $transport, $layout', async ({ transport, layout }) => {
    const on = Object.fromEntries(ALL.map((name) => [`queue.features.${name}`, true]));
    const { code, report } = await runJson([
      'blk-randread',
      ...sets({ operations: 5000, warmup: 0, transport, 'queue.layout': layout, 'queue.count': 2, ...on }),
    ]);
    expect(code).toBe(0);
    const [job] = report.jobs;
    expect(job).toMatchObject({ verdict: 'pass', operations: 5000, mismatches: 0, errors: 0, lost: 0 });
    expect(job?.queue.features).toEqual(expect.arrayContaining(ALL));
  });

  test('none of them otherwise', async () => {
    const { report } = await runJson(['blk-randread', ...sets({ operations: 100, warmup: 0 })]);
    expect(ALL.filter((name) => report.jobs[0]?.queue.features.includes(name))).toEqual([]);
  });
});
