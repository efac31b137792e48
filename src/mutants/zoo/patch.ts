import type { Patch } from '../mutant.js';

export function patch(file: string, find: string, replace: string): Patch {
  return { file, find, replace };
}

export const SPLIT_DRIVER = 'virtqueue/split-driver.js';
export const SPLIT_DEVICE = 'virtqueue/split-device.js';
export const PACKED_DRIVER = 'virtqueue/packed-driver.js';
export const PACKED_DEVICE = 'virtqueue/packed-device.js';
export const PACKED_EVENTS = 'virtqueue/packed-events.js';
