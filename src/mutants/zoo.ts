import type { Mutant } from './mutant.js';
import { ACCOUNTING } from './zoo/accounting.js';
import { DMA } from './zoo/dma.js';
import { HOSTILE } from './zoo/hostile.js';
import { LIFETIME } from './zoo/lifetime.js';
import { PACKED } from './zoo/packed.js';
import { START } from './zoo/start.js';
import { STORE_LOAD } from './zoo/store-load.js';
import { WAKEUPS } from './zoo/wakeups.js';
import { WEAK_MEMORY } from './zoo/weak-memory.js';

/** All mutants, in the order of their numbers. */
export const ZOO: readonly Mutant[] = [
  ...STORE_LOAD,
  ...WEAK_MEMORY,
  ...PACKED,
  ...WAKEUPS,
  ...START,
  ...ACCOUNTING,
  ...HOSTILE,
  ...LIFETIME,
  ...DMA,
].toSorted((a, b) => a.id.localeCompare(b.id));

/** A bug that is not made again, and why not. */
export interface NotRecreated {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export const NOT_RECREATED: readonly NotRecreated[] = [
  {
    id: 'Z57',
    title: 'getBuf without the lock of the queue (Linux virtio-crypto, CVE-2026-23229)',
    reason: 'a queue belongs to one vCPU here, so there is no lock that could be left out',
  },
  {
    id: 'Z89',
    title: 'a write that the dirty log does not show (DPDK, 4da3dd4885; QEMU, 3cdf847329)',
    reason: 'vring does not migrate a guest: there is no dirty log',
  },
];
