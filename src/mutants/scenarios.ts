/** Small runs for the zoo: short enough to be made for one mutant each, and asleep whenever there is nothing to do. */
const SMALL = {
  workload: 'mixed',
  mix: { read: 50, write: 50 },
  backend: { kind: 'memory', size: '4MiB' },
  operations: '2k',
  depth: 16,
  wait: 'block',
  stall_timeout: '3s',
};

const LIFECYCLE = {
  ...SMALL,
  operations: '3k',
  queue: { size: 64, count: 2, features: ['INDIRECT_DESC', 'EVENT_IDX', 'RING_RESET', 'SUSPEND'] },
};

const DMA = { ...SMALL, block: { 512: 4, '4KiB': 4, '64KiB': 1 }, segments: '1..3', operations: '1k' };

/** By name; `version` and `name` are added when they are written. JSON is YAML. */
export const SCENARIOS: Readonly<Record<string, { readonly jobs: Readonly<Record<string, object>> }>> = {
  blk: { jobs: { blk: { ...SMALL, queue: { size: 64, features: ['EVENT_IDX'] } } } },
  /** Requests finish in random order. */
  reordered: {
    jobs: { blk: { ...SMALL, queue: { size: 64 }, service: { window: 8, order: 'random' } } },
  },
  /** A ring with room for some of the requests only, each of several descriptors. */
  crowded: { jobs: { blk: { ...SMALL, queue: { size: 8, features: ['EVENT_IDX'] }, segments: '1..3' } } },
  'two-queues': { jobs: { blk: { ...SMALL, queue: { size: 64, count: 2, features: ['EVENT_IDX'] } } } },
  rng: { jobs: { rng: { ...SMALL, mix: undefined, backend: undefined, device: 'rng', workload: 'read' } } },
  'ring-resets': {
    jobs: {
      blk: {
        ...LIFECYCLE,
        lifecycle: { every: 50, count: 50, events: ['ring_reset', 'resize'], sizes: [16, 64] },
      },
    },
  },
  'device-resets': {
    jobs: {
      blk: {
        ...LIFECYCLE,
        operations: '6k',
        lifecycle: { every: 50, count: 50, events: ['device_reset'] },
      },
    },
  },
  bounced: { jobs: { blk: { ...DMA, dma: 'swiotlb' } } },
  /** As it looks from outside: the uses of the DMA API are not checked, only what comes back. */
  unchecked: { jobs: { blk: { ...DMA, dma: { mapping: 'swiotlb', check: false } } } },
  'bounced-rng': {
    jobs: {
      rng: { ...SMALL, mix: undefined, backend: undefined, device: 'rng', workload: 'read', dma: 'swiotlb' },
    },
  },
  /** A segment may be longer than a bounce. */
  'long-segments': {
    jobs: { blk: { ...DMA, block: '512KiB', segments: undefined, operations: 100, dma: 'swiotlb' } },
  },
  exhausted: {
    jobs: {
      blk: {
        ...DMA,
        block: { 512: 6, '4KiB': 3, '32KiB': 2, '128KiB': 1 },
        segments: '1..4',
        queue: { count: 2 },
        depth: 64,
        operations: '3k',
        memory: { encryption: 'garbage' },
        dma: { mapping: 'swiotlb', pool: '512KiB' },
      },
    },
  },
};
