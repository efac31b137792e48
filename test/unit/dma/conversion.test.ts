import { describe, expect, it } from 'vitest';
import { Conversion } from '../../../src/dma/conversion.js';
import { DmaPages } from '../../../src/dma/dma-pages.js';
import { PageState, PageStates } from '../../../src/dma/page-states.js';
import { pageAligned, pageOf } from '../../../src/dma/pages.js';
import { InvariantError } from '../../../src/errors.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { encryptedGuest, pattern } from '../../support/dma/dma-rig.js';

const PAGE = 4096;
const REFUSES = { grants: () => false };

describe('PageStates', () => {
  it('begin private, and each page keeps its own state and number of conversions', () => {
    const memory = SharedMemory.ofSize(64);
    const states = new PageStates(memory, 8);
    expect([0, 1, 2].map((page) => states.of(page))).toEqual([0, 0, 0]);
    states.set(1, PageState.shared, 5);
    states.set(2, PageState.lost, 2 ** 30 - 1);
    expect([0, 1, 2, 3].map((page) => states.of(page))).toEqual([
      PageState.private,
      PageState.shared,
      PageState.lost,
      PageState.private,
    ]);
    expect([0, 1, 2].map((page) => states.epoch(page))).toEqual([0, 5, 2 ** 30 - 1]);
    expect([memory.load32(0), memory.load32(4)], 'what is in front of them').toEqual([0, 0]);
  });

  it('are seen by whoever has the same memory', () => {
    const memory = SharedMemory.ofSize(16);
    new PageStates(memory, 0).set(1, PageState.shared, 1);
    expect(new PageStates(memory, 0).of(1)).toBe(PageState.shared);
  });

  it('a range is shared when each of its pages is', () => {
    const states = new PageStates(SharedMemory.ofSize(PageStates.sizeBytes(8 * PAGE)), 0);
    for (const page of [2, 3]) states.set(page, PageState.shared, 1);
    const isShared = (from: number, length: number) => states.isShared(from, length);
    expect([isShared(2 * PAGE, 2 * PAGE), isShared(3 * PAGE - 1, 2), isShared(4 * PAGE - 1, 1)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isShared(2 * PAGE - 1, 2), isShared(4 * PAGE - 1, 2), isShared(PAGE, 3 * PAGE)]).toEqual([
      false,
      false,
      false,
    ]);
    states.set(3, PageState.lost, 2);
    expect(isShared(3 * PAGE, 1)).toBe(false);
  });

  it('take whole pages of 4 KiB', () => {
    expect([0, 1, 4096, 4097].map(pageAligned)).toEqual([0, 4096, 4096, 8192]);
    expect([0, 4095, 4096, 2 ** 32 - 1].map(pageOf)).toEqual([0, 0, 1, 2 ** 20 - 1]);
    expect(PageStates.sizeBytes(2 ** 20)).toBe(1024);
  });
});

