import { SharedMemory } from '../memory/shared-memory.js';
import { packedLayout, PackedDesc, PackedEvent, PACKED_DESC_BYTES } from '../virtqueue/packed-layout.js';
import { type RingAddresses, splitLayout } from '../virtqueue/split-layout.js';
import type { Board } from './board.js';
import type { Pair } from './pair.js';
import type { RoundPlan } from './round-plan.js';
import { StressRig } from './stress-rig.js';

/** Where both sides of a pair stand, by their own counts and by what is in the ring. */
export function describeStall(pair: Pair): string {
  const { board: guest } = pair.guest;
  const { board: host } = pair.host;
  const plan = pair.planAt(guest.turn);
  return [
    `  driver: round ${guest.round}, ring ${guest.ring}, ${guest.step}; ` +
      `shown ${guest.first}, taken back ${guest.second}` +
      (plan.isLong ? '' : ` of ${plan.buffersPerRing}`),
    `  device: round ${host.round}, ring ${host.ring}, ${host.step}; ` +
      `popped ${host.first}, returned ${host.second}`,
    ...(plan.layout === 'split' ? [privateIndices(plan, guest, host)] : []),
    ...sharedLines(pair, plan),
    `  ${describePlan(plan)}`,
  ].join('\n');
}

/** Of a split ring, whose indices count buffers; those of a packed one count slots. Each side's are of its own ring. */
function privateIndices({ startIndex }: RoundPlan, guest: Board, host: Board): string {
  const index = (count: number): number => (startIndex + count) & 0xffff;
  return (
    `  private: driver avail ${index(guest.first)}, used ${index(guest.second)}; ` +
    `device avail ${index(host.first)}, used ${index(host.second)}`
  );
}

/** One line that says how a round is configured. */
export function describePlan(plan: RoundPlan): string {
  const features = [
    ...(plan.eventIdx ? ['event_idx'] : []),
    ...(plan.inOrder ? ['in_order'] : []),
    ...(plan.indirect ? ['indirect_desc'] : []),
  ];
  return (
    `round ${plan.round}: ${plan.layout} ring of ${plan.size}, ${features.join(' ') || 'no features'}, ` +
    `${plan.perturbation}; driver ${plan.guest.wait.policy}, ${plan.depth} in flight, ` +
    `batch ${plan.guest.batch}; device ${plan.host.wait.policy}, ${plan.serviceOrder} first, ` +
    `batch ${plan.host.batch}`
  );
}

/** Of the ring that both sides are at, or of the two. */
function sharedLines(pair: Pair, plan: RoundPlan): string[] {
  const rings = [...new Set([pair.guest.board.ring, pair.host.board.ring])];
  return rings.map((ring) => {
    return `  shared${rings.length === 1 ? '' : ` of ring ${ring}`}: ${sharedWords(pair, plan, ring)}`;
  });
}

function sharedWords(pair: Pair, plan: RoundPlan, ring: number): string {
  const at = new StressRig(plan, pair.memory).rings[ring];
  if (at === undefined) return 'no ring';
  const memory = new SharedMemory(pair.memory);
  return plan.layout === 'split' ? splitWords(memory, plan, at) : packedWords(memory, plan, at);
}

function splitWords(memory: SharedMemory, { size }: RoundPlan, at: RingAddresses): string {
  const layout = splitLayout(size, at);
  const word = (address: number): number => memory.load16Acquire(address);
  return (
    `avail.idx=${word(layout.availIdx)} avail.flags=${word(layout.availFlags)} ` +
    `used_event=${word(layout.usedEvent)} used.idx=${word(layout.usedIdx)} ` +
    `used.flags=${word(layout.usedFlags)} avail_event=${word(layout.availEvent)}`
  );
}

function packedWords(memory: SharedMemory, { size }: RoundPlan, at: RingAddresses): string {
  const layout = packedLayout(size, at);
  const flags = Array.from({ length: size }, (_, slot) =>
    memory.load16Acquire(layout.ring + slot * PACKED_DESC_BYTES + PackedDesc.flags).toString(16),
  );
  const event = (address: number): string => {
    const offWrap = memory.load16Acquire(address + PackedEvent.offWrap);
    return `${memory.load16Acquire(address + PackedEvent.flags)}@${offWrap & 0x7fff}/${offWrap >>> 15}`;
  };
  const driver = event(layout.driverEvent);
  return `flags=${flags.join(',')} driver events=${driver} device events=${event(layout.deviceEvent)}`;
}
