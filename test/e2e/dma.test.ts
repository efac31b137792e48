import { describe, expect, test } from 'vitest';
import type { DmaStep } from '../../src/dma/dma-trace.js';
import type { JobReport } from '../../src/machine/job-report.js';
import { runJson, sets, vring } from '../support/e2e/vring.js';

/** Everything that must hold of a run whose buffers went through the DMA API. */
function expectWhole(job: JobReport): void {
  expect(job.failures).toEqual([]);
  expect([job.lost, job.detached, job.mismatches, job.errors]).toEqual([0, 0, 0, 0]);
  expect(job.verified_bytes).toBeGreaterThan(0);
  expect(job.queue.features).toContain('ACCESS_PLATFORM');
  expect(job.dma?.maps).toBeGreaterThanOrEqual(job.operations);
  expect(job.dma?.unmaps).toBe(job.dma?.maps);
  expect(job.dma?.slots_used).toBe(0);
  expect(job.latency_split?.dropped ?? 0).toBe(0);
}

const CODES = (job: JobReport | undefined): string[] => (job?.failures ?? []).map(({ code }) => code);

function texts(steps: readonly DmaStep[]): string[] {
  return steps.flatMap((step) => [step.text, ...texts(step.steps)]);
}

describe('an encrypted guest with bounce buffers', () => {
  test('works byte for byte on a host that sees garbage, zeros or faults, split and packed', async () => {
    const { code, report } = await runJson(['dma-encrypted', ...sets({ operations: 2000 })]);
    expect(code).toBe(0);
    expect(report.jobs).toHaveLength(6);
    for (const job of report.jobs) {
      expectWhole(job);
      expect(job.dma?.bounced).toBe(job.dma?.maps);
      expect(job.dma?.bytes_bounced_in).toBeGreaterThan(job.dma?.bytes_bounced_out ?? 0);
      expect(job.dma?.bytes_bounced_out).toBeGreaterThan(job.verified_bytes / 2);
      expect(job.dma?.slots_high_water).toBeGreaterThan(0);
      expect(job.encryption?.private_accesses).toBe(0);
      // The pool of 64 MiB, and the pages of two areas for each of two rings.
      expect(job.encryption?.pages_decrypted).toBeGreaterThan(16384);
      expect(job.encryption?.pages_encrypted).toBe((job.encryption?.pages_decrypted ?? 0) - 16384);
    }
  });

  test('goes through resets, resizes and suspensions with every mapping ended', async () => {
    const { code, report } = await runJson([
      'lifecycle',
      ...sets({ 'memory.encryption': 'fault', 'lifecycle.count': 60, operations: '6k' }),
    ]);
    expect(code).toBe(10);
    expect(report.jobs).toHaveLength(4);
    for (const job of report.jobs) {
      expectWhole(job);
      expect(job.lifecycle?.tokens_detached).toBeGreaterThan(0);
      expect(job.encryption?.private_accesses).toBe(0);
    }
  });

  test('keeps the rest of a buffer that an entropy device answers short', async () => {
    const { code, report } = await runJson([
      'rng-features',
      ...sets({ 'memory.encryption': 'garbage', operations: 500, 'matrix.queue.size': '[1, 128]' }),
    ]);
    expect(code).toBe(0);
    expect(report.jobs).toHaveLength(16);
    for (const job of report.jobs) expectWhole(job);
  });
});

describe('a bounce pool that is too small', () => {
  test('runs full and falls to pieces, and every request completes', async () => {
    const { code, report } = await runJson(['dma-exhaustion', ...sets({ operations: 3000 })]);
    expect(code).toBe(0);
    for (const job of report.jobs) {
      expectWhole(job);
      const isGrowing = job.name.startsWith('growing');
      if (!isGrowing) expect(job.dma?.mapping_errors).toBeGreaterThan(50);
      expect((job.dma?.transient_pools ?? 0) > 0).toBe(isGrowing);
      // Hardly a slot was never in use; a run of 64 was not to be had long before the last one.
      expect(job.dma?.slots_high_water).toBeGreaterThan(192);
    }
  });

  test('is one area that four vCPUs want slots of at the same time: no slot is handed out twice', async () => {
    const { code, report } = await runJson([
      'dma-exhaustion',
      '--only',
      'fixed',
      ...sets({ 'queue.count': 4, 'dma.pool': '256KiB', operations: 2000 }),
    ]);
    expect(code).toBe(0);
    for (const job of report.jobs) {
      expectWhole(job);
      expect(job.dma?.slots).toBe(128);
      expect(job.dma?.mapping_errors).toBeGreaterThan(50);
    }
  });

  test('is too small for a single request: that is said, after others had time to give slots back', async () => {
    const args = ['dma-exhaustion', '--only', 'fixed', ...sets({ block: '1MiB', 'queue.count': 1 })];
    const { code, report } = await runJson(args);
    expect(code).toBe(21);
    expect(CODES(report.jobs[0])).toContain('CANNOT_POST');
    expect(report.jobs[0]?.failures[0]?.message).toContain('the bounce pool is too small');
  });

  test('pages that the host refuses to share are never used again, and the run goes on with others', async () => {
    const args = [
      'dma-exhaustion',
      '--only',
      'growing',
      ...sets({ operations: 3000, 'queue.layout': 'split' }),
    ];
    const encryption = 'memory.encryption={ host_sees: garbage, refuse: 20% }';
    const outcomes: string[] = [];
    for (const seed of ['1', '2', '3', '4', '5', '6', '7', '8']) {
      const { report } = await runJson([...args, '--set', encryption, '--seed', seed]);
      const [job] = report.jobs as [JobReport];
      const codes = CODES(job);
      // Where a ring's pages are refused there is no device.
      expect(codes).toEqual(codes.length === 0 ? [] : ['RING_MEMORY']);
      if (codes.length === 0) expectWhole(job);
      if ((job.encryption?.pages_leaked ?? 0) > 0) outcomes.push(codes[0] ?? 'went on');
    }
    expect(new Set(outcomes)).toEqual(new Set(['RING_MEMORY', 'went on']));
  });
});

