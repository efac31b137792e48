import { describe, expect, test } from 'vitest';
import { Explorer } from '../../../src/explore/explorer.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import type { Program } from '../../../src/explore/program.js';
import { CATALOGUE } from '../../../src/explore/programs/catalogue.js';
import { Bag } from '../../../src/explore/bag.js';

const PROGRAMS: Readonly<Record<string, Program>> = {
  split: program('split', { buffers: 2 }),
  'split by flags': program('split', { buffers: 1, eventIdx: false, indirect: true }),
  packed: program('packed', { buffers: 2 }),
  abstract: program('abstract-ring', { buffers: 2 }),
  payload: {
    name: 'contents of more than four bytes',
    memoryBytes: 64,
    threads: [1, 2, 3].map((mark) => ({
      name: `thread ${mark}`,
      run: (port) => {
        port.copyIn(8, new Uint8Array(8).fill(mark), 0, 8);
        const content = new Uint8Array(8);
        port.copyOut(8, content, 0, 8);
        return content[0];
      },
    })),
  },
};

function program(name: string, options: Record<string, number | boolean>): Program {
  const entry = CATALOGUE[name];
  if (entry === undefined) throw new Error(`no program ${name}`);
  return entry.build(options);
}

function newExplorer(name: string, profile: ProfileName): Explorer {
  const made = PROGRAMS[name] as Program;
  return new Explorer(made, memoryModel(profile, made.threads.length), { onFinding: () => false });
}

type Counts = Explorer['counts'];

function sum(explorers: readonly Explorer[]): Counts {
  const total: Counts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };
  for (const { counts } of explorers) {
    total.complete += counts.complete;
    total.blocked += counts.blocked;
    total.failed += counts.failed;
  }
  return total;
}

/** Several explorers take turns; what one leaves goes to the bag, over the hop that plain data survives. */
function inTurns(name: string, profile: ProfileName, count: number, graphs: number): Counts {
  const bag = new Bag();
  const explorers = Array.from({ length: count }, () => newExplorer(name, profile));
  const [first] = explorers as [Explorer];
  let isDone = first.run(graphs);
  bag.add(structuredClone(first.handOut()));
  for (let turn = 1; !bag.isEmpty; turn++) {
    const explorer = explorers[turn % count] as Explorer;
    explorer.takeOver(bag.takeHalf());
    isDone = explorer.run(graphs);
    bag.add(structuredClone(explorer.handOut()));
  }
  expect(isDone).toBe(true);
  return sum(explorers);
}

describe('explorers that hand work to each other build each graph once', () => {
  const profiles = ['sc', 'tso', 'armv8', 'rc11', 'js'] as const;

  test.each(Object.keys(PROGRAMS).flatMap((name) => profiles.map((profile) => ({ name, profile }))))(
    '$name under $profile',
    ({ name, profile }) => {
      const alone = newExplorer(name, profile);
      alone.run();
      expect(alone.counts.complete + alone.counts.failed).toBeGreaterThan(2);
      expect(inTurns(name, profile, 2, 7)).toEqual(alone.counts);
      expect(inTurns(name, profile, 4, 1)).toEqual(alone.counts);
    },
  );
});

describe('an exploration knows how far it is', () => {
  test('the parts of the tree that were seen are all of it in the end', () => {
    const explorer = newExplorer('split', 'tso');
    let before = 0;
    while (!explorer.run(100)) {
      expect(explorer.share).toBeGreaterThan(before);
      expect(explorer.share).toBeLessThan(1);
      before = explorer.share;
    }
    expect(explorer.share).toBeCloseTo(1, 9);
  });
});
