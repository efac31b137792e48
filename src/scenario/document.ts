import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from 'yaml';
import type { SourcePosition } from '../errors.js';

/** Keys and list positions from the root of a file. */
export type KeyPath = readonly PropertyKey[];

/** A YAML file that has no alias, anchor or tag in it: plain data, and where each piece of it stands. */
export class SourceDocument {
  readonly file: string;
  private readonly root: Node | null;
  private readonly lines: LineCounter;
  /** The data. `seed` is the text as written: 40 hex digits do not survive as a number. */
  readonly value: unknown;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    this.root = document.contents;
    this.lines = lines;
    this.value = withSeedText(document);
  }

  /** Where the value at `path` starts, or what there is of the way to it. */
  valueAt(path: KeyPath): SourcePosition {
    return this.position(this.find(path, 'value'));
  }

  /** Where the last key of `path` starts. */
  keyAt(path: KeyPath): SourcePosition {
    return this.position(this.find(path, 'key'));
  }

  private find(path: KeyPath, part: 'key' | 'value'): number {
    let node: unknown = this.root;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      const pair = isMap(node) ? findPair(node.items, step) : null;
      const next: unknown = isSeq(node) ? node.items[Number(step)] : (pair?.value ?? null);
      const keyOffset = pair === null ? null : startOf(pair.key);
      const isKeyAsked = part === 'key' && depth === path.length - 1 && pair !== null;
      const wanted = isKeyAsked ? keyOffset : startOf(next);
      if (wanted === null && keyOffset === null) break;
      offset = wanted ?? (keyOffset as number);
      node = next;
    }
    return offset;
  }

  private position(offset: number): SourcePosition {
    return positionOf(this.file, this.lines, offset);
  }
}

function withSeedText(document: Document): unknown {
  const value: unknown = document.toJS();
  const seed = isMap(document.contents) ? document.contents.get('seed', true) : undefined;
  if (!isScalar(seed) || seed.type !== 'PLAIN' || typeof seed.value !== 'number') return value;
  return { ...(value as object), seed: seed.source };
}

function findPair(pairs: readonly Pair[], step: PropertyKey): Pair | null {
  return (
    pairs.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step)) ??
    null
  );
}

/** A value that was left out has a place but no text: its key is the better place then. */
export function startOf(node: unknown): number | null {
  if (!isNode(node) || !node.range || node.range[0] === node.range[1]) return null;
  return node.range[0];
}

/** An empty text has no line, and still a first place. */
export function positionOf(file: string, lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}
