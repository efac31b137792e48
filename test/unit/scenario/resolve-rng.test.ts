import { describe, expect, it } from 'vitest';
import { firstJob, readText, refusal } from './scenario-text.js';

describe('device rng', () => {
  it('can use a queue of one', () => {
    const job = firstJob(readText('device: rng', 'queue: { size: 1 }'));
    expect(job).toMatchObject({ device: 'rng', queue: { size: 1 }, workload: { kind: 'read' } });
  });

  it.each([
    ['backend: { size: 1MiB }', 's.yaml:8:', 'backend'],
    ['blk: { seg_max: 4 }', 's.yaml:8:', 'blk'],
    ['framing: merged', 's.yaml:8:', 'framing'],
    ['pattern: random', 's.yaml:8:', 'pattern'],
  ])('refuses what belongs to a disk: %s', (line, place, key) => {
    const [first = ''] = refusal(readText('device: rng', line));
    expect(first).toContain(place);
    expect(first).toContain(`\`${key}\`: belongs to device blk, and this is rng`);
  });

  it('is only read, from one queue', () => {
    expect(refusal(readText('device: rng'), 'workload=write')[0]).toContain('device rng is only read');
    expect(refusal(readText('device: rng', 'queue: { count: 2 }'))[0]).toContain('device rng has one queue');
  });

  it('a buffer in more segments than the queue has entries is refused', () => {
    const [first = ''] = refusal(readText('device: rng', 'queue: { size: 2 }', 'segments: 3'));
    expect(first).toContain('s.yaml:9:');
    expect(first).toContain('N0042');
  });
});