describe('a guest that is misconfigured', () => {
  test('6.2 N1473 without ACCESS_PLATFORM, or without bounces, fails in five ways, each with a diagnosis', async () => {
    const { code, report } = await runJson(['dma-cc-misconfigured', '--keep-going']);
    expect(code).toBe(20);
    expect(report.replay).toContain(' --keep-going');
    const job = (name: string): JobReport | undefined => report.jobs.find((one) => one.name === name);
    expect(CODES(job('refused'))).toEqual(['NO_ACCESS_PLATFORM']);
    expect(job('refused')?.encryption?.private_accesses).toBe(0);
    for (const name of ['private_ring', 'silent', 'no_bounce', 'faulting']) {
      const [first] = job(name)?.failures ?? [];
      expect(first?.code).toBe('PRIVATE_PAGE');
      expect(job(name)?.encryption?.private_accesses).toBeGreaterThan(0);
      expect(job(name)?.operations).toBe(0);
      expect(first?.message).toContain(
        name.endsWith('ring') || name === 'silent' ? 'area of queue 0' : 'a buffer',
      );
      const cause =
        name === 'no_bounce' || name === 'faulting' ? 'nothing bounces them' : 'ACCESS_PLATFORM was not';
      expect(first?.message).toContain(cause);
    }
    // Nothing moves, and nobody complains: without the diagnosis a stall is all there would be.
    expect(CODES(job('silent'))).toContain('STALL');
  });
});

describe('--explain-dma', () => {
  test.each(['split', 'packed'])('draws the way of one bounced request: %s', async (layout) => {
    const { report } = await runJson([
      'dma-encrypted',
      '--explain-dma',
      ...sets({ 'queue.layout': layout, 'memory.encryption': 'garbage', operations: 50 }),
    ]);
    const path = report.jobs[0]?.dma_path ?? [];
    expect(path.map(({ text }) => text.replace(/:.*/, ''))).toEqual([
      'vring_alloc_queue',
      'virtqueue_add',
      'virtqueue_kick',
      'virtqueue_get_buf',
    ]);
    const all = texts(path);
    for (const call of [
      /^vring_use_dma_api: yes/,
      /^dma_alloc_coherent\(\d+\)$/,
      /^set_memory_decrypted\(0x[0-9a-f]+, \d+ pages?\): converted$/,
      /^vring_map_one_sg: range 0$/,
      /^dma_map_page\(0x[0-9a-f]+, 16, TO_DEVICE\)$/,
      /^force_bounce: yes \(memory is encrypted\)$/,
      /^swiotlb_find_slots: slots? \d+/,
      /^swiotlb_bounce: copy 16 bytes in, 0x[0-9a-f]+ -> 0x[0-9a-f]+$/,
      /^alloc_indirect: a table of \d+ descriptors/,
      /^swiotlb_release_slots: slots? \d+/,
    ]) {
      expect(all.some((text) => call.test(text))).toBe(true);
    }
  });

  test('shows the fork of each way in the text report', async () => {
    const { stdout } = await vring([
      'run',
      'dma-direct',
      '--explain-dma',
      // So large that the first one reaches over the end of what the device can address; a flush would have no data.
      ...sets({
        'queue.layout': 'split',
        operations: 20,
        block: '1MiB',
        segments: 5,
        depth: 8,
        'mix.flush': 0,
      }),
    ]);
    expect(stdout).toMatch(/bare\S*  the way of one request/);
    expect(stdout).toContain('vring_use_dma_api: no -> sg_phys = 0x');
    expect(stdout).toContain('dma_capable: yes, mask of 64 bits');
    expect(stdout).toContain('dma_capable: no, mask of 23 bits');
    expect(stdout).toMatch(/├─ virtqueue_add: token \d+, \d+ out, \d+ in/);
  });
});
