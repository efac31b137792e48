import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import type { DmaStats } from './dma-stats.js';
import { type DmaTrace, hex } from './dma-trace.js';
import type { ExposureMap } from './exposure.js';
import { maskOf } from './keystream.js';
import { PageState, type PageStates } from './page-states.js';
import { assertPages, PAGE_BYTES, pageOf } from './pages.js';

/** What the host makes of a guest's wish to share pages, or to have them back: it may refuse. */
export interface ConversionHost {
  grants(address: number, sizeBytes: number): boolean;
}

export const ALWAYS_GRANTS: ConversionHost = { grants: () => true };

/** What becomes of a page's bytes when it is converted: never what they were. */
export type ConvertedContent = 'garbage' | 'zero';

export interface ConversionParts {
  readonly ram: MemoryPort;
  readonly states: PageStates;
  readonly host: ConversionHost;
  readonly content: ConvertedContent;
  /** Null: nobody asks what the host can read. */
  readonly exposure: ExposureMap | null;
  readonly stats: DmaStats;
  readonly trace: DmaTrace | null;
}

/**
 * Makes pages of an encrypted guest visible to the host and hides them again (Linux' `set_memory_decrypted` and
 * `set_memory_encrypted`). What was in them is gone either way. After a refusal the host may or may not have converted
 * them: they are lost, and the caller must leak them (CVE-2024-35939).
 */
export class Conversion {
  private readonly parts: ConversionParts;

  constructor(parts: ConversionParts) {
    this.parts = parts;
  }

  /** False: refused, and the pages are lost. */
  setMemoryDecrypted(address: number, sizeBytes: number): boolean {
    const isDone = this.convert('set_memory_decrypted', address, sizeBytes, PageState.shared);
    if (isDone) this.parts.stats.pagesDecrypted += sizeBytes / PAGE_BYTES;
    return isDone;
  }

  /** False: refused, and the pages are lost. */
  setMemoryEncrypted(address: number, sizeBytes: number): boolean {
    // What the host saw last is decided before the pages are out of its sight.
    this.parts.exposure?.check(address, sizeBytes);
    const isDone = this.convert('set_memory_encrypted', address, sizeBytes, PageState.private);
    if (isDone) this.parts.stats.pagesEncrypted += sizeBytes / PAGE_BYTES;
    return isDone;
  }

  private convert(call: string, address: number, sizeBytes: number, to: PageState): boolean {
    assertPages(address, sizeBytes);
    const { states, host, exposure, stats, trace } = this.parts;
    const first = pageOf(address);
    const count = sizeBytes / PAGE_BYTES;
    for (let page = first; page < first + count; page++) {
      const state = states.of(page);
      assert(state !== PageState.lost, 'page % was lost in a conversion, and is used again', page);
      assert(state !== to, 'page % is converted to what it is', page);
    }
    const isGranted = host.grants(address, sizeBytes);
    const pages = `${count} ${count === 1 ? 'page' : 'pages'}`;
    trace?.note(`${call}(${hex(address)}, ${pages}): ${isGranted ? 'converted' : 'REFUSED by the host'}`);
    exposure?.forget(address, sizeBytes);
    for (let page = first; page < first + count; page++) {
      const epoch = states.epoch(page);
      this.scramble(page, epoch);
      states.set(page, isGranted ? to : PageState.lost, epoch + 1);
    }
    if (!isGranted) stats.pagesLeaked += count;
    return isGranted;
  }

  private scramble(page: number, epoch: number): void {
    const at = page * PAGE_BYTES;
    const words = this.parts.ram.words(at, PAGE_BYTES);
    if (this.parts.content === 'zero') words.fill(0);
    else for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ maskOf(at + 4 * i, epoch);
  }
}
