import { afterEach, describe, expect, test } from 'vitest';
import { Explorer } from '../../../src/explore/explorer.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { CATALOGUE } from '../../../src/explore/programs/catalogue.js';
import { PackedDevice } from '../../../src/virtqueue/packed-device.js';
import { PackedDriver } from '../../../src/virtqueue/packed-driver.js';
import { SplitDevice } from '../../../src/virtqueue/split-device.js';
import { SplitDriver } from '../../../src/virtqueue/split-driver.js';
import { importsOf } from '../../tidy/imports.js';
import type { SourceFile } from '../../tidy/source.js';
import { Tree } from '../../tidy/tree.js';

function targets(file: SourceFile | undefined): string[] {
  const imports = file === undefined ? [] : importsOf(file);
  return imports.flatMap(({ target, typeOnly }) => (target === null || typeOnly ? [] : [target]));
}

const undo: (() => void)[] = [];

afterEach(() => {
  for (const back of undo.splice(0)) back();
});

/** Notes the class of every object on which a method is called that explored code calls in each execution. */
function watch<T extends object>(prototype: T, method: keyof T & string, seen: Set<unknown>): void {
  const original = prototype[method] as (...args: unknown[]) => unknown;
  const noting = function (this: object, ...args: unknown[]): unknown {
    seen.add(this.constructor);
    return original.apply(this, args);
  };
  Object.defineProperty(prototype, method, { value: noting, configurable: true, writable: true });
  undo.push(() =>
    Object.defineProperty(prototype, method, { value: original, configurable: true, writable: true }),
  );
}

describe('what is explored is what runs', () => {
  test.each([
    { name: 'split', driver: SplitDriver, device: SplitDevice },
    { name: 'packed', driver: PackedDriver, device: PackedDevice },
  ])('the $name program is made of the classes of src/virtqueue', ({ name, driver, device }) => {
    const seen = new Set<unknown>();
    watch(driver.prototype, 'getBuf', seen);
    watch(device.prototype, 'pop', seen);
    const program = CATALOGUE[name]?.build({ buffers: 1 });
    if (program === undefined) throw new Error(`there is no ${name}`);
    expect(new Explorer(program, memoryModel('sc', 2), { onFinding: () => true }).run()).toBe(true);
    expect(seen).toEqual(new Set([driver, device]));
  });

  test('the threads of a machine load the same files', () => {
    const tree = Tree.ofFolder('.');
    const reached = (entry: string): Set<string> => {
      const found = new Set([entry]);
      for (const path of found) for (const target of targets(tree.get(path))) found.add(target);
      return found;
    };
    const ends = (side: string): string[] =>
      ['split', 'packed'].map((name) => `src/virtqueue/${name}-${side}.ts`);
    expect([...reached('workers/guest.ts')]).toEqual(expect.arrayContaining(ends('driver')));
    expect([...reached('workers/host.ts')]).toEqual(expect.arrayContaining(ends('device')));
    expect([...reached('workers/explore.ts')]).toEqual(
      expect.arrayContaining([...ends('driver'), ...ends('device')]),
    );
  });
});
