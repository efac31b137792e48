import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findScenario, shippedScenarios } from '../../../src/cli/find-scenario.js';

const shipped = [{ name: 'quickstart', file: '/opt/vring/scenarios/quickstart.yaml' }];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vring-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('findScenario', () => {
  it('takes a path as it is', () => {
    const file = path.join(folder, 'my.yaml');
    writeFileSync(file, '');
    expect(findScenario(file, shipped)).toBe(file);
  });

  it('finds a shipped scenario by its name', () => {
    expect(findScenario('quickstart', shipped)).toBe('/opt/vring/scenarios/quickstart.yaml');
  });

  it('prefers the file of that name', () => {
    const file = path.join(folder, 'quickstart');
    writeFileSync(file, '');
    expect(findScenario(file, [{ name: file, file: 'other' }])).toBe(file);
  });

  it('says what there is when there is nothing of that name', () => {
    expect(() => findScenario('quickstrat', shipped)).toThrow(/'quickstrat'.*\(shipped: quickstart\)/);
    expect(() => findScenario('x', [])).toThrow('shipped: none');
  });

  it('does not take a folder', () => {
    expect(() => findScenario(folder, shipped)).toThrow('it is a folder');
  });
});

describe('shippedScenarios', () => {
  it('are YAML files, by name', () => {
    for (const { name, file } of shippedScenarios()) {
      expect(path.basename(file)).toMatch(new RegExp(`^${name}\\.ya?ml$`));
    }
  });
});
