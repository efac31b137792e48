import { describe, expect, it } from 'vitest';
import type { DmaPlan } from '../../../src/scenario/plan.js';
import { errorOf, firstJob, plan, readText, refusal } from './scenario-text.js';

const MIB = 2 ** 20;
const ENCRYPTED = 'memory: { encryption: garbage }';
const DIRECT: DmaPlan = { mapping: 'direct', maskBits: 64, minAlignMask: 0, pool: null, checked: true };
const POOL = { sizeBytes: 64 * MIB, growthBytes: 0 };
const SWIOTLB: DmaPlan = { ...DIRECT, mapping: 'swiotlb', pool: POOL };

function hasAccessPlatform(...args: Parameters<typeof firstJob>): boolean {
  return firstJob(...args).queue.features.includes('ACCESS_PLATFORM');
}

describe('memory.encryption', () => {
  const garbage = { hostSees: 'garbage', refusal: 0, requireAccessPlatform: true };

  it.each([
    ['memory: {}', null],
    ['memory: { encryption: null }', null],
    ['memory: { encryption: garbage }', garbage],
    ['memory: { encryption: {} }', garbage],
    ['memory: { encryption: zero }', { ...garbage, hostSees: 'zero' }],
    ['memory: { encryption: fault }', { ...garbage, hostSees: 'fault' }],
    [
      'memory: { encryption: { host_sees: zero, refuse: 5% } }',
      { ...garbage, hostSees: 'zero', refusal: 0.05 },
    ],
    [
      'memory: { encryption: { require_access_platform: false } }',
      { ...garbage, requireAccessPlatform: false },
    ],
  ])('%s', (line, encryption) => {
    expect(firstJob(readText(line)).encryption).toEqual(encryption);
  });

  it('changes in part, and can be switched off', () => {
    const text = readText('memory: { encryption: { refuse: 0.5 } }');
    expect(firstJob(text, 'memory.encryption=zero').encryption).toMatchObject({
      hostSees: 'zero',
      refusal: 0.5,
    });
    expect(firstJob(text, 'memory.encryption.refuse=0').encryption).toMatchObject({ refusal: 0 });
    expect(firstJob(text, 'memory.encryption=null').encryption).toBeNull();
  });

  it.each([
    [
      'encryption: zeros',
      '27',
      '',
      'expected one of garbage, zero, fault, or a map, got `zeros`; did you mean `zero`?',
    ],
    ['encryption: { host_sees: 1 }', '40', '.host_sees', 'expected one of garbage, zero, fault, got `1`'],
    [
      'encryption: { refuse: 2 }',
      '37',
      '.refuse',
      'expected a share from 0 to 1, or a percentage such as 5%, got `2`',
    ],
  ])('%s', (entry, column, key, text) => {
    expect(refusal(readText(`memory: { ${entry} }`))).toEqual([
      `s.yaml:7:${column}: \`jobs.a.memory.encryption${key}\`: ${text}`,
    ]);
  });
});