describe('Conversion', () => {
  it('makes pages shared, then private again, and counts both', () => {
    const { conversion, states, stats, exposure } = encryptedGuest();
    expect(conversion.setMemoryDecrypted(2 * PAGE, 3 * PAGE)).toBe(true);
    expect([1, 2, 3, 4, 5].map((page) => states.of(page))).toEqual([0, 1, 1, 1, 0]);
    exposure.show(2 * PAGE, 3 * PAGE);
    expect(conversion.setMemoryEncrypted(3 * PAGE, PAGE)).toBe(true);
    expect([2, 3, 4].map((page) => states.of(page))).toEqual([1, 0, 1]);
    expect([2, 3, 4].map((page) => states.epoch(page))).toEqual([1, 2, 1]);
    expect([stats.pagesDecrypted, stats.pagesEncrypted, stats.pagesLeaked]).toEqual([3, 1, 0]);
  });

  it.each(['garbage', 'zero'] as const)('keeps nothing of what was in a page, either way: %s', (content) => {
    const { conversion, ram, exposure } = encryptedGuest({ content });
    const bytes = pattern(PAGE);
    const zeros = new Uint8Array(PAGE);
    for (const way of ['setMemoryDecrypted', 'setMemoryEncrypted'] as const) {
      ram.copyIn(2 * PAGE, bytes, 0, PAGE);
      ram.copyIn(3 * PAGE, bytes, 0, PAGE);
      exposure.show(2 * PAGE, PAGE);
      conversion[way](2 * PAGE, PAGE);
      const after = ram.bytes(2 * PAGE, PAGE);
      expect(Buffer.compare(after, bytes)).not.toBe(0);
      expect(Buffer.compare(after, zeros) === 0, way).toBe(content === 'zero');
      expect(Buffer.compare(ram.bytes(3 * PAGE, PAGE), bytes), 'the page behind').toBe(0);
    }
  });

  it('leaves in a page that is shared now the ciphertext that the host saw before', () => {
    const { conversion, ram, host } = encryptedGuest();
    ram.copyIn(2 * PAGE, pattern(PAGE), 0, PAGE);
    const seen = [...host.bytes(2 * PAGE, PAGE)];
    conversion.setMemoryDecrypted(2 * PAGE, PAGE);
    expect([...ram.bytes(2 * PAGE, PAGE)]).toEqual(seen);
    expect([...host.bytes(2 * PAGE, PAGE)]).toEqual(seen);
  });

  it.each(['garbage', 'zero'] as const)(
    'refused by the host, has lost the pages and what was in them: %s',
    (content) => {
      const { conversion, states, stats, ram } = encryptedGuest({ host: REFUSES, content });
      ram.copyIn(2 * PAGE, pattern(2 * PAGE), 0, 2 * PAGE);
      expect(conversion.setMemoryDecrypted(2 * PAGE, 2 * PAGE)).toBe(false);
      expect([1, 2, 3, 4].map((page) => states.of(page))).toEqual([0, 2, 2, 0]);
      expect([stats.pagesDecrypted, stats.pagesLeaked]).toEqual([0, 2]);
      expect(Buffer.compare(ram.bytes(2 * PAGE, 2 * PAGE), pattern(2 * PAGE))).not.toBe(0);
    },
  );

  it('refused on the way back, has lost the pages too', () => {
    const answers = [true, false];
    const { conversion, states, stats, exposure } = encryptedGuest({
      host: { grants: () => answers.shift() ?? true },
    });
    conversion.setMemoryDecrypted(2 * PAGE, PAGE);
    exposure.show(2 * PAGE, PAGE);
    expect(conversion.setMemoryEncrypted(2 * PAGE, PAGE)).toBe(false);
    expect(states.of(2)).toBe(PageState.lost);
    expect([stats.pagesEncrypted, stats.pagesLeaked]).toEqual([0, 1]);
  });

  it('asks the host once, for all pages of a call', () => {
    const asked: number[][] = [];
    const host = { grants: (address: number, sizeBytes: number) => asked.push([address, sizeBytes]) > 0 };
    encryptedGuest({ host }).conversion.setMemoryDecrypted(2 * PAGE, 3 * PAGE);
    expect(asked).toEqual([[2 * PAGE, 3 * PAGE]]);
  });

  it('refuses a page that is what it is to become, and changes nothing then', () => {
    const { conversion, states, exposure } = encryptedGuest();
    expect(() => conversion.setMemoryEncrypted(2 * PAGE, PAGE)).toThrow(InvariantError);
    conversion.setMemoryDecrypted(3 * PAGE, PAGE);
    exposure.show(3 * PAGE, PAGE);
    expect(() => conversion.setMemoryDecrypted(2 * PAGE, 2 * PAGE)).toThrow(
      /page 3 is converted to what it is/,
    );
    expect([2, 3].map((page) => [states.of(page), states.epoch(page)])).toEqual([
      [PageState.private, 0],
      [PageState.shared, 1],
    ]);
  });

  it('refuses a lost page, whichever way', () => {
    const answers = [false];
    const { conversion } = encryptedGuest({ host: { grants: () => answers.shift() ?? true } });
    conversion.setMemoryDecrypted(2 * PAGE, PAGE);
    expect(() => conversion.setMemoryDecrypted(PAGE, 2 * PAGE)).toThrow(/page 2 was lost/);
    expect(() => conversion.setMemoryEncrypted(2 * PAGE, PAGE)).toThrow(/page 2 was lost/);
  });

  it.each([
    [PAGE + 16, PAGE],
    [PAGE, 100],
    [PAGE, 0],
  ])('refuses what is no whole pages: from %d, %d bytes', (address, sizeBytes) => {
    expect(() => encryptedGuest().conversion.setMemoryDecrypted(address, sizeBytes)).toThrow(
      /no whole pages/,
    );
  });

  it('needs nobody who asks what the host can read', () => {
    const { ram, states, stats } = encryptedGuest();
    const host = { grants: () => true };
    const parts = { ram, states, host, content: 'garbage', exposure: null, stats, trace: null } as const;
    const conversion = new Conversion(parts);
    expect([conversion.setMemoryDecrypted(PAGE, PAGE), conversion.setMemoryEncrypted(PAGE, PAGE)]).toEqual([
      true,
      true,
    ]);
  });
});

