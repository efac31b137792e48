import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../../src/scenario/json-schema.js';
import { fileKeys, jobKeyPaths, keysAt } from '../../../src/scenario/key-names.js';

interface Shape {
  readonly [key: string]: unknown;
}

/** Every map of properties in a schema, with the way to it. */
function propertiesIn(value: unknown, path: string): { path: string; shape: Shape }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = `${path}/${key}`;
    const own =
      key === 'properties'
        ? Object.entries(inner as Record<string, Shape>).map(([name, shape]) => ({
            path: `${here}/${name}`,
            shape,
          }))
        : [];
    return [...own, ...propertiesIn(inner, here)];
  });
}

describe('scenarioJsonSchema', () => {
  it('is what scenarios/schema.json holds: `npm run schema` writes it', () => {
    const file = new URL('../../../scenarios/schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(scenarioJsonSchema());
  });

  it('describes every key', () => {
    const properties = propertiesIn(scenarioJsonSchema(), '');
    expect(properties.length).toBeGreaterThan(60);
    const bare = properties.filter(({ shape }) => typeof shape['description'] !== 'string');
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it('has patterns that editors can use', () => {
    const patterns = [...JSON.stringify(scenarioJsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)];
    expect(patterns.length).toBeGreaterThan(10);
    for (const [, pattern] of patterns) {
      expect(() => new RegExp(JSON.parse(pattern as string) as string, 'u')).not.toThrow();
    }
  });
});

describe('key names', () => {
  it('are found along a path', () => {
    expect(fileKeys()).toContain('thresholds');
    expect(keysAt(['jobs', 'any', 'service'])).toEqual(['window', 'order']);
    expect(keysAt(['jobs', 'any', 'wait'])).toEqual(['policy', 'spin']);
    expect(keysAt(['jobs', 'any', 'backend', 'faults', 0])).toEqual([
      'operation',
      'errno',
      'after',
      'probability',
    ]);
    expect(keysAt(['jobs', 'any', 'depth'])).toEqual([]);
    expect(keysAt(['nothing', 'here'])).toEqual([]);
  });

  it('include every key of a job, dotted', () => {
    expect(jobKeyPaths()).toEqual(
      expect.arrayContaining(['queue', 'queue.size', 'queue.features.IN_ORDER', 'backend.path', 'depth']),
    );
  });
});
