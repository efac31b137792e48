import { Composer, type CST, type Document, LineCounter, Parser } from 'yaml';

/** A scenario needs six. */
const DEPTH_MAX = 64;

export type YamlText =
  | {
      readonly document: Document;
      readonly lines: LineCounter;
      /** Where a second document begins, or null. */
      readonly secondAt: number | null;
    }
  /** Where it is nested too deeply to be read. */
  | { readonly tooDeepAt: number; readonly lines: LineCounter };

/**
 * The library's own `parseDocument` with a look at the depth in between: composing recurses, and what the engine does
 * near the end of its stack is not always an exception. Splitting into tokens does not recurse.
 */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeepAt = findDepth(tokens, DEPTH_MAX);
  if (tooDeepAt !== null) return { tooDeepAt, lines };
  const composer = new Composer({ version: '1.2', prettyErrors: false });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  return { document: document as Document, lines, secondAt: second?.range[0] ?? null };
}

/** The first place that is nested deeper than `depthMax`, or null. */
function findDepth(tokens: readonly CST.Token[], depthMax: number): number | null {
  let level = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return (level[0] as CST.Token).offset;
    level = level.flatMap(partsOf);
  }
  return null;
}

function partsOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((part) => part !== undefined && part !== null),
  );
}
