import { describe, expect, it } from 'vitest';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { firstJob, jobText, readText, refusal } from './scenario-text.js';

/** The job's lines are from line 5 on. */
function workload(...lines: readonly string[]): WorkloadPlan {
  return firstJob(jobText(...lines)).workload;
}

function refused(...lines: readonly string[]): string[] {
  return refusal(jobText(...lines)).map((line) => line.replace(/^s\.yaml:/, '').replace(/ \(job `a`\)$/, ''));
}

describe('mix', () => {
  it.each([
    [['workload: read'], [['read', 1]]],
    [['workload: write'], [['write', 1]]],
    [
      ['workload: mixed'],
      [
        ['read', 70],
        ['write', 30],
      ],
    ],
    [
      ['workload: mixed', 'mix: { write: 3, flush: 1, read: 0 }'],
      [
        ['write', 3],
        ['flush', 1],
      ],
    ],
  ])('%j', (lines, expected) => {
    const { mix } = workload(...lines, 'operations: 1');
    expect(mix.map(({ operation, weight }) => [operation, weight])).toEqual(expected);
  });

  it('of a job replaces that of the defaults', () => {
    const text = `${jobText('workload: mixed', 'operations: 1', 'mix: { read: 1 }')}defaults: { mix: { flush: 9 } }\n`;
    expect(firstJob(text).workload.mix).toEqual([{ operation: 'read', weight: 1 }]);
  });

  it('belongs to mixed, and has something in it', () => {
    expect(refused('workload: read', 'operations: 1', 'mix: { read: 1 }')).toEqual([
      '7:10: `mix`: belongs to workload mixed, and this is read',
    ]);
    expect(refused('workload: mixed', 'operations: 1', 'mix: { read: 0 }')).toEqual([
      '7:10: `mix`: at least one weight must be above 0',
    ]);
    const overruled = jobText('workload: mixed', 'operations: 1', 'mix: { flush: 1 }');
    expect(firstJob(overruled, 'workload=read').workload.mix).toEqual([{ operation: 'read', weight: 1 }]);
  });
});

describe('a read-only disk', () => {
  it.each(['write', 'mixed'])('is not written to by %s', (kind) => {
    expect(refused(`workload: ${kind}`, 'operations: 1', 'backend: { read_only: true }')).toEqual([
      `5:15: \`workload\`: workload ${kind} writes, and the disk is read-only`,
    ]);
  });

  it('may be read and flushed', () => {
    const lines = [
      'workload: mixed',
      'operations: 1',
      'mix: { read: 1, flush: 1 }',
      'backend: { read_only: true }',
    ];
    expect(workload(...lines).mix).toHaveLength(2);
  });

  it('is found whoever said it last', () => {
    expect(refusal(readText('backend: { read_only: true }'), 'workload=write')).toEqual([
      '--set workload=write: `workload`: workload write writes, and the disk is read-only (job `a`)',
    ]);
  });
});

describe('pattern and end', () => {
  it('is random, and then needs an end', () => {
    expect(workload('workload: read', 'operations: 200k')).toMatchObject({
      pattern: 'random',
      operations: 200_000,
    });
    expect(workload('workload: read', 'duration: 1.5s')).toMatchObject({
      operations: null,
      durationMs: 1500,
    });
    expect(refused('workload: read')).toEqual([
      '4:3: `operations` is missing: a random pattern has no end of its own; set `operations` or `duration`',
    ]);
    expect(refused('workload: read', 'pattern: random')).toEqual([
      '6:5: `operations` is missing: a random pattern has no end of its own; set `operations` or `duration`',
    ]);
  });

  it('that is sequential ends by itself', () => {
    expect(workload('workload: read', 'pattern: sequential')).toMatchObject({
      operations: null,
      durationMs: null,
    });
  });

  it('is sequential for a hash and a copy', () => {
    expect(workload('workload: read', 'hash: true').pattern).toBe('sequential');
    expect(workload('workload: copy', 'source: { path: f }').pattern).toBe('sequential');
    expect(refused('workload: read', 'hash: true', 'pattern: random')).toEqual([
      '7:14: `pattern`: hash needs a sequential pattern',
    ]);
    expect(refused('workload: copy', 'source: { path: f }', 'pattern: random')).toEqual([
      '7:14: `pattern`: workload copy needs a sequential pattern',
    ]);
  });

  it('may begin with a warm-up', () => {
    const warmup = (text: string): unknown =>
      workload('workload: read', 'operations: 1', `warmup: ${text}`).warmup;
    expect(warmup('2s')).toEqual({ operations: 0, durationMs: 2000 });
    expect(warmup('1000')).toEqual({ operations: 1000, durationMs: 0 });
    expect(warmup('1k')).toEqual({ operations: 1000, durationMs: 0 });
    expect(warmup('1m')).toEqual({ operations: 0, durationMs: 60_000 });
    expect(warmup('1M')).toEqual({ operations: 1_000_000, durationMs: 0 });
  });
});