describe('dma', () => {
  it.each([
    ['depth: 1', null],
    ['dma: null', null],
    ['dma: direct', DIRECT],
    ['dma: {}', DIRECT],
    ['dma: swiotlb', SWIOTLB],
    ['dma: restricted', { ...SWIOTLB, mapping: 'restricted' }],
    [
      'dma: { mask: 32, align_mask: 4095, check: false }',
      { ...DIRECT, maskBits: 32, minAlignMask: 4095, checked: false },
    ],
    [
      'dma: { mapping: swiotlb, pool: 1MiB, dynamic: 4MiB }',
      { ...SWIOTLB, pool: { sizeBytes: MIB, growthBytes: 4 * MIB } },
    ],
    ['dma: { pool: 1MiB }', { ...DIRECT, pool: { sizeBytes: MIB, growthBytes: 0 } }],
    [ENCRYPTED, SWIOTLB],
  ])('%s', (line, dma) => {
    expect(firstJob(readText(line)).dma).toEqual(dma);
  });

  it('of an encrypted guest bounces every buffer, unless it says otherwise', () => {
    expect(firstJob(readText(ENCRYPTED, 'dma: {}')).dma).toEqual(SWIOTLB);
    expect(firstJob(readText(ENCRYPTED, 'dma: direct')).dma).toEqual(DIRECT);
    expect(firstJob(readText(ENCRYPTED, 'dma: null')).dma).toBeNull();
  });

  it('changes in part, and is switched on and off by --set', () => {
    const text = readText('dma: { mapping: swiotlb, mask: 32 }');
    expect(firstJob(text, 'dma=restricted').dma).toMatchObject({ mapping: 'restricted', maskBits: 32 });
    expect(firstJob(text, 'dma.pool=1MiB').dma?.pool).toEqual({ sizeBytes: MIB, growthBytes: 0 });
    expect(firstJob(text, 'dma=null').dma).toBeNull();
    expect(firstJob(readText(), 'dma={ mapping: swiotlb, dynamic: 1MiB }').dma?.pool?.growthBytes).toBe(MIB);
  });

  it('can be an axis', () => {
    const { jobs } = plan(`${readText()}matrix: { dma: [null, direct, swiotlb] }\n`);
    expect(jobs.map(({ dma }) => dma?.mapping ?? null)).toEqual([null, 'direct', 'swiotlb']);
    expect(jobs.map(({ name }) => name)).toEqual(['a[dma=null]', 'a[dma=direct]', 'a[dma=swiotlb]']);
  });

  it('has a pool of the same whole number of sets in each area', () => {
    const pool = (size: string, count: number): number | undefined =>
      firstJob(readText(`dma: { pool: ${size} }`, `queue: { count: ${count} }`)).dma?.pool?.sizeBytes;
    expect(pool('512KiB', 1)).toBe(MIB / 2);
    expect(pool('257KiB', 1)).toBe(MIB / 2);
    expect(pool('1MiB', 2)).toBe(MIB);
    expect(pool('1100KiB', 3)).toBe(2 * MIB);
    expect(pool('64MiB', 16)).toBe(64 * MIB);
  });

  it.each([
    ['dma: bounce', '10', '', 'expected one of direct, swiotlb, restricted, or a map, got `bounce`'],
    ['dma: { mask: 12 }', '18', '.mask', 'expected a whole number from 13 to 64, got `12`'],
    ['dma: { pool: 5GiB }', '18', '.pool', 'expected a size up to 4GiB, or null, got `5GiB`'],
    [
      'dma: { align_mask: 2048 }',
      '24',
      '.align_mask',
      'expected a mask of low bits: 0, 1, 3, 7 and so on up to 4095, got `2048`; did you mean `2047`?',
    ],
    [
      'dma: { align_mask: 5 }',
      '24',
      '.align_mask',
      'expected a mask of low bits: 0, 1, 3, 7 and so on up to 4095, got `5`',
    ],
  ])('%s', (line, column, key, text) => {
    expect(refusal(readText(line))).toEqual([`s.yaml:7:${column}: \`jobs.a.dma${key}\`: ${text}`]);
    expect(errorOf(() => plan(readText(line))).code).toBe('SCENARIO_VALUE');
  });

  it.each([
    [
      'dma: { mapping: swiotlb, pool: null }',
      '36',
      'pool',
      'mapping swiotlb bounces every buffer, and needs a pool to do so',
    ],
    ['dma: { dynamic: 1MiB }', '21', 'dynamic', 'there is no pool that could grow; set `dma.pool`'],
    [
      'dma: { mapping: swiotlb, mask: 24 }',
      '36',
      'mask',
      '24 bits reach 16MiB, and a pool of 64MiB from byte 4096 on ends behind that; use a smaller `dma.pool`',
    ],
    [
      'dma: { mask: 24 }',
      '18',
      'mask',
      '24 bits reach 16MiB, and memory is 32MiB: what is beyond needs a pool to bounce through; set `dma.pool`',
    ],
  ])('%s', (line, column, key, text) => {
    expect(refusal(readText(line))).toEqual([`s.yaml:7:${column}: \`dma.${key}\`: ${text} (job \`a\`)`]);
  });

  it('takes what a weaker layer says of the pool for overruled', () => {
    const direct = readText('dma: { mapping: direct, pool: null }');
    expect(firstJob(direct, 'dma=swiotlb').dma?.pool).toEqual(POOL);
    expect(refusal(readText('dma: swiotlb'), 'dma.pool=null')[0]).toContain(
      '--set dma.pool=null: `dma.pool`: mapping swiotlb bounces every buffer',
    );
    const growing = readText('dma: { mapping: swiotlb, dynamic: 1MiB }');
    expect(firstJob(growing, 'dma.mapping=direct').dma?.pool).toBeNull();
    expect(refusal(readText('dma: direct'), 'dma.dynamic=1MiB')[0]).toContain('--set dma.dynamic=1MiB');
  });

  it('has a pool of whole sets of 256 KiB, the same number for each queue if there are so many', () => {
    const poolBytes = (text: string, ...assignments: string[]): number | undefined =>
      firstJob(readText(text), ...assignments).dma?.pool?.sizeBytes;
    expect(poolBytes('dma: { pool: 2KiB }')).toBe(256 * 1024);
    expect(poolBytes('dma: { pool: 300KiB }')).toBe(512 * 1024);
    expect(poolBytes('dma: { pool: 768KiB }', 'queue.count=4')).toBe(MIB);
    expect(poolBytes('dma: { pool: 256KiB }', 'queue.count=4')).toBe(256 * 1024);
  });

  it('points at what came last', () => {
    expect(firstJob(readText('dma: { mapping: swiotlb, mask: 27 }')).dma?.maskBits).toBe(27);
    expect(refusal(readText('dma: { mapping: swiotlb, mask: 27 }'), 'dma.pool=128MiB')[0]).toContain(
      '--set dma.pool=128MiB: `dma.pool`: 27 bits reach 128MiB, and a pool of 128MiB',
    );
    const narrow = readText('dma: { mask: 25 }');
    expect(firstJob(narrow).memoryBytes).toBe(32 * MIB);
    expect(refusal(narrow, 'memory.size=64MiB')[0]).toContain(
      '--set memory.size=64MiB: `memory.size`: 25 bits',
    );
  });
});

