import { describe, expect, it } from 'vitest';
import { HostView, type HostSees, privatePage } from '../../../src/dma/host-view.js';
import { InvariantError, ProtocolViolation } from '../../../src/errors.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import { encryptedGuest, pattern } from '../../support/dma/dma-rig.js';

const PRIVATE = 4096;
const SHARED = 8192;
const PLAIN = 0x1234_5678;

/** Page 1 is private, page 2 shared, page 3 private again; the same words are in all of them. */
function makeView(sees: HostSees) {
  const { ram, conversion, states, host } = encryptedGuest({ ramBytes: 1 << 16, sees });
  expect(conversion.setMemoryDecrypted(SHARED, 4096)).toBe(true);
  ram.words(PRIVATE, 12_288).fill(PLAIN);
  return { ram, conversion, states, host };
}

interface Method {
  readonly name: string;
  /** What the method finds at an address; the plain text's is `plain`. */
  readonly read: (view: MemoryPort, address: number) => unknown;
  readonly plain: unknown;
  readonly zero: unknown;
}

const READS: readonly Method[] = [
  { name: 'load8', read: (view, at) => view.load8(at), plain: 0x78, zero: 0 },
  { name: 'load16', read: (view, at) => view.load16(at), plain: 0x5678, zero: 0 },
  { name: 'load32', read: (view, at) => view.load32(at), plain: PLAIN, zero: 0 },
  { name: 'load16Relaxed', read: (view, at) => view.load16Relaxed(at), plain: 0x5678, zero: 0 },
  { name: 'load16Acquire', read: (view, at) => view.load16Acquire(at), plain: 0x5678, zero: 0 },
  { name: 'load32Acquire', read: (view, at) => view.load32Acquire(at), plain: PLAIN, zero: 0 },
  {
    name: 'bytes',
    read: (view, at) => [...view.bytes(at, 4)],
    plain: [0x78, 0x56, 0x34, 0x12],
    zero: [0, 0, 0, 0],
  },
  { name: 'words', read: (view, at) => [...view.words(at, 8)], plain: [PLAIN, PLAIN], zero: [0, 0] },
  { name: 'copyOut', read: (view, at) => copiedOut(view, at), plain: [9, 0x78, 0x56, 9], zero: [9, 0, 0, 9] },
];

function copiedOut(view: MemoryPort, address: number): number[] {
  const target = new Uint8Array(4).fill(9);
  view.copyOut(address, target, 1, 2);
  return [...target];
}

interface Write {
  readonly name: string;
  readonly write: (view: MemoryPort, address: number) => unknown;
  /** The word afterwards, where the write reaches plain text. */
  readonly plain: number;
}

const WRITES: readonly Write[] = [
  { name: 'store8', write: (view, at) => view.store8(at, 0xab), plain: 0x1234_56ab },
  { name: 'store16', write: (view, at) => view.store16(at, 0xabcd), plain: 0x1234_abcd },
  { name: 'store32', write: (view, at) => view.store32(at, 0x89ab_cdef), plain: 0x89ab_cdef },
  { name: 'store16Relaxed', write: (view, at) => view.store16Relaxed(at, 0xabcd), plain: 0x1234_abcd },
  { name: 'store16Release', write: (view, at) => view.store16Release(at, 0xabcd), plain: 0x1234_abcd },
  { name: 'store32Release', write: (view, at) => view.store32Release(at, 0x89ab_cdef), plain: 0x89ab_cdef },
  { name: 'copyIn', write: (view, at) => view.copyIn(at, pattern(6), 1, 4), plain: 0x1e17_1009 },
  { name: 'target', write: (view, at) => view.target(at, 4).set([1, 2, 3, 4]), plain: 0x0403_0201 },
  { name: 'copyWithin', write: (view, at) => view.copyWithin(at, SHARED + 64, 4), plain: PLAIN },
];

const UPDATES: readonly Write[] = [
  { name: 'add32', write: (view, at) => view.add32(at, 0x10), plain: PLAIN + 0x10 },
  { name: 'or32', write: (view, at) => view.or32(at, 0x0ff0_000f), plain: 0x1ff4_567f },
  { name: 'and32', write: (view, at) => view.and32(at, 0xffff), plain: 0x5678 },
];