describe('hash', () => {
  it('needs a read of the whole disk over one queue', () => {
    expect(refused('workload: write', 'hash: true', 'operations: 3', 'duration: 1s')).toEqual([
      '6:11: `hash`: hash needs workload read, and this is write',
      '7:17: `operations`: hash needs a pass over the whole disk; leave this out or set it to null',
      '8:15: `duration`: hash needs a pass over the whole disk; leave this out or set it to null',
    ]);
    expect(refused('workload: read', 'hash: true', 'queue: { count: 2 }')).toEqual([
      '6:11: `hash`: hash needs one queue, and there are 2',
    ]);
  });

  it('begins with its first block', () => {
    expect(refused('workload: read', 'hash: true', 'warmup: 1s')).toEqual([
      '7:13: `warmup`: hash needs a pass that counts from its start; set this to 0',
    ]);
    expect(workload('workload: read', 'hash: true', 'warmup: 0').hash).toBe(true);
  });

  it('can be asked for behind --set, once the end is gone', () => {
    expect(firstJob(readText(), 'hash=true', 'operations=null').workload).toMatchObject({
      hash: true,
      operations: null,
    });
  });
});

describe('copy', () => {
  it('needs a source and one queue', () => {
    const { kind, source, mix } = workload('workload: copy', 'source: { path: f.iso, offset: 1MiB }');
    expect({ kind, source, mix }).toEqual({
      kind: 'copy',
      source: { path: 'f.iso', offsetBytes: 2 ** 20 },
      mix: [{ operation: 'write', weight: 1 }],
    });
    expect(refused('workload: copy')).toEqual([
      '5:5: `source.path` is missing: name the file to copy, as in --set source.path=my.iso',
    ]);
    expect(refused('workload: copy', 'source: { offset: 512 }')).toEqual([
      '6:5: `source.path` is missing: name the file to copy, as in --set source.path=my.iso',
    ]);
    expect(refused('workload: copy', 'source: { path: f }', 'queue: { count: 2 }')).toEqual([
      '5:15: `workload`: workload copy needs one queue, and there are 2',
    ]);
  });

  it('begins on a sector of the disk', () => {
    expect(refused('workload: copy', 'source: { path: f, offset: 100 }')).toEqual([
      '6:32: `source.offset`: must be a multiple of 512 bytes',
    ]);
    expect(refused('workload: copy', 'source: { path: f, offset: 64MiB }')).toEqual([
      '6:32: `source.offset`: the copy would begin behind the end of the disk',
    ]);
  });

  it('is what a source is for', () => {
    expect(refused('workload: read', 'operations: 1', 'source: { path: f }')).toEqual([
      '7:13: `source`: belongs to workload copy, and this is read',
    ]);
    const text = jobText('workload: copy', 'operations: 1', 'source: { path: f }');
    expect(firstJob(text, 'workload=write').workload.source).toBeNull();
  });
});

describe('arrival', () => {
  it('is a closed loop unless there is a rate', () => {
    expect(workload('workload: read', 'operations: 1').arrival).toEqual({ model: 'closed', depth: 32 });
    expect(workload('workload: read', 'operations: 1', 'arrival: { rate: 20k/s }').arrival).toEqual({
      model: 'open',
      ratePerS: 20_000,
      distribution: 'constant',
      depth: 128,
    });
    const lines = ['workload: read', 'operations: 1', 'arrival: { rate: 1/s, distribution: poisson }'];
    expect(workload(...lines, 'queue: { size: 4096 }').arrival).toMatchObject({
      distribution: 'poisson',
      depth: 1024,
    });
    expect(workload(...lines, 'depth: 7').arrival).toMatchObject({ depth: 7 });
  });

  it('can be switched off, and needs a rate', () => {
    expect(firstJob(readText('arrival: { rate: 1/s }'), 'arrival=null').workload.arrival.model).toBe(
      'closed',
    );
    expect(refusal(readText('arrival: { distribution: poisson }'))).toEqual([
      's.yaml:7:5: `arrival.rate` is missing: expected a rate such as 50k/s (job `a`)',
    ]);
  });
});
