import { describe, expect, it } from 'vitest';
import { firstJob, jobText, readText, refusal } from './scenario-text.js';

const ALL = 'lifecycle: { events: [device_reset, ring_reset, resize, suspend], sizes: [32, 256] }';

describe('lifecycle', () => {
  it('is none unless there is one', () => {
    expect(firstJob(readText()).lifecycle).toBeNull();
    expect(firstJob(readText('lifecycle: null')).lifecycle).toBeNull();
    expect(firstJob(readText('lifecycle: { events: [device_reset, device_reset] }')).lifecycle).toEqual({
      everyOperations: 1000,
      events: ['device_reset'],
      sizes: [],
      count: null,
    });
  });

  it('has events of its own, and no others', () => {
    expect(refusal(readText('lifecycle: { every: 10 }'))[0]).toContain(
      's.yaml:7:5: `lifecycle.events` is missing: expected a list of device_reset, ring_reset, resize, suspend',
    );
    expect(refusal(readText('lifecycle: { events: [ring_rest] }'))[0]).toContain(
      'did you mean `ring_reset`?',
    );
  });

  it('switches on the features that its events need, where nobody spoke of them', () => {
    expect(firstJob(readText(ALL)).queue.features).toEqual([
      'INDIRECT_DESC',
      'EVENT_IDX',
      'RING_RESET',
      'SUSPEND',
    ]);
    expect(firstJob(readText('lifecycle: { events: [device_reset] }')).queue.features).not.toContain(
      'SUSPEND',
    );
  });

  it('refuses an event whose feature was left out on purpose', () => {
    const text = readText('queue: { features: [EVENT_IDX] }', 'lifecycle: { events: [suspend] }');
    expect(refusal(text)).toEqual([
      's.yaml:8:26: `lifecycle.events`: suspend needs the feature SUSPEND, which queue.features does not have; ' +
        'add it there (job `a`)',
    ]);
    const enough = readText('queue: { features: [SUSPEND] }', 'lifecycle: { events: [suspend] }');
    expect(firstJob(enough).queue.features).toEqual(['SUSPEND']);
  });

  it('resizes to sizes that the layout and the requests allow', () => {
    const resize = (sizes: string): string => `lifecycle: { events: [resize], sizes: ${sizes} }`;
    expect(refusal(readText('lifecycle: { events: [resize] }'))[0]).toContain(
      's.yaml:7:18: `lifecycle.sizes` is missing: resize needs the sizes to draw from',
    );
    expect(refusal(readText('lifecycle: { events: [suspend], sizes: [8] }'))[0]).toContain(
      'belongs to the event',
    );
    expect(refusal(readText(resize('[32, 100, 48]')))[0]).toContain(
      'a split queue needs powers of two up to 32768, and there are 100, 48; a packed one takes any',
    );
    expect(firstJob(readText('queue: { layout: packed }', resize('[100, 100]'))).lifecycle?.sizes).toEqual([
      100,
    ]);
    expect(refusal(readText(resize('[1]')))[0]).toContain('a queue of 1 has no room');
    const many = readText('segments: 6', resize('[4, 64]'));
    expect(refusal(many)[0]).toContain('is a chain of 7 descriptors, and a chain longer than the queue (4)');
    expect(firstJob(readText('segments: 1', resize('[2]'))).workload.framing).toBe('merged');
  });

  it('needs memory for the largest size', () => {
    const text = readText('depth: 1000', 'block: 64KiB', 'lifecycle: { events: [resize], sizes: [1024] }');
    expect(firstJob(text).memoryBytes).toBeGreaterThan(1000 * 65536);
    expect(refusal(text, 'memory.size=16MiB')[0]).toContain('too small: 1000 requests in flight');
  });

  it('promises no more events than there are operations for', () => {
    const text = (count: number, events: string): string =>
      jobText(
        'workload: read',
        'operations: 1000',
        'queue: { count: 2 }',
        `lifecycle: { every: 100, count: ${count}, events: [${events}] }`,
      );
    expect(firstJob(text(10, 'ring_reset')).lifecycle?.count).toBe(10);
    expect(refusal(text(11, 'ring_reset'))[0]).toContain(
      '`lifecycle.count`: 11 events, one in 100 operations of a queue, need 1200 operations, ' +
        'and there are 1000',
    );
    // The first queue alone has them all.
    expect(firstJob(text(5, 'device_reset')).lifecycle?.count).toBe(5);
    expect(refusal(text(6, 'device_reset'))[0]).toContain('need 1200 operations');
  });
});