describe('the host in a shared page', () => {
  it.each(READS)('$name finds what is there', ({ read, plain }) => {
    const { host } = makeView('fault');
    expect(read(host, SHARED)).toEqual(plain);
    expect([host.privateAccesses, host.firstPrivate]).toEqual([0, null]);
  });

  it.each([...WRITES, ...UPDATES])('$name writes what it is given', ({ write, plain }) => {
    const { ram, host } = makeView('fault');
    write(host, SHARED);
    expect(ram.load32(SHARED)).toBe(plain);
    expect(host.privateAccesses).toBe(0);
  });

  it.each(UPDATES)('$name returns what was there', ({ write }) => {
    expect(write(makeView('fault').host, SHARED)).toBe(PLAIN);
  });

  it('has views of the memory itself', () => {
    const { ram, host } = makeView('fault');
    host.bytes(SHARED, 4)[0] = 1;
    host.words(SHARED, 8)[1] = 2;
    expect([ram.load8(SHARED), ram.load32(SHARED + 4)]).toEqual([1, 2]);
  });

  it('sleeps and is woken, fences and sizes are the memory`s', () => {
    const { ram, host } = makeView('fault');
    expect(host.wait32(SHARED, PLAIN + 1, 1000)).toBe('not-equal');
    expect(host.wait32(SHARED, PLAIN, 0)).toBe('timed-out');
    expect(host.notify32(SHARED)).toBe(0);
    host.fence();
    expect([host.sizeBytes, host.barriers]).toEqual([ram.sizeBytes, ram.barriers]);
  });
});

describe('the host in a private page', () => {
  it.each(READS)('that sees garbage: $name gives ciphertext, the same each time', ({ read, plain }) => {
    const { ram, host } = makeView('garbage');
    const seen = read(host, PRIVATE);
    expect(seen).not.toEqual(plain);
    expect(read(host, PRIVATE)).toEqual(seen);
    expect([host.privateReads, host.privateWrites]).toEqual([2, 0]);
    expect(ram.load32(PRIVATE), 'a read changes nothing').toBe(PLAIN);
  });

  it.each(READS)('that sees zeros: $name gives zeros', ({ read, zero }) => {
    const { host } = makeView('zero');
    expect(read(host, PRIVATE)).toEqual(zero);
    expect([host.privateReads, host.privateWrites]).toEqual([1, 0]);
  });

  it.each(READS)('that faults: $name fails, and is counted', ({ read }) => {
    const { host } = makeView('fault');
    expect(() => read(host, PRIVATE)).toThrow(ProtocolViolation);
    expect([host.privateReads, host.privateWrites]).toEqual([1, 0]);
  });

  it.each(
    [...WRITES, ...UPDATES].flatMap(
      (each) =>
        [
          { ...each, sees: 'garbage' },
          { ...each, sees: 'zero' },
        ] as const,
    ),
  )('that sees $sees: $name makes garbage of the plain text, and is counted', ({ write, plain, sees }) => {
    const { ram, host } = makeView(sees);
    write(host, PRIVATE);
    expect([PLAIN, plain]).not.toContain(ram.load32(PRIVATE));
    expect([host.privateReads, host.privateWrites]).toEqual([0, 1]);
    expect(ram.load32(PRIVATE + 4), 'the word behind').toBe(PLAIN);
  });

  it.each([...WRITES, ...UPDATES])('that faults: $name fails before anything is written', ({ write }) => {
    const { ram, host } = makeView('fault');
    expect(() => write(host, PRIVATE)).toThrow(ProtocolViolation);
    expect(ram.load32(PRIVATE)).toBe(PLAIN);
    expect([host.privateReads, host.privateWrites]).toEqual([0, 1]);
  });

  it.each(WRITES.filter(({ name }) => name !== 'target'))(
    'that sees garbage: what $name wrote, it reads again',
    ({ write, plain, name }) => {
      const { ram, host } = makeView('garbage');
      // In a page where the host has written all of the word before.
      host.store32(PRIVATE, PLAIN);
      expect(host.load32(PRIVATE), name).toBe(PLAIN);
      write(host, PRIVATE);
      expect(host.load32(PRIVATE)).toBe(plain);
      expect(ram.load32(PRIVATE)).not.toBe(plain);
    },
  );

  it.each(UPDATES)('that sees garbage: $name returns ciphertext, and works on that', ({ write, plain }) => {
    const { host } = makeView('garbage');
    const cipher = host.load32(PRIVATE);
    expect(write(host, PRIVATE)).toBe(cipher);
    host.store32(PRIVATE, PLAIN);
    expect(write(host, PRIVATE)).toBe(PLAIN);
    expect(host.load32(PRIVATE)).toBe(plain);
  });

  it.each(UPDATES)('that sees zeros: $name returns 0', ({ write }) => {
    expect(write(makeView('zero').host, PRIVATE)).toBe(0);
  });

  it('sleeps on what it sees, not on the plain text, and that is an access', () => {
    const { host } = makeView('garbage');
    expect(host.wait32(PRIVATE, PLAIN, 1000)).toBe('not-equal');
    expect(host.wait32(PRIVATE, host.load32(PRIVATE), 0)).toBe('timed-out');
    expect(host.privateReads).toBe(3);
    const faulting = makeView('fault').host;
    expect(() => faulting.wait32(PRIVATE, PLAIN, 0)).toThrow(ProtocolViolation);
  });

  it('sees one ciphertext, whatever the width', () => {
    const { host } = makeView('garbage');
    const word = host.load32(PRIVATE);
    expect(host.load16(PRIVATE) + host.load16(PRIVATE + 2) * 0x1_0000).toBe(word);
    const bytes = [0, 1, 2, 3].map((i) => host.load8(PRIVATE + i));
    expect([...host.bytes(PRIVATE, 4)]).toEqual(bytes);
    expect(new Uint32Array(Uint8Array.from(bytes).buffer)[0]).toBe(word);
    expect(host.words(PRIVATE, 4)[0]).toBe(word);
  });

  it('sees another ciphertext in each page, at each place, and after each conversion', () => {
    const { ram, conversion, host } = makeView('garbage');
    const seen = [host.load32(PRIVATE), host.load32(PRIVATE + 4), host.load32(SHARED + 4096)];
    conversion.setMemoryDecrypted(PRIVATE, 4096);
    ram.words(PRIVATE, 4096).fill(0);
    conversion.setMemoryEncrypted(PRIVATE, 4096);
    ram.store32(PRIVATE, PLAIN);
    seen.push(host.load32(PRIVATE));
    expect(new Set(seen).size).toBe(4);
  });

  it('a view that it writes into reaches nobody, and the guest finds garbage all the same', () => {
    const { ram, host } = makeView('garbage');
    const before = host.bytes(PRIVATE, 4);
    before.fill(0);
    expect(ram.load32(PRIVATE)).toBe(PLAIN);
    host.target(PRIVATE, 8);
    expect(ram.load32(PRIVATE)).not.toBe(PLAIN);
    expect(ram.load32(PRIVATE + 8)).toBe(PLAIN);
  });
});

