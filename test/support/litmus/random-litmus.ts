import fc from 'fast-check';
import type { AccessOrder, FenceKind, Litmus, Operation } from './litmus.js';

type Shape =
  | {
      readonly type: 'store' | 'load' | 'add' | 'exchange';
      readonly location: string;
      readonly order: AccessOrder;
    }
  | { readonly type: 'fence'; readonly fence: FenceKind };

export interface RandomLitmusOptions {
  /** Whether there are read-modify-writes. */
  readonly updates: boolean;
  readonly fences: boolean;
  /** Accesses of all threads; a read-modify-write is two. */
  readonly maxAccesses: number;
  /** Whether each thread loads before it does anything else, as load buffering demands. */
  readonly loadsFirst?: boolean;
}

/** Litmus tests of two or three threads. Each write of one has a value of its own. */
export function randomLitmus(options: RandomLitmusOptions): fc.Arbitrary<Litmus> {
  const { updates, fences, maxAccesses, loadsFirst = false } = options;
  const location = fc.constantFrom('x', 'y', 'x', 'y', 'x', 'y', 'z');
  const access = (
    type: 'store' | 'load' | 'add' | 'exchange',
    ...orders: AccessOrder[]
  ): fc.Arbitrary<Shape> =>
    fc.record({ type: fc.constant(type), location, order: fc.constantFrom(...orders) });
  const shape: fc.Arbitrary<Shape> = fc.oneof(
    { weight: 6, arbitrary: access('store', 'plain', 'plain', 'rlx', 'rel', 'sc') },
    { weight: 6, arbitrary: access('load', 'plain', 'plain', 'rlx', 'acq', 'acqpc', 'sc') },
    { weight: updates ? 2 : 0, arbitrary: access('add', 'rlx', 'acq', 'rel', 'acqrel', 'sc') },
    { weight: updates ? 2 : 0, arbitrary: access('exchange', 'rlx', 'acq', 'rel', 'acqrel', 'sc') },
    {
      weight: fences ? 4 : 0,
      arbitrary: fc.record({
        type: fc.constant('fence' as const),
        fence: fc.constantFrom<FenceKind>('full', 'full', 'wmb', 'rmb'),
      }),
    },
  );
  const thread = fc.array(shape, { minLength: 1, maxLength: 5 });
  return fc
    .array(thread, { minLength: 2, maxLength: 3 })
    .filter((threads) => accessCount(threads) <= maxAccesses)
    .map((threads) => toLitmus(loadsFirst ? threads.map(withLoadsFirst) : threads));
}

function withLoadsFirst(shapes: readonly Shape[]): Shape[] {
  return [...shapes].sort((a, b) => Number(b.type === 'load') - Number(a.type === 'load'));
}

function accessCount(threads: readonly (readonly Shape[])[]): number {
  const sizes: Record<Shape['type'], number> = { store: 1, load: 1, add: 2, exchange: 2, fence: 0 };
  return threads.flat().reduce((sum, { type }) => sum + sizes[type], 0);
}

function toLitmus(threads: readonly (readonly Shape[])[]): Litmus {
  let registers = 0;
  let value = 0;
  const toOperation = (shape: Shape): Operation => {
    if (shape.type === 'fence') return shape;
    const { type, ...access } = shape;
    if (type === 'load') return { type, register: `r${registers++}`, ...access };
    value += 1;
    if (type === 'store') return { type, value, ...access };
    return { type: 'update', register: `r${registers++}`, value, isExchange: type === 'exchange', ...access };
  };
  return { threads: threads.map((shapes) => shapes.map(toOperation)) };
}
