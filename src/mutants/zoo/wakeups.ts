import { exercised, interleaved, running } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch, SPLIT_DEVICE, SPLIT_DRIVER } from './patch.js';

const ENABLE =
  '        // B6: the wish must be visible before avail.idx is looked at again.\n        this.port.fence();\n';

/** A wish that is not said, or not heard: split rings. */
export const WAKEUPS: readonly Mutant[] = [
  {
    id: 'Z23',
    title: 'interrupts stay off when there was nothing to kick for',
    origin: 'Linux virtio_net, 2023, d71ebe8114b4',
    side: 'driver',
    layout: 'both',
    needs: 'I',
    patches: [
      patch(
        'workload/runner.js',
        'ledger.kicked(this.queue.kick());',
        'ledger.kicked((this.kicked = this.queue.kick()));',
      ),
      patch(
        'workload/runner.js',
        'if (!this.queue.enableCallbacks() || control.pauseRequested())',
        'if ((this.kicked && !this.queue.enableCallbacks()) || control.pauseRequested())',
      ),
    ],
    lanes: running('blk', 'STALL', 'operations=20k'),
  },
  {
    id: 'Z26',
    title: '"not empty" is taken for "new" when kicks are enabled',
    origin: 'Linux vhost, 2026, CVE-2026-74356',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        `${ENABLE}        return !this.poll();`,
        `${ENABLE}        return this.port.load16Acquire(this.availIdxAt) === this.publishedIdx;`,
      ),
    ],
    lanes: exercised('buffer-in-hand', 'LIVELOCK'),
    note: 'a buffer that is held in hand stands for one that is too small for the packet that waits',
  },
  {
    id: 'Z29',
    title: 'once an interrupt was seen, used_event is left alone until callbacks are enabled again',
    origin: 'Linux virtio_ring, 2023, 35395770f803 (v2 of the patch)',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DRIVER,
        'if (this.callbacksEnabled && this.eventIdx)\n            this.armAt(this.lastUsedIdx);',
        `if (this.callbacksEnabled && this.eventIdx && !this.triggered)
            this.armAt(this.lastUsedIdx);
        this.triggered = true;`,
      ),
      patch(SPLIT_DRIVER, ' armAt(index) {', ' armAt(index) {\n        this.triggered = false;'),
    ],
    lanes: exercised('untouched-callbacks', 'NO_INTERRUPT'),
    note: 'vring hears of no interrupt, so a buffer that came back counts as one',
  },
  {
    id: 'Z30',
    title: 'to disable callbacks does nothing with EVENT_IDX',
    origin: 'Linux virtio_ring, 2021, 8d622d21d248',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DRIVER,
        'if (!this.callbacksEnabled)\n            return;',
        'if (!this.callbacksEnabled || this.eventIdx)\n            return;',
      ),
    ],
    lanes: exercised('silence-split', 'interrupts of a polled queue'),
  },
  {
    id: 'Z32',
    title: 'what was shown before a pause counts as told after it',
    origin: 'crosvm, 2024, 078ef31b7; DPDK, 2019, 2f706027c8; QEMU, 2013, 6793dfd1b6',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        '    interruptPrepare() {',
        '    restored() {\n        this.usedCount = 0;\n    }\n    interruptPrepare() {',
      ),
      patch(
        'host/rng-service.js',
        'if (queue.interrupt())',
        `if (!takesMore) {
            queue.publishUsed();
            queue.restored();
        }
        else if (queue.interrupt())`,
      ),
    ],
    lanes: exercised('resting-device', 'NO_INTERRUPT'),
    note: 'in place of a migration: the device is paused with a buffer in service, and goes on',
  },
  {
    id: 'Z34',
    title: 'avail_event stays where it was: a refill is never kicked for',
    origin: 'firecracker, 2026, 1f87dbb6e',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(SPLIT_DEVICE, 'this.port.store16Relaxed(this.layout.availEvent, this.lastAvailIdx);', ';'),
    ],
    lanes: [...interleaved('split', 'lost-wakeup'), ...running('rng', 'STALL', 'queue.features=[EVENT_IDX]')],
    note: 'the entropy queue of the second lane is one that the device only writes to, as in the original',
  },
  {
    id: 'Z35',
    title: 'EVENT_IDX is agreed on, and used_event never written',
    origin: 'virtio-drivers, 2023, 3ce80bd',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [patch(SPLIT_DRIVER, 'this.port.store16Relaxed(this.layout.usedEvent, index);', '')],
    lanes: interleaved('split', 'lost-wakeup'),
  },
  {
    id: 'Z39',
    title: 'the answer of enableKicks is ignored',
    origin: 'cloud-hypervisor, 2022, 1fc3fef64',
    side: 'device',
    layout: 'split',
    needs: 'I',
    patches: [
      patch(
        SPLIT_DEVICE,
        `${ENABLE}        return !this.poll();`,
        `${ENABLE}        this.poll();\n        return true;`,
      ),
    ],
    lanes: interleaved('split', 'lost-wakeup'),
  },
  {
    id: 'Z40',
    title: 'disable and enable are counted, and not everybody pairs them',
    origin: 'QEMU, 2017, 332fa82d09 (the revert)',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        '    disableKicks() {',
        '    disabled = 0;\n    disableKicks() {\n        this.disabled += 1;',
      ),
      patch(
        SPLIT_DEVICE,
        '    enableKicks() {',
        '    enableKicks() {\n        this.disabled -= 1;\n        if (this.disabled > 0)\n            return true;',
      ),
    ],
    lanes: interleaved('suspend --set after=1 --set size=4', 'lost-wakeup'),
    note: 'a queue server that is to follow a change of the registers disables kicks without having enabled them',
  },
  {
    id: 'Z47',
    title: 'the used index moves buffer by buffer, and the decision looks at the last step alone',
    origin: 'firecracker, 2025, ffe77023c',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.publishedIdx = this.usedIdx;',
        `this.usedCount = distance16(this.publishedIdx, this.usedIdx);
        this.publishedIdx = this.usedIdx;`,
      ),
    ],
    lanes: exercised('late-decision', 'NO_INTERRUPT'),
  },
  {
    id: 'Z48',
    title: 'a broken queue says that there is more, and has nothing',
    origin: 'Linux virtqueue_poll, 2020, 481a0d7422db; QEMU, 2018, 2d1df85910',
    side: 'driver',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(
        SPLIT_DRIVER,
        '    poll() {\n        this.breaker.assertWhole();',
        '    poll() {\n        if (this.breaker.isTripped)\n            return true;',
      ),
      patch(
        SPLIT_DRIVER,
        'if (!this.poll())\n            return undefined;',
        'if (this.breaker.isTripped || !this.poll())\n            return undefined;',
      ),
    ],
    lanes: exercised('broken-queue', 'BUSY_LOOP'),
  },
];
