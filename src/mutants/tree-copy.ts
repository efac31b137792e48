import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assert } from '../assert.js';
import { applyPatch } from './apply-patches.js';
import type { Patch } from './mutant.js';
import { SCENARIOS } from './scenarios.js';

const PARTS = ['bin', 'dist/src', 'dist/workers', 'scenarios', 'package.json'];
/** Types and maps are for people; stack traces of a patched file would be wrong by them. */
const LEFT_OUT = /\.d\.ts$|\.map$/;

/** A copy of the built package with patches in it, which is gone when it is removed. */
export class TreeCopy {
  readonly root: string;
  /** For a process that is ended on the spot. */
  readonly #onExit = (): void => this.remove();

  private constructor(root: string) {
    this.root = root;
  }

  /** Copies the package at `source`; when a patch does not fit, nothing is left behind. */
  static make(source: string, patches: readonly Patch[]): TreeCopy {
    const copy = new TreeCopy(mkdtempSync(path.join(os.tmpdir(), 'vring-mutant-')));
    process.once('exit', copy.#onExit);
    try {
      copy.#fill(source, patches);
    } catch (error) {
      copy.remove();
      throw error;
    }
    return copy;
  }

  remove(): void {
    process.off('exit', this.#onExit);
    rmSync(this.root, { recursive: true, force: true });
  }

  #fill(source: string, patches: readonly Patch[]): void {
    const filter = (name: string): boolean => !LEFT_OUT.test(name);
    for (const part of PARTS) {
      cpSync(path.join(source, part), path.join(this.root, part), { recursive: true, filter });
    }
    symlinkSync(modulesOf(source), path.join(this.root, 'node_modules'), 'junction');
    for (const patch of patches) {
      const file = path.join(this.root, 'dist/src', patch.file);
      writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch));
    }
    const scenarios = path.join(this.root, 'mutants');
    mkdirSync(scenarios);
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const text = JSON.stringify({ version: 1, name, ...scenario });
      writeFileSync(path.join(scenarios, `${name}.yaml`), text);
    }
  }
}

/** Where the package's dependencies are: its own folder, or one further up when it is itself a dependency. */
function modulesOf(source: string): string {
  for (let folder = path.resolve(source); ; folder = path.dirname(folder)) {
    const modules = path.join(folder, 'node_modules');
    if (existsSync(path.join(modules, 'commander'))) return modules;
    assert(path.dirname(folder) !== folder, 'the dependencies of vring are nowhere');
  }
}
