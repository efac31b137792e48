import { describe, expect, it } from 'vitest';
import { firstJob, readText, refusal } from './scenario-text.js';

describe('queue', () => {
  it('has the defaults of the schema', () => {
    expect(firstJob(readText()).queue).toEqual({
      layout: 'split',
      size: 128,
      count: 1,
      features: ['INDIRECT_DESC', 'EVENT_IDX'],
      directCount: 0,
      startIndex: 0,
    });
  });

  it('merges what defaults and the job say', () => {
    const text = readText('queue: { size: 64, features: { IN_ORDER: true } }');
    const defaults = 'defaults: { queue: { size: 2, count: 2, features: [] } }\n';
    expect(firstJob(text + defaults).queue).toMatchObject({ size: 64, count: 2, features: ['IN_ORDER'] });
  });

  it('is a power of two when split, and any number when packed', () => {
    expect(firstJob(readText('queue: { layout: packed, size: 100 }')).queue).toMatchObject({
      layout: 'packed',
      size: 100,
    });
    expect(refusal(readText('queue: { size: 100 }'))).toEqual([
      's.yaml:7:20: `queue.size`: a split queue needs a power of two up to 32768, and this is 100; ' +
        'a packed one takes any (job `a`)',
    ]);
    const text = readText('queue: { layout: packed, size: 100 }');
    expect(refusal(text, 'queue.layout=split')[0]).toContain(
      '--set queue.layout=split: `queue.layout`: a split',
    );
  });

  it('of one descriptor is refused, with the clause', () => {
    expect(refusal(readText('queue: { size: 1 }'))).toEqual([
      's.yaml:7:20: `queue.size`: a queue of 1 has no room for a block request: each has a readable and a writable ' +
        'descriptor, and a chain longer than the queue is forbidden even when it is indirect ' +
        '(virtio 1.4, 2.7.5.3.1, N0042); device rng can use such a queue (job `a`)',
    ]);
  });

  it('uses direct descriptors only with indirect tables', () => {
    const direct = (line: string, ...sets: string[]): number =>
      firstJob(readText(line), ...sets).queue.directCount;
    expect(direct('queue: { direct: 2 }')).toBe(2);
    expect(direct('queue: { direct: 2 }', 'queue.features.INDIRECT_DESC=false')).toBe(0);
    expect(direct('queue: { direct: 16 }', 'queue.size=8')).toBe(7);
    expect(refusal(readText('queue: { direct: 2, features: [] }'))).toEqual([
      's.yaml:7:22: `queue.direct`: needs the feature INDIRECT_DESC (job `a`)',
    ]);
    expect(refusal(readText('queue: { direct: 8, size: 8 }'))).toEqual([
      's.yaml:7:22: `queue.direct`: 8 leaves no room for the indirect descriptor in a queue of 8 (job `a`)',
    ]);
  });
});

describe('wait', () => {
  it.each([
    ['depth: 1', { policy: 'adaptive', spinNs: 50_000 }],
    ['wait: poll', { policy: 'poll', spinNs: 50_000 }],
    ['wait: { spin: 1ms }', { policy: 'adaptive', spinNs: 1e6 }],
    ['wait: { policy: block, spin: 0ns }', { policy: 'block', spinNs: 0 }],
  ])('%s', (line, wait) => {
    expect(firstJob(readText(line)).wait).toEqual(wait);
  });

  it('changes in part', () => {
    const text = `${readText('wait: poll')}defaults: { wait: { spin: 1us } }\n`;
    expect(firstJob(text).wait).toEqual({ policy: 'poll', spinNs: 1000 });
    expect(firstJob(text, 'wait=block', 'wait.spin=2us').wait).toEqual({ policy: 'block', spinNs: 2000 });
  });
});

describe('service', () => {
  it.each([
    ['depth: 1', { window: 8, order: 'random' }],
    ['queue: { features: [IN_ORDER] }', { window: 8, order: 'fifo' }],
    ['service: { window: 1, order: lifo }', { window: 1, order: 'lifo' }],
  ])('%s', (line, service) => {
    expect(firstJob(readText(line)).service).toEqual(service);
  });

  it('keeps the order that was asked for, also with IN_ORDER', () => {
    const text = readText('service: { order: random }', 'queue: { features: [IN_ORDER] }');
    expect(firstJob(text).service.order).toBe('random');
  });
});
