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

/** A copy of the built package, for one mutant after the other. It is gone when it is removed. */
export class TreeCopy {
  readonly root: string;
  private readonly source: string;
  /** Files below `dist/src` that are not as they were. */
  private patched: readonly string[] = [];
  /** For a process that is ended on the spot. */
  private readonly onExit = (): void => this.remove();

  private constructor(root: string, source: string) {
    this.root = root;
    this.source = source;
  }

  /** Copies the package at `source`; when that fails, nothing is left behind. */
  static make(source: string): TreeCopy {
    const copy = new TreeCopy(mkdtempSync(path.join(os.tmpdir(), 'vring-mutant-')), source);
    process.once('exit', copy.onExit);
    try {
      copy.fill();
    } catch (error) {
      copy.remove();
      throw error;
    }
    return copy;
  }

  /** Makes the copy this mutant, and the last one no more; when a patch does not fit, it is as if there were none. */
  mutate(patches: readonly Patch[]): void {
    for (const file of this.patched) cpSync(inDist(this.source, file), inDist(this.root, file));
    this.patched = [];
    const texts = new Map<string, string>();
    for (const patch of patches) {
      const text = texts.get(patch.file) ?? readFileSync(inDist(this.source, patch.file), 'utf8');
      texts.set(patch.file, applyPatch(text, patch));
    }
    this.patched = [...texts.keys()];
    for (const [file, text] of texts) writeFileSync(inDist(this.root, file), text);
  }

  remove(): void {
    process.off('exit', this.onExit);
    rmSync(this.root, { recursive: true, force: true });
  }

  private fill(): void {
    const source = this.source;
    const filter = (name: string): boolean => !LEFT_OUT.test(name);
    for (const part of PARTS) {
      cpSync(path.join(source, part), path.join(this.root, part), { recursive: true, filter });
    }
    symlinkSync(modulesOf(source), path.join(this.root, 'node_modules'), 'junction');
    const scenarios = path.join(this.root, 'mutants');
    mkdirSync(scenarios);
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const text = JSON.stringify({ version: 1, name, ...scenario });
      writeFileSync(path.join(scenarios, `${name}.yaml`), text);
    }
  }
}

function inDist(root: string, file: string): string {
  return path.join(root, 'dist/src', file);
}

/** Where the package's dependencies are: its own folder, or one further up when it is itself a dependency. */
function modulesOf(source: string): string {
  for (let folder = path.resolve(source); ; folder = path.dirname(folder)) {
    const modules = path.join(folder, 'node_modules');
    if (existsSync(path.join(modules, 'commander'))) return modules;
    assert(path.dirname(folder) !== folder, 'the dependencies of vring are nowhere');
  }
}
