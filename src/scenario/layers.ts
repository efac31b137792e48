import type { KeyPath } from './document.js';
import type { BlkOperation } from './plan.js';
import type { Where } from './problems.js';
import type { JobSettings, MixSettings } from './settings.js';

/** One of the places that a job's settings come from: defaults, the job itself, a matrix value, a `--set`. */
export interface Layer {
  readonly settings: JobSettings;
  readonly where: (path: KeyPath, part: 'key' | 'value') => Where;
  /** A path to a key inside a map, as opposed to the whole map: `mix.read` changes one weight and keeps the others. */
  readonly reachesInside: boolean;
}

const DEFAULT_MIX: Readonly<Record<'read' | 'write', number>> = { read: 70, write: 30 } satisfies MixSettings;

/** What `queue.features.X` starts from, whatever form the file used; ACCESS_PLATFORM follows from `dma`. */
const BASE: JobSettings = {
  queue: {
    features: {
      INDIRECT_DESC: true,
      EVENT_IDX: true,
      IN_ORDER: false,
      NOTIFICATION_DATA: false,
      RING_RESET: false,
      ORDER_PLATFORM: false,
      SUSPEND: false,
    },
  },
};

/** The settings of a job: maps are merged key by key, anything else is replaced. The last layer wins. */
export function mergeLayers(layers: readonly Layer[]): JobSettings {
  let merged: JobSettings = BASE;
  for (const { settings, reachesInside } of layers) {
    // A distribution is one value: weights left over from `defaults` would be in it unseen.
    const mix = reachesInside ? { ...(merged.mix ?? DEFAULT_MIX), ...settings.mix } : settings.mix;
    merged = merge(merged, settings);
    if (settings.mix !== undefined) merged = { ...merged, mix };
  }
  return merged;
}

/** The weights of `mixed`, in the plan's form. */
export function mixWeights(mix: MixSettings | undefined): { operation: BlkOperation; weight: number }[] {
  return Object.entries(mix ?? DEFAULT_MIX)
    .map(([operation, weight = 0]) => ({ operation: operation as BlkOperation, weight }))
    .filter(({ weight }) => weight > 0);
}

/** The value at a path, or undefined. */
export function valueIn(settings: JobSettings, path: KeyPath): unknown {
  let value: unknown = settings;
  for (const key of path) {
    if (!isPlainMap(value)) return undefined;
    value = value[String(key)];
  }
  return value;
}

function merge<T>(under: T, over: T): T {
  if (over === undefined) return under;
  if (!isPlainMap(under) || !isPlainMap(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged as T;
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