describe('DmaPages', () => {
  it('are whole pages, zeroed after the conversion, and shared', () => {
    const { pages, ram, states, exposure } = encryptedGuest();
    ram.bytes(0, ram.sizeBytes).fill(0xee);
    const address = pages.alloc(5000) as number;
    expect(address % PAGE).toBe(0);
    expect(new Set(ram.bytes(address, 2 * PAGE))).toEqual(new Set([0]));
    expect(states.isShared(address, 2 * PAGE)).toBe(true);
    expect([ram.load8(address - 1), ram.load8(address + 2 * PAGE)]).toEqual([0xee, 0xee]);
    exposure.checkAll();
  });

  it('of memory that is not encrypted are zeroed too', () => {
    const ram = SharedMemory.ofSize(1 << 16);
    ram.bytes(0, 1 << 16).fill(0xee);
    const pages = new DmaPages(ram, new Allocator(1 << 16), null, null);
    const address = pages.alloc(1) as number;
    expect(new Set(ram.bytes(address, PAGE))).toEqual(new Set([0]));
    pages.free(address, 1);
    expect(pages.alloc(1)).toBe(address);
  });

  it('that are freed are private, and can be taken again', () => {
    const { pages, allocator, states } = encryptedGuest();
    const freeBytes = allocator.freeBytes;
    const address = pages.alloc(5000) as number;
    pages.free(address, 5000);
    expect(states.isShared(address, 1)).toBe(false);
    expect(allocator.freeBytes).toBe(freeBytes);
    expect(pages.alloc(2 * PAGE)).toBe(address);
  });

  it('are none without memory, and the host is not asked', () => {
    const host = { grants: () => Boolean(expect.fail('nothing is to be converted')) };
    const { pages } = encryptedGuest({ ramBytes: 4 * PAGE, host });
    expect(pages.alloc(4 * PAGE)).toBeNull();
  });

  it('that the host refused never come back from the allocator', () => {
    const answers = [false];
    const { pages, allocator, stats } = encryptedGuest({ host: { grants: () => answers.shift() ?? true } });
    const freeBytes = allocator.freeBytes;
    expect(pages.alloc(2 * PAGE)).toBeNull();
    expect([allocator.freeBytes, stats.pagesLeaked]).toEqual([freeBytes - 2 * PAGE, 2]);
    const taken: number[] = [];
    for (let at = pages.alloc(1); at !== null; at = pages.alloc(1)) taken.push(at);
    expect(taken.length).toBe(freeBytes / PAGE - 2);
    expect(Math.min(...taken)).toBe(3 * PAGE);
  });

  it('whose way back was refused never come back either', () => {
    const answers = [true, false];
    const { pages, allocator, stats } = encryptedGuest({ host: { grants: () => answers.shift() ?? true } });
    const freeBytes = allocator.freeBytes;
    const address = pages.alloc(PAGE) as number;
    pages.free(address, PAGE);
    expect([allocator.freeBytes, stats.pagesLeaked]).toEqual([freeBytes - PAGE, 1]);
    expect(pages.alloc(PAGE)).not.toBe(address);
  });
});
