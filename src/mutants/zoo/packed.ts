import { exercised, interleaved, raced } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { PACKED_DRIVER, PACKED_EVENTS, patch } from './patch.js';

/** What goes wrong only where there are wrap counters. */
export const PACKED: readonly Mutant[] = [
  {
    id: 'Z17',
    title: 'a list exactly as long as the ring does not flip the wrap counter',
    origin: 'Linux virtio_ring, 2023, 1acfe2c12258; openvmm, 2026, #3990',
    side: 'driver',
    layout: 'packed',
    needs: 'D',
    patches: [
      patch(
        PACKED_DRIVER,
        'writeList(buffers, id) {',
        `writeList(buffers, id) {
        const { slot, wrap } = this.nextAvail;
        this.writeSlots(buffers, id);
        if (this.nextAvail.slot === slot)
            this.nextAvail.wrap = wrap;
    }
    writeSlots(buffers, id) {`,
      ),
    ],
    lanes: interleaved('packed --ring-size 2', 'lost-wakeup'),
  },
  {
    id: 'Z18',
    title: 'an interrupt sees the used index moved on and its wrap counter not yet',
    origin: 'Linux virtio_ring, 2022, a7722890dfdf',
    side: 'driver',
    layout: 'packed',
    needs: 'I',
    patches: [
      patch(
        PACKED_DRIVER,
        'this.nextUsed.advance(buffer.slots);',
        `this.nextUsed.slot += buffer.slots;
        this.port.load16Relaxed(this.flagsAt(0));
        this.nextUsed.advance(0);`,
      ),
    ],
    lanes: exercised('interrupted-driver', 'an interrupt handler looked at'),
    note: 'the interrupt comes at the accesses of a single thread, so there is one between the two halves',
  },
  {
    id: 'Z20',
    title: 'waits for a buffer with the wrap counter of now instead of when it was added',
    origin: 'DPDK virtio-user, 2019, a4270ea4ff',
    side: 'driver',
    layout: 'packed',
    needs: 'D',
    patches: [
      patch(
        PACKED_DRIVER,
        'return this.nextUsed.isUsed(this.seenFlags);',
        'return this.nextAvail.isUsed(this.seenFlags);',
      ),
    ],
    lanes: [...interleaved('packed --buffers 1', 'lost-wakeup'), ...raced('packed', 'LOST_INTERRUPT|VIRTQ_')],
  },
  {
    id: 'Z22',
    title: 'a mask with a digit too many keeps the wrap counter inside the slot',
    origin: 'QEMU, 2023, c92f4fcafa',
    side: 'device',
    layout: 'packed',
    needs: 'D',
    patches: [
      patch(PACKED_EVENTS, 'const slot = this.offWrap & 0x7fff;', 'const slot = this.offWrap & 0x7ffff;'),
    ],
    lanes: [...interleaved('packed', 'PACKED_EVENT_OFFSET'), ...raced('packed', 'PACKED_EVENT_OFFSET')],
    note: 'the original restored an index by it; vring takes slot and counter apart only in event structures',
  },
  {
    id: 'Z25',
    title: 'no NEXT on the descriptor of the header',
    origin: 'DPDK net/virtio, 2023, f923636411',
    side: 'driver',
    layout: 'packed',
    needs: 'D',
    patches: [
      patch(
        PACKED_DRIVER,
        'const next = i + 1 < buffers.count ? NEXT : 0;',
        'const next = i > 0 && i + 1 < buffers.count ? NEXT : 0;',
      ),
    ],
    lanes: [...interleaved('packed --buffers 1', 'a chain of 1'), ...raced('packed', 'SHAPE|VIRTQ_')],
  },
  {
    id: 'Z28',
    title: 'to disable notifications falls through and enables them',
    origin: 'DPDK vhost, 2018, cd9012c3f8',
    side: 'both',
    layout: 'packed',
    needs: 'D',
    patches: [
      patch(
        PACKED_EVENTS,
        'EventFlag.disable);',
        'EventFlag.disable);\n        this.port.store16Release(this.at + PackedEvent.flags, EventFlag.enable);',
      ),
    ],
    lanes: exercised('silence-packed', 'interrupts of a polled queue'),
  },
];
