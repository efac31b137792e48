import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkSequences, failure, SequenceError } from '../support/stack/check-sequences.js';
import { type FaultName, FAULTS } from '../support/stack/faults.js';
import { parseSequence, SEQUENCE_VARIABLE, type StackKind } from '../support/stack/sequence.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KINDS: readonly StackKind[] = (['split', 'packed'] as const).flatMap((layout) =>
  (['mmio', 'pci'] as const).map((transport) => ({ layout, transport, features: ['EVENT_IDX', 'IN_ORDER'] })),
);
const CASES = (Object.keys(FAULTS) as FaultName[]).flatMap((fault) =>
  KINDS.map((kind) => ({ fault, ...kind })),
);

/** The sequence that finds a fault. */
function find({ fault, ...kind }: (typeof CASES)[number]): SequenceError {
  try {
    checkSequences(kind, 350, 4000, fault);
  } catch (error) {
    if (error instanceof SequenceError) return error;
    throw error;
  }
  throw new Error(`nothing was found: ${fault}`);
}

/** The sequence in a line that is to be typed. */
function sequenceOf(line: string) {
  const json = new RegExp(`^${SEQUENCE_VARIABLE}='([^']+)' npx vitest run `).exec(line)?.[1] ?? '';
  return parseSequence(json);
}

describe('what goes wrong on purpose is found, made short, and comes again', () => {
  it.each(CASES)('a queue that $fault: $layout, $transport', (wrong) => {
    const found = find(wrong);
    expect(found.message.split('\n').at(-1)).toBe(found.line);
    expect(found.sequence.commands.length).toBeLessThanOrEqual(5);
    const again = sequenceOf(found.line);
    expect(again).toEqual(found.sequence);
    expect(failure(again)).toHaveProperty('message', found.reason);
    const { fault: _, ...right } = again;
    expect(failure(right), 'and not without it').toBeNull();
    for (const i of again.commands.keys()) {
      const shorter = { ...again, commands: again.commands.toSpliced(i, 1) };
      expect(failure(shorter), `command ${i} belongs to it`).toBeNull();
    }
  });

  it('comes again by the line that was printed', { timeout: 120_000 }, () => {
    const found = find({ fault: 'interrupts while suspended', ...(KINDS[3] as StackKind) });
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !name.startsWith('VITEST') && name !== 'VRING_CONFORMANCE',
      ),
    );
    const { status, stdout, stderr } = spawnSync('sh', ['-c', found.line], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...env, VRING_BUILT: '1', NO_COLOR: '1' },
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/\n0 passed, 1 failed\n$/);
    expect(stderr).toContain(found.reason.split('\n')[0]);
  });
});
