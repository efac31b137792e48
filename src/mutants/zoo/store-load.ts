import { FEW_IN_FLIGHT, storeLoad } from '../lanes.js';
import type { Mutant, Patch } from '../mutant.js';
import { PACKED_DEVICE, PACKED_DRIVER, PACKED_EVENTS, patch, SPLIT_DEVICE, SPLIT_DRIVER } from './patch.js';

const FENCE = 'or both sides may go to sleep.\n        this.port.fence();';
const NO_FENCE = 'or both sides may go to sleep.';
const READ_AVAIL_EVENT = 'load16Relaxed(this.layout.availEvent)';
const READ_USED_EVENT = 'load16Relaxed(this.layout.usedEvent)';
const ARM_FENCE = 'store16Relaxed(this.layout.availFlags, 0);\n        this.port.fence();';
const ARM = 'store16Relaxed(this.layout.availFlags, 0);';

/** Where the device is at the next ring already, a lost interrupt looks like a lost kick. */
const LOST = 'LOST_(INTERRUPT|KICK)';

const KICK: Patch = patch(SPLIT_DRIVER, FENCE, NO_FENCE);
const INTERRUPT: Patch = patch(SPLIT_DEVICE, FENCE, NO_FENCE);
const LOOK_AGAIN: Patch = patch(SPLIT_DRIVER, ARM_FENCE, ARM);

/** A store and the load behind it change places, and each side misses what the other has just written. */
export const STORE_LOAD: readonly Mutant[] = [
  {
    id: 'Z01',
    title: 'a store barrier where a full one is needed, before the kick is decided',
    origin: 'Linux virtio_ring, 2012, a72caae21803',
    side: 'driver',
    layout: 'split',
    needs: 'S',
    patches: [KICK],
    lanes: storeLoad('split', 'LOST_KICK'),
    note: 'the store barrier that was left there adds nothing to the release of avail.idx, so B2 is simply gone',
  },
  {
    id: 'Z02',
    title: 'no full barrier between the used index and the look at what the driver wants',
    origin: 'DPDK vhost, 2015, 159793ac867b; SPDK, 2023, #3178',
    side: 'device',
    layout: 'both',
    needs: 'S',
    patches: [INTERRUPT, patch(PACKED_DEVICE, FENCE, NO_FENCE)],
    lanes: [...storeLoad('split', LOST), ...storeLoad('packed', LOST)],
  },
  {
    id: 'Z03',
    title: 'used_event is loaded with acquire, which orders nothing that was stored before',
    origin: 'cloud-hypervisor, 2020, e0bdfe826 to 632921974',
    side: 'device',
    layout: 'split',
    needs: 'S',
    patches: [INTERRUPT, patch(SPLIT_DEVICE, READ_USED_EVENT, 'load16Acquire(this.layout.usedEvent)')],
    lanes: storeLoad('split', LOST),
  },
  {
    id: 'Z03b',
    title: 'avail_event is stored without a full barrier before avail.idx is looked at again',
    origin: 'cloud-hypervisor, 2021, 72b736153, #2179',
    side: 'device',
    layout: 'split',
    needs: 'S',
    patches: [
      patch(
        SPLIT_DEVICE,
        'avail.idx is looked at again.\n        this.port.fence();',
        'avail.idx is looked at again.',
      ),
    ],
    lanes: storeLoad('split', 'LOST_KICK', FEW_IN_FLIGHT),
  },
  {
    id: 'Z05',
    title: 'nothing between the publication and the load of the notification flags',
    origin: 'hermit-os, 2026, #2669',
    side: 'driver',
    layout: 'both',
    needs: 'S',
    patches: [KICK, patch(PACKED_DRIVER, FENCE, NO_FENCE)],
    lanes: [
      ...storeLoad('split --no-event-idx', 'LOST_KICK'),
      ...storeLoad('packed --no-event-idx', 'LOST_KICK'),
    ],
  },
  {
    id: 'Z06',
    title: 'full fences replaced by a release store and an acquire load',
    origin: 'virtio-drivers, 2024, a609ad8',
    side: 'driver',
    layout: 'split',
    needs: 'S',
    patches: [
      KICK,
      patch(SPLIT_DRIVER, READ_AVAIL_EVENT, 'load16Acquire(this.layout.availEvent)'),
      LOOK_AGAIN,
      patch(
        SPLIT_DRIVER,
        'store16Relaxed(this.layout.usedEvent, index)',
        'store16Release(this.layout.usedEvent, index)',
      ),
    ],
    lanes: storeLoad('split', LOST),
  },
  {
    id: 'Z08',
    title: 'interrupts are enabled without a barrier before the ring is looked at again',
    origin: 'DPDK net/virtio, 2019, 8f66bc4ac3 and d21d05c7a9',
    side: 'driver',
    layout: 'both',
    needs: 'S',
    patches: [
      LOOK_AGAIN,
      patch(PACKED_EVENTS, 'EventFlag.enable);\n        this.port.fence();', 'EventFlag.enable);'),
    ],
    lanes: [...storeLoad('split', LOST, FEW_IN_FLIGHT), ...storeLoad('packed', LOST)],
    note: 'in the packed ring both sides arm by the same code, so the device has the bug too',
  },
];
