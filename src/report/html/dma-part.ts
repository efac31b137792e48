import type { JobReport } from '../../machine/job-report.js';
import { perOperation } from '../../stats/per-operation.js';
import { dmaTree } from '../dma-tree.js';
import { formatBytes, formatCount, formatRatio, formatShare } from '../format.js';
import { markup, type Markup, type Part } from './markup.js';
import { factsOf } from './table.js';

/** What the way of the buffers to the device cost; null for a driver without a DMA API. */
export function dmaPart(job: JobReport): Markup | null {
  const { dma, encryption, dma_path: path } = job;
  if (dma === null && encryption === null) return null;
  return markup`<h3>DMA</h3>
${factsOf([...(dma === null ? [] : dmaFacts(dma, job)), ...(encryption === null ? [] : encryptionFacts(encryption))])}
${
  path === null
    ? null
    : markup`<details><summary>the way of one request to the device</summary>
<pre>${dmaTree(path).join('\n')}</pre></details>`
}`;
}

type Facts = readonly (readonly [string, Part])[];

function dmaFacts(dma: NonNullable<JobReport['dma']>, job: JobReport): Facts {
  const { bytes_bounced_in: into, bytes_bounced_out: out } = dma;
  const each = (count: number): string => {
    const ratio = perOperation(count, job);
    return ratio === null ? '' : `, ${formatRatio(ratio)} per operation`;
  };
  const perOp = perOperation(into + out, job);
  const share = dma.slots === 0 ? '' : ` (${formatShare(dma.slots_high_water / dma.slots)})`;
  return [
    ['mapping', dma.mapping],
    ['mappings', `${formatCount(dma.maps)}${each(dma.maps)}; ${formatCount(dma.bounced)} of them bounced`],
    ['syncs', `${formatCount(dma.syncs)}${each(dma.syncs)}`],
    ['copied for the device', formatBytes(into)],
    ['copied for the driver', formatBytes(out)],
    ...(perOp === null ? [] : [['copied per operation', formatBytes(perOp)] as const]),
    ...(dma.slots === 0
      ? []
      : [
          [
            'bounce slots at most',
            `${formatCount(dma.slots_high_water)} of ${formatCount(dma.slots)}${share}`,
          ] as const,
          ['bounce slots left at the end', formatCount(dma.slots_used)] as const,
        ]),
    ['mappings refused', formatCount(dma.mapping_errors)],
    ['allocated for rings', formatBytes(dma.coherent_bytes)],
    [
      'pools added',
      `${formatCount(dma.transient_pools)} for one mapping, ${formatCount(dma.grown_pools)} for good`,
    ],
  ];
}

function encryptionFacts(encryption: NonNullable<JobReport['encryption']>): Facts {
  const { private_accesses: accesses, pages_leaked: leaked } = encryption;
  return [
    ['the host sees, in private pages', encryption.host_sees],
    ['pages shared with the host', formatCount(encryption.pages_decrypted)],
    ['pages taken back', formatCount(encryption.pages_encrypted)],
    ['pages lost', alarm(leaked)],
    ['accesses of the device to private pages', alarm(accesses)],
  ];
}

function alarm(count: number): Part {
  return count === 0 ? '0' : markup`<strong class="bad">${formatCount(count)}</strong>`;
}
