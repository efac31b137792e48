import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site } from './sites.js';

/** A place in the code as a person wrote it. */
export interface CodePosition {
  /** Class and method or function. */
  readonly name: string;
  /** Relative to the package that it is part of, or to the working directory; absolute when it is in neither. */
  readonly file: string;
  /** Counts from 1; 0 when nothing is known. */
  readonly line: number;
}

const maps = new Map<string, SourceMap | null>();

/** Where a site is in the source that its file was compiled from. */
export function codePosition({ name, file, line, column }: Site): CodePosition {
  if (file === '') return { name, file, line };
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const entry = mapOf(path)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return { name, file: shortened(path), line };
  const source = resolve(dirname(path), entry.originalSource);
  return { name, file: shortened(source), line: entry.originalLine + 1 };
}

function mapOf(path: string): SourceMap | null {
  const known = maps.get(path);
  if (known !== undefined) return known;
  const file = `${path}.map`;
  const map = existsSync(file)
    ? new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload)
    : null;
  maps.set(path, map);
  return map;
}

function shortened(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return relative(folder, path);
  }
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') ? path : inside;
}
