import { describe, expect, it } from 'vitest';
import { ExposureError } from '../../../src/dma/exposure.js';
import { encryptedGuest } from '../../support/dma/dma-rig.js';

const PAGE = 4096;

/** Page 2 is shared, and zeroed. */
function sharedPage() {
  const guest = encryptedGuest({ content: 'zero' });
  guest.conversion.setMemoryDecrypted(2 * PAGE, PAGE);
  return guest;
}

describe('ExposureMap', () => {
  it('has nothing against private pages, whatever is in them', () => {
    const { ram, exposure } = encryptedGuest();
    ram.bytes(0, ram.sizeBytes).fill(0xee);
    expect(() => exposure.checkAll()).not.toThrow();
  });

  it.each([0, 1, 2, 3, 4095])('finds a private byte in a shared page, at its place: %d', (offset) => {
    const { ram, exposure } = sharedPage();
    ram.store8(2 * PAGE + offset, 0xab);
    const expected = { address: 2 * PAGE + offset, value: 0xab };
    for (const check of [() => exposure.checkAll(), () => exposure.check(2 * PAGE, PAGE)]) {
      expect(check).toThrow(ExposureError);
      expect(check).toThrow(expect.objectContaining({ code: 'PRIVATE_BYTE_EXPOSED', fields: expected }));
    }
    expect(() => exposure.check(3 * PAGE, PAGE), 'another page').not.toThrow();
  });

  it('lets be read what was shown, and not a byte more on either side', () => {
    const { ram, exposure } = sharedPage();
    exposure.show(2 * PAGE + 10, 5);
    ram.bytes(2 * PAGE + 10, 5).fill(0xff);
    exposure.checkAll();
    for (const offset of [9, 15]) {
      ram.store8(2 * PAGE + offset, 1);
      expect(() => exposure.checkAll()).toThrow(ExposureError);
      ram.store8(2 * PAGE + offset, 0);
    }
    exposure.checkAll();
  });

  it('what was shown stays shown, also with something else in it', () => {
    const { ram, exposure } = sharedPage();
    exposure.show(2 * PAGE, 4);
    ram.store32(2 * PAGE, 1);
    exposure.checkAll();
    ram.store32(2 * PAGE, 0x0102_0304);
    expect(() => exposure.checkAll()).not.toThrow();
  });

  it('a page that is converted begins anew', () => {
    const { ram, exposure, conversion } = sharedPage();
    exposure.show(2 * PAGE, PAGE);
    conversion.setMemoryEncrypted(2 * PAGE, PAGE);
    conversion.setMemoryDecrypted(2 * PAGE, PAGE);
    exposure.checkAll();
    ram.store8(2 * PAGE + 7, 1);
    expect(() => exposure.checkAll()).toThrow(ExposureError);
  });

  it('is asked before pages are hidden: a byte that was exposed until then is found', () => {
    const { ram, conversion } = sharedPage();
    ram.store8(2 * PAGE + 7, 1);
    expect(() => conversion.setMemoryEncrypted(2 * PAGE, PAGE)).toThrow(ExposureError);
  });

  it('garbage from the conversion itself is to be overwritten before anyone asks', () => {
    const { ram, exposure, conversion } = encryptedGuest();
    conversion.setMemoryDecrypted(2 * PAGE, PAGE);
    expect(() => exposure.checkAll()).toThrow(ExposureError);
    ram.bytes(2 * PAGE, PAGE).fill(0);
    exposure.checkAll();
  });
});
