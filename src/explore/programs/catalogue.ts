import { z } from 'zod';
import type { Rng } from '../../rng.js';
import type { RingLayout } from '../../virtqueue/layouts.js';
import type { QueueEnds } from '../../virtqueue/queue-ends.js';
import { ExploreError } from '../errors.js';
import type { ProfileName } from '../models/model.js';
import type { Program } from '../program.js';
import { type AbstractRingDefect, abstractRing } from './abstract-ring.js';
import { LIES } from './attacks.js';
import { configProgram } from './config.js';
import { drawRing } from './draw-ring.js';
import { exitsProgram } from './exits.js';
import { hostileProgram } from './hostile.js';
import { resetProgram } from './reset.js';
import { ringProgram } from './ring.js';
import { suspendProgram } from './suspend.js';
import { twoQueuesProgram } from './two-queues.js';

/** What a program is made with, by name: plain data, which crosses threads and stands in reports. */
export type ProgramOptions = Readonly<Record<string, string | number | boolean>>;

/** A program that comes with vring. */
export interface CatalogueEntry {
  readonly title: string;
  /** Names of the options. */
  readonly options: readonly string[];
  /** Checks the options and fills in what is not given; what it returns, it takes again. */
  readonly resolve: (options: ProgramOptions) => ProgramOptions;
  /** `ends` are those of the module that `options.module` names. */
  readonly build: (options: ProgramOptions, ends?: QueueEnds) => Program;
  /** Draws those options that are not given; where there is nothing to draw, it is not there. */
  readonly draw?: (given: ProgramOptions, rng: Rng) => ProgramOptions;
  /** Profiles that say something of it; all of them, unless told. */
  readonly profiles?: readonly ProfileName[];
}

/** More than anybody can wait for; random executions are short enough. */
const BUFFERS_MAX = 32;
/**
 * Descriptors of a buffer: one for the request, one for the answer. No ring may be smaller, an indirect table
 * notwithstanding (2.7.5.3.1).
 */
const DESCRIPTORS = 2;

const buffers = z.int().min(1).max(BUFFERS_MAX).default(2);

const DEFECTS: readonly AbstractRingDefect[] = [
  'no-fence-before-avail-event',
  'no-fence-after-avail-event',
  'no-fence-before-used-event',
  'no-fence-after-used-event',
  'no-second-look-of-guest',
  'no-second-look-of-device',
];

const ringOptions = z.strictObject({
  buffers,
  ringSize: z.int().min(DESCRIPTORS).max(32_768).optional(),
  eventIdx: z.boolean().default(true),
  indirect: z.boolean().default(false),
  inOrder: z.boolean().default(false),
  bounced: z.boolean().default(false),
  batch: z.int().min(1).max(BUFFERS_MAX).default(1),
  deviceBatch: z.int().min(1).max(BUFFERS_MAX).default(1),
  startIndex: z.int().min(0).max(0xffff).default(0),
  module: z.string().optional(),
});

/** What the queues of the other programs have in common. */
const queue = {
  layout: z.enum(['split', 'packed']).default('split'),
  size: z.union([z.literal(2), z.literal(4), z.literal(8)]).default(2),
  eventIdx: z.boolean().default(true),
};

const few = z.int().min(1).max(2).default(1);
const rest = { before: few, after: z.int().min(0).max(2).default(0) };

function ring(layout: RingLayout): CatalogueEntry {
  const isFit = ({ ringSize = 2 }: { readonly ringSize?: number | undefined }): boolean =>
    layout === 'packed' || Number.isInteger(Math.log2(ringSize));
  const sized = ringOptions.refine(isFit, { path: ['ringSize'], error: 'a split ring has a power of two' });
  const schema = sized.transform(({ ringSize, module, ...options }) => {
    const own = module === undefined ? {} : { module };
    return { ...options, ...own, ringSize: ringSize ?? smallestRing(layout, options) };
  });
  const made = entry(`the production ${layout} virtqueue, driver and device`, schema, (options, ends) => {
    return ringProgram({
      ...options,
      layout,
      size: options.ringSize,
      ...(ends === undefined ? {} : { ends }),
    });
  });
  return { ...made, draw: (given, rng) => made.resolve(drawRing(layout, given, rng)) };
}

/** The smallest ring that holds all buffers at once. */
function smallestRing(
  layout: RingLayout,
  options: { readonly buffers: number; readonly indirect: boolean },
): number {
  const needed = Math.max(DESCRIPTORS, options.buffers * (options.indirect ? 1 : DESCRIPTORS));
  // Only the packed ring can have any size.
  return layout === 'packed' ? needed : 2 ** Math.ceil(Math.log2(needed));
}

const abstractOptions = z.strictObject({ buffers, defect: z.enum(['none', ...DEFECTS]).default('none') });

/** Every program that has a name. To add one is to add an entry. */
export const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  split: ring('split'),
  packed: ring('packed'),
  'abstract-ring': entry(
    'a split ring reduced to its accesses, to compare explorers with',
    abstractOptions,
    (options) => abstractRing(options.buffers, options.defect === 'none' ? null : options.defect),
  ),
  reset: entry(
    'the reset of a queue that is in use',
    z.strictObject({ ...queue, ...rest, after: few }),
    resetProgram,
  ),
  suspend: entry(
    'a queue that is suspended and resumed',
    z.strictObject({ ...queue, ...rest }),
    suspendProgram,
  ),
  exits: entry(
    'register accesses, each answered by another thread',
    z.strictObject({ vcpus: few, rounds: few }),
    exitsProgram,
  ),
  config: entry(
    'a configuration that changes while it is read',
    z.strictObject({ changes: few, checksGeneration: z.boolean().default(true) }),
    configProgram,
  ),
  'two-queues': entry(
    'two queues that share an interrupt status',
    z.strictObject({ ...queue, twoDevices: z.boolean().default(false) }),
    twoQueuesProgram,
  ),
  // A peer that writes whenever it likes races with everything; that is for C11 and JavaScript a fault of both.
  hostile: {
    profiles: ['sc', 'tso', 'armv8'],
    ...entry(
      'one end of a ring against a peer that writes rubbish',
      z.strictObject({
        layout: queue.layout,
        eventIdx: queue.eventIdx,
        victim: z.enum(['device', 'driver']).default('device'),
        attack: z.enum([...LIES, 'all']).default('all'),
        readsTwice: z.boolean().default(false),
      }),
      hostileProgram,
    ),
  },
};

function entry<T extends ProgramOptions>(
  title: string,
  schema: z.ZodType<T>,
  build: (options: T, ends?: QueueEnds) => Program,
): CatalogueEntry {
  const object = schema instanceof z.ZodPipe ? schema.in : schema;
  const options = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  const resolve = (given: ProgramOptions): T => {
    const { success, data, error } = schema.safeParse(given);
    if (success) return data;
    throw wrongOption(error.issues[0] as z.core.$ZodIssue, given, options);
  };
  return { title, options, resolve, build: (given, ends) => build(resolve(given), ends) };
}

function wrongOption(
  issue: z.core.$ZodIssue,
  given: ProgramOptions,
  options: readonly string[],
): ExploreError {
  const known = `it has ${options.join(', ')}`;
  if (issue.code === 'unrecognized_keys')
    return new ExploreError('USAGE', `there is no option \`${issue.keys[0]}\` here: ${known}`);
  const name = String(issue.path[0]);
  return new ExploreError('USAGE', `option \`${name}\` is ${String(given[name])}: ${issue.message}`);
}
