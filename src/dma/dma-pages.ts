import type { Allocator } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import type { Conversion } from './conversion.js';
import { type DmaTrace, hex } from './dma-trace.js';
import { PAGE_BYTES, pageAligned } from './pages.js';

/**
 * Whole pages that the device may touch: taken from ordinary memory and, in an encrypted guest, made visible to the
 * host and zeroed after that. Pages whose conversion failed never come back.
 */
export class DmaPages {
  private readonly ram: MemoryPort;
  private readonly allocator: Allocator;
  private readonly conversion: Conversion | null;
  private readonly trace: DmaTrace | null;

  /** `conversion` null: memory is not encrypted. */
  constructor(ram: MemoryPort, allocator: Allocator, conversion: Conversion | null, trace: DmaTrace | null) {
    this.ram = ram;
    this.allocator = allocator;
    this.conversion = conversion;
    this.trace = trace;
  }

  /** Address of zeroed pages below `endAddress`; null when there are none, or the host refused them. */
  alloc(sizeBytes: number, endAddress: number = Infinity): number | null {
    const bytes = pageAligned(sizeBytes);
    const address = this.allocator.allocate(bytes, PAGE_BYTES);
    this.trace?.note(`__dma_direct_alloc_pages(${bytes}): ${address === null ? 'no memory' : hex(address)}`);
    if (address === null) return null;
    if (address + bytes > endAddress) {
      this.trace?.note('dma_coherent_ok: no, the device does not reach them');
      this.allocator.free(address);
      return null;
    }
    this.trace?.note(
      this.conversion === null
        ? 'force_dma_unencrypted: no, memory is not encrypted'
        : 'force_dma_unencrypted: yes -> dma_set_decrypted',
    );
    if (this.conversion?.setMemoryDecrypted(address, bytes) === false) return null;
    // After the conversion: what was written before would be garbage now.
    this.ram.target(address, bytes).fill(0);
    return address;
  }

  free(address: number, sizeBytes: number): void {
    if (this.conversion?.setMemoryEncrypted(address, pageAligned(sizeBytes)) === false) return;
    this.allocator.free(address);
  }
}