describe('a range that is partly private', () => {
  const at = SHARED + 4092;

  it('is read as it is up to the page`s end, and as ciphertext behind', () => {
    const { host } = makeView('garbage');
    const bytes = host.bytes(at, 8);
    expect([...bytes.subarray(0, 4)]).toEqual([0x78, 0x56, 0x34, 0x12]);
    expect([...bytes.subarray(4)]).not.toEqual([0x78, 0x56, 0x34, 0x12]);
    expect(host.privateReads).toBe(1);
  });

  it('is written as it is up to the page`s end, and garbage behind', () => {
    const { ram, host } = makeView('garbage');
    const written = pattern(8);
    host.copyIn(at, written, 0, 8);
    expect([...ram.bytes(at, 4)]).toEqual([...written.subarray(0, 4)]);
    expect([...ram.bytes(at + 4, 4)]).not.toEqual([...written.subarray(4)]);
    expect([...host.bytes(at, 8)]).toEqual([...written]);
    expect(host.privateWrites).toBe(1);
  });

  it('faults as a whole', () => {
    const { ram, host } = makeView('fault');
    expect(() => host.copyIn(at, pattern(8), 0, 8)).toThrow(ProtocolViolation);
    expect(ram.load32(at)).toBe(PLAIN);
    expect(() => host.copyOut(at, new Uint8Array(8), 0, 8)).toThrow(ProtocolViolation);
  });
});

describe('what is told of private accesses', () => {
  it('is how many there were of each kind, and the first of them', () => {
    const { host } = makeView('garbage');
    host.load16(SHARED);
    host.store16(PRIVATE + 6, 1);
    host.bytes(PRIVATE, 100);
    host.load8(PRIVATE);
    expect([host.privateReads, host.privateWrites, host.privateAccesses]).toEqual([2, 1, 3]);
    expect(host.firstPrivate).toEqual({ address: PRIVATE + 6, lengthBytes: 2, isWrite: true });
  });

  it('is a violation of the driver`s, with the place, when it faults', () => {
    const { ram, states } = makeView('fault');
    const host = new HostView(ram, states, 'fault');
    expect(() => host.words(PRIVATE + 16, 32)).toThrow(/a read of 32 bytes at 0x1010/);
    expect(() => host.store8(PRIVATE, 1)).toThrow(/a write of 1 bytes at 0x1000/);
    expect(privatePage({ address: 1, lengthBytes: 2, isWrite: false }).code).toBe('PRIVATE_PAGE');
  });

  it('a lost page is as private as any', () => {
    const { conversion, host } = encryptedGuest({ ramBytes: 1 << 16, host: { grants: () => false } });
    expect(conversion.setMemoryDecrypted(PRIVATE, 4096)).toBe(false);
    host.load8(PRIVATE);
    expect(host.privateReads).toBe(1);
  });

  it('an address outside the memory is our own mistake and no access', () => {
    const { host } = makeView('garbage');
    expect(() => host.load32(1 << 16)).toThrow(InvariantError);
    expect(() => host.copyIn(PRIVATE, pattern(4), 0, 5)).toThrow(InvariantError);
  });
});
