/** Largest queue of either layout (virtio 1.4, 2.7). */
export const QUEUE_SIZE_MAX = 32768;

/** Each queue is two threads. */
export const QUEUE_COUNT_MAX = 16;

/** Guest memory, and a disk in memory: what one SharedArrayBuffer can be. */
export const MEMORY_MAX_BYTES: number = 4 * 2 ** 30;

/** More cells are a slip, not a plan. */
export const JOBS_MAX = 4096;

/** A scenario is written by hand. */
export const FILE_MAX_BYTES: number = 2 ** 20;
