import { type ProgramRef, resolveProgram } from '../../explore/load-program.js';
import type { ProfileName } from '../../explore/models/model.js';
import type { Perturbation } from '../perturbation.js';
import type { RoundPlan } from '../round-plan.js';

const BUFFERS_MAX = 3;
const SMALLEST_RING = 2;
const BEFORE_WRAP_16 = 0xffff;

/** What can go wrong by interleaving alone comes first: it is the simplest to read, and takes no time to rule out. */
const PROFILES_OF: Readonly<Record<Perturbation, readonly ProfileName[]>> = {
  none: ['sc', 'tso'],
  delay: ['sc', 'tso'],
  tso: ['sc', 'tso'],
  weak: ['sc', 'tso', 'rc11', 'armv8'],
};

/** The memory models that allow what the perturbation did. */
export function profilesFor({ perturbation }: RoundPlan): readonly ProfileName[] {
  return PROFILES_OF[perturbation];
}

/** Programs of the explorer that come near to a round, with one buffer first; `module` has the user's own ends. */
export function* programsFor(plan: RoundPlan, module: string | null): Generator<ProgramRef> {
  for (let buffers = 1; buffers <= BUFFERS_MAX; buffers++) {
    const options = {
      ...(module === null ? {} : { module }),
      buffers,
      eventIdx: plan.eventIdx,
      indirect: plan.indirect,
      inOrder: plan.inOrder,
      batch: Math.min(buffers, plan.guest.batch),
      deviceBatch: Math.min(buffers, plan.host.batch),
    };
    const roomy = resolveProgram(plan.layout, options);
    const ringSize = Number(roomy.options['ringSize']);
    yield withStart(plan, roomy, ringSize);
    // The same with a ring that is full before all are posted.
    if (ringSize > SMALLEST_RING)
      yield withStart(
        plan,
        resolveProgram(plan.layout, { ...options, ringSize: SMALLEST_RING }),
        SMALLEST_RING,
      );
  }
}

/** A round begins so near to a wrap that its buffers come past it: so does the program. */
function withStart({ layout, startIndex, size }: RoundPlan, ref: ProgramRef, ringSize: number): ProgramRef {
  if (startIndex === 0) return ref;
  // A packed ring wraps at each lap, and its counters differ from one to the next.
  const lap = Math.floor(startIndex / size) % 2;
  const before = layout === 'split' ? BEFORE_WRAP_16 : lap * ringSize + ringSize - 1;
  return { ...ref, options: { ...ref.options, startIndex: before } };
}
