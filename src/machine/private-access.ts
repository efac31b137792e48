import { hex } from '../dma/dma-trace.js';
import { type HostView, privatePage } from '../dma/host-view.js';
import type { ProtocolViolation } from '../errors.js';
import type { JobPlan } from '../scenario/plan.js';
import { Feature, type FeatureSet } from '../transport/features.js';
import { ringParts } from '../virtqueue/layouts.js';
import type { ControlBlock } from './control-block.js';
import { ringSizeMax } from './guest-memory.js';

const AREA_NAMES = { desc: 'descriptor area', driver: 'driver area', device: 'device area' } as const;

/**
 * The device of an encrypted guest was sent to a private page: the error that says where, and which step of the DMA
 * path is missing. `features`: what was agreed on; null: nothing yet.
 */
export function explainPrivateAccess(
  plan: JobPlan,
  control: ControlBlock,
  view: HostView,
  features: FeatureSet | null,
): ProtocolViolation {
  const first = view.firstPrivate ?? { address: 0, lengthBytes: 0, isWrite: false };
  const place = ringPlace(plan, control, first.address);
  const violation = privatePage(first, `, in ${place ?? 'a buffer or an indirect table'}`);
  const count = `private pages: ${view.privateReads} times read, ${view.privateWrites} times written by this thread`;
  violation.message += `\ndiagnosis: ${diagnosis(plan, place !== null, features)}`;
  violation.message += `\n${count}, first at ${hex(first.address)}`;
  return violation;
}

function diagnosis({ dma }: JobPlan, isRing: boolean, features: FeatureSet | null): string {
  if (features?.has(Feature.accessPlatform) !== true) {
    return (
      'ACCESS_PLATFORM was not negotiated, so the driver did without the DMA API: the ring came straight from pages ' +
      'and stayed private, and so did the buffers. The device must offer ACCESS_PLATFORM (in QEMU: iommu_platform=on)'
    );
  }
  if (!isRing && dma?.mapping === 'direct') {
    return (
      'the ring was allocated and decrypted by the DMA API, and the buffers are mapped as they are: nothing bounces ' +
      'them. An encrypted guest needs swiotlb (dma: swiotlb)'
    );
  }
  return 'ACCESS_PLATFORM was negotiated: an address reached the device that did not come from the DMA API';
}

/** The part of a ring that an address is in; null: none. */
function ringPlace(plan: JobPlan, control: ControlBlock, address: number): string | null {
  const parts = ringParts(plan.queue.layout, ringSizeMax(plan));
  for (let queue = 0; queue < plan.queue.count; queue++) {
    for (const area of [0, 1]) {
      const at = control.ringAddresses(queue, area);
      for (const name of ['desc', 'driver', 'device'] as const) {
        const offset = address - at[name];
        if (at[name] !== 0 && offset >= 0 && offset < parts[name].sizeBytes)
          return `the ${AREA_NAMES[name]} of queue ${queue}, byte ${offset}`;
      }
    }
  }
  return null;
}
