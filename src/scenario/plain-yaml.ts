import { type Document, isScalar, type Pair, visit } from 'yaml';
import { startOf } from './document.js';
import type { ProblemCode } from './problems.js';

/** Something of YAML that is not plain data. */
export interface Unplain {
  readonly code: ProblemCode;
  readonly offset: number;
  readonly key: string;
  readonly text: string;
}

/**
 * Whatever of a document is more than maps, lists and scalars. Aliases make two places out of one, and then a
 * position says nothing; `defaults` does what they are used for.
 */
export function unplain(document: Document): Unplain[] {
  const found: Unplain[] = [];
  const alias = (node: unknown, what: string): void => {
    const text = `anchors, aliases and merge keys (\`${what}\`) are not supported; `;
    const advice = 'put what jobs share under `defaults`';
    found.push({ code: 'SCENARIO_YAML', offset: startOf(node) ?? 0, key: what, text: text + advice });
  };
  visit(document, {
    Alias: (_, node) => alias(node, `*${node.source}`),
    Value: (_, node) => {
      if (node.anchor !== undefined) alias(node, `&${node.anchor}`);
    },
    Pair: (_, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') alias(pair.key, '<<');
      else found.push(...wrongKeys(pair));
    },
  });
  return found;
}

function wrongKeys({ key }: Pair): Unplain[] {
  const offset = startOf(key) ?? 0;
  if (!isScalar(key)) {
    return [{ code: 'SCENARIO_YAML', offset, key: '', text: 'a key is a word, not a list or a map' }];
  }
  if (key.value !== '__proto__') return [];
  return [{ code: 'SCENARIO_KEY', offset, key: '__proto__', text: 'unknown key `__proto__`' }];
}
