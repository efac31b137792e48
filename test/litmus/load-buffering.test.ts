import { describe, expect, it } from 'vitest';
import { Explorer } from '../../src/explore/explorer.js';
import { memoryModel } from '../../src/explore/models/profiles.js';
import type { Program } from '../../src/explore/program.js';
import { ringProgram } from '../../src/explore/programs/ring.js';
import { reusedBuffer, writesBeforeWrites } from '../support/explore/reused-buffer.js';

const OPTIONS = { size: 2, eventIdx: true, indirect: false, inOrder: false, startIndex: 0 };

function explore(program: Program): { readonly explorer: Explorer; readonly messages: readonly string[] } {
  const messages: string[] = [];
  const onFinding = ({ message }: { message: string }): boolean => messages.push(message) > 0;
  const explorer = new Explorer(program, memoryModel('armv8', program.threads.length), { onFinding });
  explorer.run();
  return { explorer, messages };
}

describe('the rings as they are', () => {
  it.each([
    ['split', 1],
    ['split', 2],
    ['packed', 1],
    ['packed', 2],
  ] as const)('%s, %d buffers: nothing found', (layout, buffers) => {
    const { explorer, messages } = explore(ringProgram({ ...OPTIONS, layout, buffers, batch: 1 }));
    expect(messages).toEqual([]);
    expect(explorer.counts.complete).toBeGreaterThan(10);
    // The driver's wish for an interrupt may be visible before the index it has read; nothing depends on that.
    if (layout === 'split' && buffers === 2) expect(explorer.bufferedCount).toBeGreaterThan(0);
  });
});

describe('a buffer that the driver uses again', () => {
  it('is read before it is given back', () => {
    const { explorer, messages } = explore(reusedBuffer((port) => port));
    expect(messages).toEqual([]);
    expect(explorer.counts.complete).toBeGreaterThan(10);
  });

  it('can be read too late if giving it back orders only what was written', () => {
    const { explorer, messages } = explore(reusedBuffer(writesBeforeWrites));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/load buffering/);
    expect(explorer.counts.failed).toBe(0);
  });
});
