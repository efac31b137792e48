import { z } from 'zod';
import { MEMORY_MAX_BYTES } from './limits.js';
import { flag, integer, key, refuse, share, sizeBetween } from './schema-values.js';
import type { DmaSettings, EncryptionSettings } from './settings.js';

const sees = z.enum(['garbage', 'zero', 'fault']);
export const encryptionSchema: z.ZodType<EncryptionSettings> = z.union([
  sees.transform((name) => ({ host_sees: name })),
  z.strictObject({
    host_sees: key(sees, 'What the device gets that touches a private page.', 'garbage'),
    refuse: key(
      share(),
      'Of the conversions of pages behind those at boot, the share that the host refuses: 0 to 1, or 5%.',
      '0',
    ),
    require_access_platform: key(
      flag(),
      'The guest takes no device without ACCESS_PLATFORM. false: a guest from before that rule.',
      'true',
    ),
  }),
]);

const ALIGN_MASK_MAX = 4095;
const ALIGN_MASK_EXPECTED = `a mask of low bits: 0, 1, 3, 7 and so on up to ${ALIGN_MASK_MAX}`;
const alignMask = z
  .int({ error: ALIGN_MASK_EXPECTED })
  .min(0, ALIGN_MASK_EXPECTED)
  .max(ALIGN_MASK_MAX, ALIGN_MASK_EXPECTED)
  .transform((mask, context) => {
    if ((mask & (mask + 1)) === 0) return mask;
    // The alignment itself, in place of its mask.
    const hint = (mask & (mask - 1)) === 0 ? { hint: `did you mean \`${mask - 1}\`?` } : {};
    return refuse(context, mask, { expected: ALIGN_MASK_EXPECTED, ...hint });
  });

const POOL_EXPECTED = 'a size up to 4GiB, or null';
const mapping = z.enum(['direct', 'swiotlb', 'restricted']);
export const dmaSchema: z.ZodType<DmaSettings> = z.union([
  mapping.transform((name) => ({ mapping: name })),
  z.strictObject({
    mapping: key(
      mapping,
      'direct: buffers are mapped as they are, and bounced only where the device cannot reach them; swiotlb: all are ' +
        'bounced; restricted: the same, and the rings are in the pool too. Left out: direct, swiotlb with encryption.',
    ),
    mask: key(integer(13, 64), 'Bits of an address that the device can form.', '64'),
    align_mask: key(
      alignMask,
      'Low bits of an address that a bounce keeps: 0, 1, 3, 7 and so on up to 4095.',
      '0',
    ),
    pool: key(
      sizeBetween(1, MEMORY_MAX_BYTES, POOL_EXPECTED).nullable(),
      'Bytes of the bounce pool, rounded up to whole sets of 256KiB in each of its areas (one for each queue, in a ' +
        'power of two). null: none. Left out: 64MiB, with direct none.',
    ),
    dynamic: key(
      sizeBetween(0, MEMORY_MAX_BYTES, 'a size up to 4GiB'),
      'By how much each queue may grow the pool when it is exhausted.',
      '0',
    ),
    check: key(flag(), 'Check every use of the DMA API, and every copy.', 'true'),
  }),
]);
