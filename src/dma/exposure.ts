import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { MemoryPort } from '../memory/port.js';
import { hex } from './dma-trace.js';
import { PageState, type PageStates } from './page-states.js';
import { PAGE_BYTES, pageOf } from './pages.js';

/** A private byte turned up where the host can read it, and no mapping and no ring put it there. */
export class ExposureError extends VringError {
  constructor(address: number, value: number) {
    super(
      'PRIVATE_BYTE_EXPOSED',
      `the host can read a private byte: ${hex(value)} at ${hex(address)}, which no mapping and no ring ever covered`,
      ExitCode.safety,
      { address, value },
    );
  }
}

/**
 * Which bytes the guest has shown to the host on purpose: those of mappings, of rings, and of nothing else. A byte of a
 * shared page that was never shown still is the zero that it became when the page was shared; anything else in its
 * place came out of private memory by mistake.
 *
 * One byte for each byte of guest memory, 1: shown. Once shown, always shown: the host may have kept a copy.
 */
export class ExposureMap {
  private readonly ram: MemoryPort;
  private readonly shown: MemoryPort;
  private readonly states: PageStates;

  constructor(ram: MemoryPort, shown: MemoryPort, states: PageStates) {
    this.ram = ram;
    this.shown = shown;
    this.states = states;
  }

  show(address: number, sizeBytes: number): void {
    this.shown.target(address, sizeBytes).fill(1);
  }

  /** The pages are converted: what is in them from now on is something else. */
  forget(address: number, sizeBytes: number): void {
    this.shown.target(address, sizeBytes).fill(0);
  }

  /** Throws an {@link ExposureError} for the first byte of these pages that the host should not be able to read. */
  check(address: number, sizeBytes: number): void {
    for (let at = address; at < address + sizeBytes; at += PAGE_BYTES) {
      if (this.states.of(pageOf(at)) === PageState.shared) this.checkPage(at);
    }
  }

  /** All of guest memory. */
  checkAll(): void {
    this.check(0, this.ram.sizeBytes);
  }

  private checkPage(at: number): void {
    const words = this.ram.words(at, PAGE_BYTES);
    const shown = this.shown.bytes(at, PAGE_BYTES);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      if (word === 0) continue;
      for (let byte = 0; byte < 4; byte++) {
        const value = (word >>> (8 * byte)) & 0xff;
        const offset = 4 * i + byte;
        if (value !== 0 && shown[offset] === 0) throw new ExposureError(at + offset, value);
      }
    }
  }
}
