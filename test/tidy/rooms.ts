import { type Import, importsOf } from './imports.js';
import type { Offence, Rule } from './rule.js';
import type { SourceFile } from './source.js';

/**
 * The rooms of src, from the top of the house to the bottom. A room imports from rooms below its own line and from
 * the ground floor. Rooms on one line are siblings and do not know each other.
 */
const ROOMS: readonly (readonly string[])[] = [
  ['cli'],
  ['report'],
  ['runs'],
  ['mutants'],
  ['scenario'],
  ['stress'],
  ['bench'],
  ['explore'],
  ['machine'],
  ['workload'],
  ['guest', 'host'],
  ['checkers'],
  ['recording'],
  ['stats'],
  ['transport'],
  ['devices'],
  ['events'],
  ['virtqueue'],
  ['dma'],
  ['memory'],
];

/** Files directly in src that every room may import. They import only each other. */
const GROUND_FLOOR = ['assert', 'clock', 'errors', 'exit-code', 'rng'];

/** Plain data that rooms hand to each other: anyone may `import type` from these, also from further down. */
const CONTRACTS = ['src/machine/job-report.ts', 'src/scenario/plan.ts'];

/** These put everything together, so they may import any room; nobody in src imports them. */
const FACE = 'src/index.ts';

export const roomsRule: Rule = {
  title: 'a room imports only from rooms below it',
  check: (tree) => tree.in(/^src\/.*\.ts$/).flatMap(checkFile),
  sample: {
    'src/errors.ts': "import { nowNs } from './clock.js';\nimport { add16 } from './virtqueue/wrap16.js';\n",
    'src/guest/blk.ts': [
      "import type { Backend } from '../host/backend.js';",
      "import type { JobPlan } from '../scenario/plan.js';",
      "import { loadPlan } from '../scenario/plan.js';",
      "import { SplitDriver } from '../virtqueue/split-driver.js';",
      "import { type Segment, split } from './split.js';",
      "import type { Machine } from '../machine/machine.js';",
      "// import { run } from '../cli/run.js';",
      "export { run } from '../cli/run.js';",
      "import { VringError } from '../index.js';",
      "const late = import('../report/text.js');",
      "import '../../workers/guest.js';",
      '',
    ].join('\n'),
    'src/attic/old.ts': 'export const old = 1;\n',
    'src/helpers.ts': 'export const help = 1;\n',
    'src/index.ts': "export { run } from './cli/run.js';\n",
    'workers/guest.ts': "import { run } from '../src/cli/run.js';\n",
  },
  offendersInSample: [
    'src/errors.ts:2',
    ...[1, 3, 6, 8, 9, 10, 11].map((line) => `src/guest/blk.ts:${line}`),
    'src/attic/old.ts:1',
    'src/helpers.ts:1',
  ],
};

function checkFile(file: SourceFile): readonly Offence[] {
  if (file.path === FACE) return [];
  const room = roomOf(file.path);
  if (room !== null && floorOf(room) === -1) {
    return [{ path: file.path, line: 1, message: `src/${room} is not in the table of rooms` }];
  }
  if (room === null && !isGroundFloor(file.path)) {
    return [{ path: file.path, line: 1, message: 'not on the list of the ground floor: put it into a room' }];
  }
  return importsOf(file).flatMap((imported) => {
    const message = wrongWith(room, imported);
    return message === null ? [] : [{ path: file.path, line: imported.line, message }];
  });
}

function wrongWith(room: string | null, { target, typeOnly }: Import): string | null {
  if (target === null || isGroundFloor(target)) return null;
  if (typeOnly && CONTRACTS.includes(target)) return null;
  if (room === null) return `the ground floor imports only itself, not ${target}`;
  const other = roomOf(target);
  if (other === null) return `src/${room} may not import ${target}`;
  if (other === room || floorOf(other) > floorOf(room)) return null;
  return `src/${room} is not above src/${other}`;
}

/** The folder of src that a file is in, or null. */
function roomOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** 0 is the top; -1 for a room that is not in the table. */
function floorOf(room: string): number {
  return ROOMS.findIndex((siblings) => siblings.includes(room));
}

function isGroundFloor(path: string): boolean {
  return GROUND_FLOOR.some((name) => path === `src/${name}.ts`);
}
