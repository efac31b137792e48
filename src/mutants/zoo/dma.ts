import { exercised, running } from '../lanes.js';
import type { Mutant } from '../mutant.js';
import { patch } from './patch.js';

/** Bounce buffers and encrypted memory. */
export const DMA: readonly Mutant[] = [
  {
    id: 'Z90',
    title: 'what the device is to write is not copied in, and stale bytes come back',
    origin: 'Linux swiotlb, 2022, CVE-2022-0854',
    side: 'dma',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'dma/swiotlb.js',
        'this.bounce(bounceAddress, sizeBytes, Direction.toDevice);\n            this.parts.stats.bounced += 1;',
        `if (goesToDevice(direction))
                this.bounce(bounceAddress, sizeBytes, Direction.toDevice);
            this.parts.stats.bounced += 1;`,
      ),
    ],
    lanes: running('bounced-rng', 'was not copied into its bounce'),
  },
  {
    id: 'Z91',
    title: 'a slot is handed out twice',
    origin: 'Linux swiotlb, 2024, 04867a7a3332',
    side: 'dma',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'dma/swiotlb.js',
        'pool.take(vcpu, sizeBytes, 0, align - 1, 0)',
        'pool.take(vcpu, sizeBytes, 0, 0, 0)',
      ),
      patch(
        'dma/swiotlb.js',
        'return pool.addressOf(index);',
        'return pool.addressOf(index) & ~(PAGE_BYTES - 1);',
      ),
    ],
    lanes: exercised('ring-beside-bounce', 'share bytes'),
    note: 'pages for a ring are taken with no regard to alignment, and used from where the first page begins',
  },
  {
    id: 'Z78',
    title: 'a page that the host refused to share is private memory again',
    origin: 'Linux dma-direct, 2024, CVE-2024-35939; hv_netvsc, CVE-2024-36911',
    side: 'dma',
    layout: 'both',
    needs: 'M',
    patches: [
      patch(
        'dma/dma-pages.js',
        'if (this.conversion?.setMemoryDecrypted(address, bytes) === false)\n            return null;',
        `if (this.conversion?.setMemoryDecrypted(address, bytes) === false) {
            this.allocator.free(address);
            return null;
        }`,
      ),
    ],
    lanes: exercised('refused-page', 'is private memory again'),
  },
  {
    id: 'Z94',
    title: 'what was mapped stays mapped when a later range cannot be',
    origin: 'Linux storvsc, 67ff3d0a49f3; DPDK crypto/virtio, 8b0d855fd9',
    side: 'dma',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'virtqueue/dma-driver.js',
        'if (busAddress === DMA_MAPPING_ERROR) {\n                this.unmap(mapped);',
        'if (busAddress === DMA_MAPPING_ERROR) {',
      ),
    ],
    lanes: running('exhausted', 'STALL|CANNOT_POST|never ended'),
  },
  {
    id: 'Z95',
    title: 'segments are longer than any bounce, for the wrong device was asked',
    origin: 'Linux virtio_max_dma_size',
    side: 'dma',
    layout: 'both',
    needs: 'D',
    patches: [
      patch(
        'dma/dma-direct.js',
        'return mayBounce ? swiotlb.maxMappingBytes : Infinity;',
        'return Infinity;',
      ),
    ],
    lanes: running('long-segments', 'STALL|CANNOT_POST|is longer than the'),
  },
  {
    id: 'Z96',
    title: 'a guest of encrypted memory takes a device without ACCESS_PLATFORM',
    origin: 'Linux virtio_features_ok',
    side: 'driver',
    layout: 'both',
    needs: 'D',
    patches: [patch('guest/bring-up.js', "access === 'restricted' ? [RESTRICTED_ACCESS] : []", '[]')],
    lanes: exercised('without-access-platform', 'without ACCESS_PLATFORM'),
    note: 'what comes of it is in scenarios/dma-cc-misconfigured.yaml',
  },
];
