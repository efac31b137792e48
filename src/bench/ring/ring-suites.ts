import type { RingLayout } from '../../virtqueue/layouts.js';
import type { WaitPolicy } from '../../transport/waiter.js';
import type { RingCase } from './ring-case.js';
import type { RingPlan } from './ring-result.js';

/** What the user may say; what is left out is what a bench measures by default. */
export interface RingChoices {
  readonly layout?: RingLayout;
  readonly wait?: WaitPolicy['policy'];
  readonly spinNs?: number;
  readonly batch?: number;
  readonly ringSize?: number;
  readonly buffers?: number;
  readonly queues?: number;
  readonly eventIdx?: boolean;
  readonly inOrder?: boolean;
  readonly indirect?: boolean;
}

/** A bench of the ring: a sweep over one thing, or one case alone. */
export interface RingSuite {
  readonly title: string;
  readonly plans: (choices: RingChoices) => readonly RingPlan[];
}

const KIB = 1024;
const SPIN_NS = 50_000;
/** As much as a bench of payload moves in each repetition, in as many buffers as it takes. */
const PAYLOAD_BYTES = 2 ** 30;
const PAYLOAD_IN_FLIGHT_BYTES = 2 ** 22;

/** Apart from these, all of them are the same. */
const SUSPECTS: Readonly<Record<string, Partial<RingCase>>> = {
  bare: {},
  // The same list of ranges for all, instead of one that is filled for each.
  list: { payload: 'same' },
  // Two readings of the clock and a histogram, for each buffer.
  latency: { timing: 'stream' },
  // Whether the other side wants to be told is looked up for each buffer, though it never sleeps for long.
  notification: { wait: { policy: 'adaptive', spinNs: SPIN_NS } },
  // The same without the index that says when.
  flags: { wait: { policy: 'adaptive', spinNs: SPIN_NS }, eventIdx: false },
  order: { inOrder: true },
  table: { elements: 2, indirect: true },
  chain: { elements: 2 },
  copy: { payload: 'copy' },
  // Both ends record what they do; their stores as well; both, with every property of the ring checked.
  events: { onlooker: 'events' },
  stores: { onlooker: 'stores' },
  checks: { onlooker: 'checks' },
};

export const RING_BENCHES = [
  'ring',
  'roundtrip',
  'chain',
  'payload',
  'dma',
  'queues',
  'sizes',
  'suspects',
] as const;

export type RingBenchName = (typeof RING_BENCHES)[number];

export const RING_SUITES: Readonly<Record<RingBenchName, RingSuite>> = {
  ring: {
    title: 'buffers per second through one ring, by the protocol of the Linux ringtest',
    plans: (choices) => [plan('ring', choices, {})],
  },
  roundtrip: {
    title: 'time from the post of a buffer to its return, one at a time',
    plans: (choices) => {
      const wait = { policy: choices.wait ?? 'adaptive', spinNs: choices.spinNs ?? SPIN_NS } as const;
      return [
        plan('roundtrip', choices, { depth: 1, timing: 'single', wait, buffers: choices.buffers ?? 200_000 }),
      ];
    },
  },
  chain: {
    title: 'buffers of 1 to 64 elements, as chains of the ring and in indirect tables',
    plans: (choices) =>
      [1, 2, 4, 8, 16, 32, 64].flatMap((elements) =>
        // One element goes into the ring as it is, tables or not.
        (elements === 1 ? [false] : [false, true]).map((indirect) => {
          const buffers = choices.buffers ?? 1_000_000;
          const depth = indirect
            ? ringSizeOf(choices)
            : Math.max(1, Math.floor(ringSizeOf(choices) / elements));
          return plan('chain', choices, { elements, indirect, buffers, depth, payload: 'none' });
        }),
      ),
  },
  payload: {
    title: 'bytes per second of one copy out of guest memory, and of the copy alone',
    plans: (choices) =>
      [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB].map((elementBytes) => {
        const buffers = choices.buffers ?? Math.min(2_000_000, PAYLOAD_BYTES / elementBytes);
        const depth = Math.max(2, Math.min(ringSizeOf(choices), PAYLOAD_IN_FLIGHT_BYTES / elementBytes));
        return plan('payload', choices, { elementBytes, depth, buffers, payload: 'copy' });
      }),
  },
  dma: {
    title: 'buffers for the device to write: by their addresses, mapped by the DMA API, and bounced',
    plans: (choices) =>
      [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB].flatMap((elementBytes) =>
        (['none', 'direct', 'bounced'] as const).map((dma) => {
          // The device touches no byte: only what is bounced takes longer where there is more of it.
          const most = dma === 'bounced' ? PAYLOAD_BYTES / elementBytes : Infinity;
          const buffers = choices.buffers ?? Math.min(1_000_000, most);
          const depth = Math.max(2, Math.min(ringSizeOf(choices), PAYLOAD_IN_FLIGHT_BYTES / elementBytes));
          return plan(`dma-${dma}`, choices, { elementBytes, depth, buffers, dma, payload: 'none' });
        }),
      ),
  },
  queues: {
    title: 'one ring and several at the same time, each with two threads of its own',
    plans: (choices) =>
      Array.from({ length: choices.queues ?? 4 }, (_, i) => {
        const wait = { policy: choices.wait ?? 'adaptive', spinNs: choices.spinNs ?? SPIN_NS } as const;
        const one = plan('queues', choices, { wait, buffers: choices.buffers ?? 1_000_000 });
        return { ...one, queues: i + 1 };
      }),
  },
  sizes: {
    title: 'rings of 16 to 32768 entries',
    plans: (choices) =>
      [16, 64, 256, 1024, 4096, 32768].map((ringSize) =>
        plan('sizes', { ...choices, ringSize }, { buffers: choices.buffers ?? 3_000_000 }),
      ),
  },
  suspects: {
    title: 'what is often said to cost much, each beside a ring without it',
    plans: (choices) =>
      Object.entries(SUSPECTS).map(([name, special]) =>
        plan(`suspects-${name}`, choices, {
          buffers: choices.buffers ?? 3_000_000,
          payload: 'none',
          ...special,
        }),
      ),
  },
};

function ringSizeOf({ ringSize = 256 }: RingChoices): number {
  return ringSize;
}

function plan(name: string, choices: RingChoices, special: Partial<RingCase>): RingPlan {
  const ringSize = ringSizeOf(choices);
  const ringCase: RingCase = {
    layout: choices.layout ?? 'split',
    wait: { policy: choices.wait ?? 'poll', spinNs: choices.spinNs ?? SPIN_NS },
    batch: choices.batch ?? 1,
    ringSize,
    depth: ringSize,
    buffers: choices.buffers ?? 10_000_000,
    eventIdx: choices.eventIdx ?? true,
    inOrder: choices.inOrder ?? false,
    indirect: choices.indirect ?? false,
    elements: 1,
    elementBytes: 64,
    payload: 'same',
    dma: 'none',
    onlooker: 'none',
    timing: 'none',
    ...special,
  };
  return { name, ringCase, queues: 1 };
}
