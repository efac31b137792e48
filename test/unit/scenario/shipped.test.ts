import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeScenario, loadScenario } from '../../../src/scenario/load.js';
import type { ScenarioPlan } from '../../../src/scenario/plan.js';

const FOLDER = fileURLToPath(new URL('../../../scenarios/', import.meta.url));

/** What a user has to add. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'blk-image.yaml': ['backend.path=disk.img'],
  'blk-copy.yaml': ['source.path=my.iso'],
};

function shipped(file: string): ScenarioPlan {
  return loadScenario(FOLDER + file, { sets: NEEDED[file] ?? [] });
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

describe('shipped scenarios', () => {
  it('are there', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'blk-copy.yaml',
        'blk-image.yaml',
        'blk-mixed-multiqueue.yaml',
        'blk-openloop.yaml',
        'blk-randread.yaml',
        'blk-randwrite-verify.yaml',
        'quickstart.yaml',
        'ring-features.yaml',
        'rng-features.yaml',
      ]),
    );
  });

  it.each(files)('%s loads, is named as its file, and points editors to the schema', (file) => {
    const { name, description, jobs } = shipped(file);
    expect(`${name}.yaml`).toBe(file);
    expect(description).not.toBe('');
    expect(jobs.length).toBeGreaterThan(0);
    expect(describeScenario(FOLDER + file)).toEqual({ name, description });
    expect(readFileSync(FOLDER + file, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/schema\.json\n#/,
    );
  });

  it.each(Object.entries(NEEDED))('%s says what it needs', (file, [set]) => {
    const path = set?.split('=')[0] as string;
    expect(() => loadScenario(FOLDER + file, { sets: [] })).toThrow(`\`${path}\` is missing: name the`);
  });

  const onDisks = files.filter((file) => file !== 'blk-copy.yaml' && !file.startsWith('rng-'));

  it.each(onDisks)('%s also runs on an image', (file) => {
    const { jobs } = loadScenario(FOLDER + file, { sets: ['backend.path=disk.img'] });
    for (const { backend } of jobs) expect(backend).toMatchObject({ kind: 'file', path: 'disk.img' });
  });

  it('quickstart shows two jobs on a small disk', () => {
    const { jobs } = shipped('quickstart.yaml');
    expect(jobs.map(({ workload }) => workload.kind)).toEqual(['mixed', 'read']);
    for (const { backend } of jobs)
      expect(backend).toMatchObject({ kind: 'memory', sizeBytes: 32 * 2 ** 20 });
  });

  it('blk-randread reads a million blocks', () => {
    const [job] = shipped('blk-randread.yaml').jobs;
    expect(job?.workload).toMatchObject({
      kind: 'read',
      pattern: 'random',
      operations: 1_000_000,
      blocks: [{ sizeBytes: 4096, weight: 1 }],
      arrival: { model: 'closed', depth: 32 },
      verify: true,
    });
    expect(job?.service).toEqual({ window: 8, order: 'random' });
  });

  it('ring-features covers every combination', () => {
    const { jobs } = shipped('ring-features.yaml');
    const cells = jobs.map(({ queue }) => `${queue.size} ${queue.features.join(' ')}`);
    expect(new Set(cells).size).toBe(3 * 2 ** 3);
    for (const { queue, workload } of jobs)
      expect(workload.framing).toBe(queue.size === 2 ? 'merged' : 'separate');
  });
});
