import { interleaved, running } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch } from './patch.js';

/** Who may touch a buffer or a ring, and when. */
export const LIFETIME: readonly Mutant[] = [
  {
    id: 'Z55',
    title: 'buffers are taken back before the reset of the ring is over',
    origin: 'Windows vioserial, 2017, bz1520352; vioinput, #214',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch('transport/mmio-driver.js', 'waitUntil(() => this.read(Mmio.queueReset) === 0, giveUp);', ''),
    ],
    lanes: running('ring-resets', 'QUEUE_IN_USE|mismatches|VIRTQ_|BLK_'),
  },
  {
    id: 'Z56',
    title: 'an error is returned for a buffer that is in the ring already',
    origin: 'Linux virtio_pmem, 2026, CVE-2026-93196',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'guest/blk-queue.js',
        'return this.queue.stageBuf(list, slot);',
        'return this.queue.stageBuf(list, slot) && this.queue.freeCount > 0;',
      ),
    ],
    lanes: running('crowded', 'TOKEN_NOT_OUTSTANDING|BLK_|mismatches'),
  },
  {
    id: 'Z59',
    title: 'the indices of the device survive a reset',
    origin: 'cloud-hypervisor, 2020, #1120; QEMU virtio-mmio, 351da8323a; firecracker, #5891',
    side: 'device',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'host/queue-server.js',
        'const ringEnd = deviceQueue(',
        'const ringEnd = this.kept ??= deviceQueue(',
      ),
    ],
    lanes: interleaved('reset', 'lost-wakeup'),
  },
  {
    id: 'Z61',
    title: 'the driver does not wait until the status reads 0',
    origin: 'virtio-drivers, 2023, #69',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [patch('transport/negotiate.js', 'waitUntil(() => transport.readStatus() === 0, giveUp);', '')],
    lanes: running('device-resets', 'STATUS_CLEARED'),
  },
  {
    id: 'Z62',
    title: 'a ring is taken away from under the thread that works on it',
    origin: 'DPDK vhost, 2018, a368804699; 2022, 04c27cb673; QEMU, 2020, abdd16f468',
    side: 'transport',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'transport/window.js',
        'return this.port.load32Acquire(lane(Lane.queueAck, queue)) === this.queueLive(queue);',
        'return true;',
      ),
    ],
    lanes: interleaved('reset', 'lost-wakeup|assertion'),
  },
  {
    id: 'Z63',
    title: 'a buffer is given back before the last byte of it is written',
    origin: 'QEMU virtio-net, 2021, CVE-2021-3748',
    side: 'device',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'host/blk-device.js',
        `this.executor.execute(this.requests[slot]);
        this.timeUse.spent(HostCounter.deviceNs);
        if (this.returnOrder === null) {
            this.giveBack(slot);`,
        `if (this.returnOrder !== null)
            this.executor.execute(this.requests[slot]);
        if (this.returnOrder === null) {
            this.giveBack(slot);
            this.queue.interrupt();
            this.executor.execute(this.requests[slot]);`,
      ),
    ],
    lanes: running('blk', 'BLK_STATUS|BLK_SHORT_READ|mismatches'),
    note: 'the whole answer is late, where the original was late with one field',
  },
  {
    id: 'Z64',
    title: 'where the ring was is remembered, and not asked for again',
    origin: 'Linux vhost, b13f9c636437',
    side: 'device',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'transport/host-queue.js',
        "change.kind === 'start' ? this.window.queueSetup(this.index) : null",
        "change.kind === 'start' ? (this.setup ??= this.window.queueSetup(this.index)) : null",
      ),
    ],
    lanes: running('ring-resets', 'VIRTQ_|STALL'),
    note: 'vring translates nothing; the addresses of the ring are what a device could hold on to',
  },
  {
    id: 'Z87',
    title: 'fields that belong together are read without a look at the generation',
    origin: 'virtio-drivers, 2024, f4ead6f',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'transport/transport.js',
        'transport.configGeneration() === before',
        'transport.configGeneration() >= 0',
      ),
    ],
    lanes: interleaved('config', 'half of the configuration'),
  },
  {
    id: 'Z87b',
    title: 'the device changes its configuration, and not the generation',
    origin: 'cloud-hypervisor, 2026, 90b948174',
    side: 'device',
    layout: 'both',
    needs: 'I',
    patches: [patch('transport/device-core.js', 'this.version = (this.version + 1) >>> 0;', '')],
    lanes: interleaved('config', 'half of the configuration'),
  },
];
