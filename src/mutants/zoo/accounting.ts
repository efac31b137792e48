import { exercised, interleaved, raced, running } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch, SPLIT_DEVICE, SPLIT_DRIVER } from './patch.js';

/** Indices, counts and lengths. */
export const ACCOUNTING: readonly Mutant[] = [
  {
    id: 'Z49',
    title: 'the index is read byte by byte',
    origin: 'crosvm, 2022, 1f4797875',
    side: 'device',
    layout: 'split',
    needs: 'T',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.port.load16Acquire(this.availIdxAt)',
        'this.port.load8(this.availIdxAt) + 256 * this.port.load8(this.availIdxAt + 1)',
      ),
    ],
    lanes: exercised('torn-index', 'VIRTQ_AVAIL_IDX_JUMP'),
  },
  {
    id: 'Z50',
    title: 'the index is kept modulo the size: full looks like empty',
    origin: 'Solo5, 2016, #98; DPDK, 2025, 38e6400387; ArcBox, 2026, #210',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DRIVER,
        'this.availIdx = (this.availIdx + 1) & 0xffff;',
        'this.availIdx = (this.availIdx + 1) & this.mask;',
      ),
    ],
    lanes: interleaved('split --ring-size 2', 'lost-wakeup|VIRTQ_AVAIL_IDX_JUMP'),
  },
  {
    id: 'Z52',
    title: 'buffers are taken to come back in the order they went',
    origin: 'nanos, 2019, #633; SerenityOS, 2025, #26513; DPDK, 2021, 2d91b28730',
    side: 'driver',
    layout: 'split',
    needs: 'I',
    patches: [
      patch(
        SPLIT_DRIVER,
        'if (this.inOrder) {\n            this.positionOf[head]',
        'if (true) {\n            this.positionOf[head]',
      ),
      patch(
        SPLIT_DRIVER,
        'const head = this.port.load32(entry);',
        'const head = this.headAt[this.lastUsedIdx & this.mask];',
      ),
    ],
    lanes: [
      ...running('reordered', 'BLK_|VIRTQ_|TOKEN_|mismatches'),
      ...raced('split', 'USED_LENGTH|PAYLOAD|TOKEN_|VIRTQ_'),
    ],
  },
  {
    id: 'Z53',
    title: 'one used entry for a batch is taken for one buffer',
    origin: 'DPDK, 2019, e788032aac and 5c75a8efcd; 2021, ad6f01945a',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [patch(SPLIT_DRIVER, 'this.inOrder ? this.takeInOrder() : this.takeUsed()', 'this.takeUsed()')],
    lanes: [
      ...interleaved('split --in-order --batch 2 --set deviceBatch=2', 'VIRTQ_USED_ID_UNKNOWN|came back'),
      ...raced('split', 'ORDER|VIRTQ_USED_ID_UNKNOWN|TOKEN_'),
    ],
  },
  {
    id: 'Z54',
    title: 'buffers that come back empty stay in the count of those in flight',
    origin: 'QEMU, 2016, 58a83c6149, e66bcc4081 and 4b7f91ed02',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.inFlight[head] = 0;',
        'this.inFlight[head] = 0;\n        this.stay(writtenBytes);',
      ),
      patch(
        SPLIT_DEVICE,
        'return distance16(this.usedIdx + this.batchCount, this.lastAvailIdx);',
        `return distance16(this.usedIdx + this.batchCount, this.lastAvailIdx) + (this.stayed ?? 0);
    }
    stay(writtenBytes) {
        if (writtenBytes === 0)
            this.stayed = (this.stayed ?? 0) + 1;`,
      ),
    ],
    lanes: [...exercised('empty-answers', 'VIRTQ_AVAIL_IDX_JUMP'), ...raced('split', 'VIRTQ_AVAIL_IDX_JUMP')],
    note: 'ends like the original, in a driver that is accused of too many buffers',
  },
  {
    id: 'Z66',
    title: 'the error path begins to unmap at the wrong range',
    origin: 'Linux virtio_ring, 2019, cf8f1696709a',
    side: 'driver',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'virtqueue/dma-driver.js',
        'if (busAddress === DMA_MAPPING_ERROR) {\n                this.unmap(mapped);',
        `if (busAddress === DMA_MAPPING_ERROR) {
                for (let j = 1; j < mapped.count; j++) {
                    const back = mapped.isWritable(j) ? DmaDirection.fromDevice : DmaDirection.toDevice;
                    this.dma.unmap(mapped.address(j), mapped.length(j), back);
                }`,
      ),
    ],
    lanes: running('exhausted', 'STALL|CANNOT_POST|never ended'),
    note: 'mappings are kept beside the ring here, so the first one is leaked, and nothing foreign is unmapped',
  },
  {
    id: 'Z68',
    title: 'a buffer without a descriptor is accepted',
    origin: 'Zephyr, 2026, #115008',
    side: 'driver',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(SPLIT_DRIVER, 'if (count < 1 || count > this.size)', 'if (count > this.size)'),
      patch('virtqueue/split-descriptors.js', 'if (needed < 1 || needed >', 'if (needed >'),
    ],
    lanes: exercised('empty-buffer', 'a buffer without a descriptor'),
    note: 'the half about the empty chain; there is no lock in a driver of vring to sleep with',
  },
  {
    id: 'Z70',
    title: 'the used length counts what the device has read',
    origin: 'vhost-vsock, 49d8c5ffad07; cloud-hypervisor, 746114319; rust-vmm, f63b67d',
    side: 'device',
    layout: 'split',
    needs: 'D',
    patches: [
      patch(
        SPLIT_DEVICE,
        'this.writeUsed(head, writtenBytes, 1);',
        'this.writeUsed(head, writtenBytes + chain.readableBytes, 1);',
      ),
    ],
    lanes: [...interleaved('split', 'VIRTQ_USED_LENGTH'), ...raced('split', 'USED_LENGTH')],
  },
];
