import { exercised, exercisedForEver, interleaved } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch, SPLIT_DEVICE, SPLIT_DRIVER } from './patch.js';

const WALK = 'virtqueue/split-walk.js';
const REQUEST = 'host/blk-request.js';

/** A check is missing, and the other side is up to no good. */
export const HOSTILE: readonly Mutant[] = [
  {
    id: 'Z71',
    title: 'the used id is not checked',
    origin: 'Zephyr, 2026, #113343; OSv, #1450; RT-Thread, #11326; virtio-drivers, 74a48b0',
    side: 'driver',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(SPLIT_DRIVER, 'if (head >= this.size)\n            throw', 'if (false)\n            throw'),
      patch(
        SPLIT_DRIVER,
        'if (!this.outstanding.isPublished(buffer))\n            throw',
        'if (false)\n            throw',
      ),
    ],
    lanes: interleaved('hostile --set victim=driver --set attack=id', 'there is no buffer 99'),
    note: 'JavaScript reads undefined where C follows a pointer',
  },
  {
    id: 'Z73',
    title: 'the used length is not held against the buffer',
    origin: 'Linux virtio-net, 2025, CVE-2025-40292; hwrng, 2026, e1686ca81dbf; virtio-drivers, a66b595',
    side: 'driver',
    layout: 'split',
    needs: 'M',
    patches: [patch(SPLIT_DRIVER, 'if (length > buffer.writableBytes)', 'if (false)')],
    lanes: interleaved('hostile --set victim=driver --set attack=length', 'bytes came back in a buffer of'),
  },
  {
    id: 'Z74',
    title: 'descriptors are freed by the links that the device can write',
    origin: 'Linux virtio_ring, 2021, 72b5e8958738; MigTD, 2026, #989; virtio-drivers, 2023, ea3de12',
    side: 'driver',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(
        'virtqueue/split-descriptors.js',
        'this.firstFree = records.at(0);',
        'this.firstFree = records.at(0);\n        this.records = records;',
      ),
      patch(
        'virtqueue/split-descriptors.js',
        'tail = tail.next;',
        'tail = this.records.at(this.port.load32(this.at(tail.id) + FLAGS_AND_NEXT) >>> 16);',
      ),
    ],
    lanes: exercised('forged-links', 'of the large buffer is another'),
  },
  {
    id: 'Z76',
    title: 'a length is read once to be checked, and once more to be used',
    origin: 'DPDK vhost_crypto, 2020, CVE-2020-14375; cloud-hypervisor, 2025, #7530',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(
        WALK,
        'const at = this.table + index * ENTRY_BYTES;',
        'const at = (this.at = this.table + index * ENTRY_BYTES);',
      ),
      patch(
        WALK,
        'buffers.addWritable(address, length);',
        'buffers.addWritable(address, this.port.load32(this.at + LENGTH));',
      ),
    ],
    lanes: interleaved('hostile --set attack=length', 'is about to use'),
  },
  {
    id: 'Z77',
    title: 'a loop of descriptors is followed for ever',
    origin: 'DPDK vhost, 2019, 450539b47e; 2026, 6ec1778134',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [patch(WALK, 'steps < this.size', 'true')],
    lanes: exercised('descriptor-loop', 'ENDLESS'),
  },
  {
    id: 'Z79',
    title: 'an empty range is looked at again and again',
    origin: 'QEMU, 2016, CVE-2016-6490',
    side: 'device',
    layout: 'both',
    needs: 'M',
    patches: [
      patch(
        REQUEST,
        'for (let i = 0; i < buffers.readableCount; i++) {',
        'for (let i = 0; i < buffers.readableCount; i += buffers.length(i) > 0 ? 1 : 0) {',
      ),
    ],
    lanes: exercisedForEver('empty-range'),
    note: 'the loop over the ranges of a request; it touches no memory, so that only its time can end it',
  },
  {
    id: 'Z80',
    title: 'more buffers are accepted than the ring has entries',
    origin: 'QEMU, 2016, CVE-2016-5403; rust-vmm, 16f1b01, #196; cloud-hypervisor, 2026, fbcf2fd6b',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [patch(SPLIT_DEVICE, 'if (distance16(this.lastAvailIdx, availIdx) > room) {', 'if (false) {')],
    lanes: exercised('too-many', 'out of a ring of'),
  },
  {
    id: 'Z83',
    title: 'an indirect table without an entry',
    origin: 'QEMU, 2019, 7423192912',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [patch(WALK, 'if (bytes === 0 || bytes % ENTRY_BYTES !== 0)', 'if (bytes % ENTRY_BYTES !== 0)')],
    lanes: exercised('empty-table', 'accepted'),
  },
  {
    id: 'Z83b',
    title: 'an indirect table in an indirect table',
    origin: 'QEMU, 2019, 7423192912',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(
        WALK,
        'if ((flagsAndNext & INDIRECT) !== 0)\n                return violations.indirectNested();',
        '',
      ),
    ],
    lanes: exercised('nested-table', 'accepted'),
  },
  {
    id: 'Z84',
    title: 'a header is expected in two descriptors at most',
    origin: 'DPDK vhost, 2022, CVE-2022-2132',
    side: 'device',
    layout: 'both',
    needs: 'M',
    patches: [
      patch(
        REQUEST,
        'const part = Math.min(headerLeft, length);',
        'const part = i < 2 ? Math.min(headerLeft, length) : 0;',
      ),
    ],
    lanes: exercised('header-in-pieces', 'the header was read as'),
  },
  {
    id: 'Z85',
    title: 'the error of a chain is ignored, and what there is of it is used',
    origin: 'bhyve, 2021, CVE-2021-29631',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [patch(SPLIT_DEVICE, 'if (wrong !== null)', 'if (false)')],
    lanes: exercised('broken-chain', 'accepted'),
  },
  {
    id: 'Z86',
    title: 'a buffer that is too small is put back and taken again',
    origin: 'Linux vhost_net, 2019, CVE-2019-3900',
    side: 'device',
    layout: 'split',
    needs: 'M',
    patches: [
      patch(
        SPLIT_DEVICE,
        '    interruptPrepare() {',
        `    unpop(chain) {
        this.inFlight[chain.head] = 0;
        this.lastAvailIdx = add16(this.lastAvailIdx, -1);
        chain.clear();
    }
    interruptPrepare() {`,
      ),
      patch(
        'host/rng-service.js',
        'checkBuffer(chain);\n',
        `if (chain.writableBytes === 0) {
                this.setup.queue.unpop(chain);
                continue;
            }
`,
      ),
    ],
    lanes: exercised('entropy-buffer-without-room', 'ENDLESS'),
  },
];
