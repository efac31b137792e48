import { describe, expect, test } from 'vitest';
import { Explorer } from '../../../src/explore/explorer.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { Order } from '../../../src/explore/order.js';
import type { ExplorerPort } from '../../../src/explore/port.js';
import type { Program } from '../../../src/explore/program.js';

const READER = { name: 'reader', run: (port: ExplorerPort) => port.load32Ordered(0, Order.relaxed) };

function writer(value: number): Program['threads'][number] {
  return {
    name: `writer of ${value}`,
    run: (port: ExplorerPort) => port.store32Ordered(0, value, Order.relaxed),
  };
}

describe('the number of graphs does not depend on the order of the threads', () => {
  const threads = [READER, writer(1), writer(2)];

  test.each([{ order: [0, 1, 2] }, { order: [1, 2, 0] }, { order: [1, 0, 2] }])(
    'three values times two coherence orders, threads $order',
    ({ order }) => {
      const program = {
        name: 'two writers',
        memoryBytes: 64,
        threads: order.map((i) => threads[i] as typeof READER),
      };
      const explorer = new Explorer(program, memoryModel('sc', 3), { onFinding: () => false });
      expect(explorer.run()).toBe(true);
      expect(explorer.counts).toEqual({ complete: 6, blocked: 0, bounded: 0, failed: 0 });
    },
  );
});