describe('queue.features.ACCESS_PLATFORM', () => {
  const off = 'queue: { features: { ACCESS_PLATFORM: false } }';

  it('follows from dma, unless somebody speaks of it', () => {
    expect(hasAccessPlatform(readText())).toBe(false);
    expect(hasAccessPlatform(readText('dma: direct'))).toBe(true);
    expect(hasAccessPlatform(readText(ENCRYPTED))).toBe(true);
    expect(hasAccessPlatform(readText(ENCRYPTED, 'dma: null'))).toBe(false);
    expect(hasAccessPlatform(readText(ENCRYPTED, off))).toBe(false);
    expect(firstJob(readText(ENCRYPTED, off)).dma).toEqual(SWIOTLB);
    expect(hasAccessPlatform(readText(ENCRYPTED, 'dma: swiotlb', off))).toBe(false);
  });

  it('is left open by a list that does not name it', () => {
    const list = 'queue: { features: [EVENT_IDX] }';
    expect(firstJob(readText(list)).queue.features).toEqual(['EVENT_IDX']);
    expect(firstJob(readText('dma: direct', list)).queue.features).toEqual(['EVENT_IDX', 'ACCESS_PLATFORM']);
    expect(firstJob(readText('queue: { features: [ACCESS_PLATFORM] }')).queue.features).toEqual([
      'ACCESS_PLATFORM',
    ]);
  });

  it('brings a DMA API with it', () => {
    const on = 'queue: { features: { ACCESS_PLATFORM: true } }';
    expect(firstJob(readText(on)).dma).toEqual(DIRECT);
    expect(firstJob(readText(on, 'dma: null')).dma).toEqual(DIRECT);
    expect(firstJob(readText(on, ENCRYPTED, 'dma: null')).dma).toBeNull();
    expect(hasAccessPlatform(readText(on, ENCRYPTED, 'dma: null'))).toBe(true);
  });

  it('is not switched off where dma needs it', () => {
    const text =
      'the driver uses its DMA API only with ACCESS_PLATFORM, and queue.features switches that off; ';
    expect(refusal(readText('dma: direct', off))).toEqual([
      `s.yaml:7:10: \`dma\`: ${text}leave out one of the two (job \`a\`)`,
    ]);
    expect(refusal(readText('dma: direct'), 'queue.features.ACCESS_PLATFORM=false')[0]).toContain(
      `--set queue.features.ACCESS_PLATFORM=false: \`queue.features.ACCESS_PLATFORM\`: ${text}`,
    );
    expect(refusal(readText(off), 'dma=swiotlb')[0]).toContain(`--set dma=swiotlb: \`dma\`: ${text}`);
    expect(firstJob(readText(off, 'dma: null')).dma).toBeNull();
  });
});
