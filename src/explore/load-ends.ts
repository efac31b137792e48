import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScenarioError } from '../errors.js';
import { Allocator, RESERVED_BYTES } from '../memory/allocator.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { initRing, type RingLayout, ringParts } from '../virtqueue/layouts.js';
import {
  type DeviceEnd,
  type DriverEnd,
  type EndOptions,
  type QueueEnds,
  VRING_ENDS,
} from '../virtqueue/queue-ends.js';
import { describeThrown } from './execution.js';

/** A feature of a ring that an end may lack. */
export const END_FEATURES = ['event_idx', 'in_order', 'indirect_desc'] as const;

export type EndFeature = (typeof END_FEATURES)[number];

/**
 * What a module with ends of your own exports: one of them or both, and what they can. The end that is not there is
 * vring's. Nothing is agreed on that `features` does not name; without `layouts`, the ring is split.
 */
export interface EndsModule {
  readonly driver?: DriverEnd;
  readonly device?: DeviceEnd;
  readonly layouts?: readonly RingLayout[];
  readonly features?: readonly EndFeature[];
}

/** The same, with all that was left out. */
export interface LoadedEnds {
  readonly ends: QueueEnds;
  readonly layouts: readonly RingLayout[];
  readonly features: readonly EndFeature[];
}

const LAYOUTS: readonly RingLayout[] = ['split', 'packed'];

/** What the threads of a race or an exploration call. */
const DRIVER_METHODS = [
  'stageBuf',
  'hasRoomFor',
  'kick',
  'getBuf',
  'poll',
  'disableCallbacks',
  'enableCallbacks',
  'enableCallbacksDelayed',
];
const DEVICE_METHODS = ['pop', 'stageUsed', 'interrupt', 'poll', 'disableKicks', 'enableKicks'];

/** Loads a module, makes an end of each kind and layout once, and throws when it is not what it must be. */
export async function loadEnds(file: string): Promise<LoadedEnds> {
  const module = await importModule(file);
  const { driver, device, layouts = ['split'], features = [] } = module;
  const refuse = (why: string): never => {
    throw new ScenarioError('ENDS_MODULE', `${file}: ${why}`, { file });
  };
  if (driver === undefined && device === undefined) refuse('it exports neither `driver` nor `device`');
  for (const [name, value] of Object.entries({ driver, device }))
    if (value !== undefined && typeof value !== 'function') refuse(`its \`${name}\` is not a function`);
  if (!isListOf(layouts, LAYOUTS) || layouts.length === 0)
    refuse(`its \`layouts\` are not a list of ${LAYOUTS.join(', ')}`);
  if (!isListOf(features, END_FEATURES))
    refuse(`its \`features\` are not a list of ${END_FEATURES.join(', ')}`);
  const ends = { driver: driver ?? VRING_ENDS.driver, device: device ?? VRING_ENDS.device };
  for (const layout of layouts) {
    const wrong = whatIsWrong(ends, layout);
    if (wrong !== null) refuse(wrong);
  }
  return { ends, layouts, features };
}

async function importModule(file: string): Promise<EndsModule> {
  try {
    return (await import(pathToFileURL(path.resolve(file)).href)) as EndsModule;
  } catch (error) {
    const why = `it cannot be loaded: ${describeThrown(error)}`;
    throw new ScenarioError('ENDS_MODULE', `${file}: ${why}`, { file });
  }
}

function isListOf(value: unknown, names: readonly string[]): boolean {
  return Array.isArray(value) && value.every((name: unknown) => names.some((known) => known === name));
}

/** Makes both ends over a small ring; null when they can be raced. */
function whatIsWrong({ driver, device }: QueueEnds, layout: RingLayout): string | null {
  const memory = SharedMemory.ofSize(2 * RESERVED_BYTES);
  const allocator = new Allocator(memory.sizeBytes, RESERVED_BYTES);
  const options: EndOptions = {
    layout,
    size: 4,
    eventIdx: false,
    indirect: false,
    inOrder: false,
    startIndex: 0,
  };
  const place = (sizeBytes: number): number => allocator.allocate(sizeBytes, 64) ?? 0;
  const parts = ringParts(layout, options.size);
  const at = {
    desc: place(parts.desc.sizeBytes),
    driver: place(parts.driver.sizeBytes),
    device: place(parts.device.sizeBytes),
  };
  initRing(layout, memory, options.size, at, options.startIndex);
  const notifier = { notify: () => undefined };
  try {
    return (
      missing('driver', driver(memory, at, options, notifier, null), DRIVER_METHODS) ??
      missing('device', device(memory, at, options, notifier), DEVICE_METHODS)
    );
  } catch (error) {
    return `an end of a ${layout} ring cannot be made: ${describeThrown(error)}`;
  }
}

function missing(kind: 'driver' | 'device', end: unknown, methods: readonly string[]): string | null {
  if (typeof end !== 'object' || end === null) return `its \`${kind}\` returns no object`;
  const lacks = methods.filter((name) => typeof (end as Record<string, unknown>)[name] !== 'function');
  return lacks.length === 0 ? null : `what its \`${kind}\` returns has no ${lacks.join(', ')}`;
}
