import { posix } from 'node:path';
import type { SourceFile } from './source.js';

/** One import or re-export of a source file. */
export interface Import {
  readonly line: number;
  /** As written, for example `../memory/port.js` or `node:fs`. */
  readonly specifier: string;
  /** The file of ours it names, by its path from the root, or null for a package. */
  readonly target: string | null;
  /** `import type` and `export type`: gone after compilation. `import { type X }` is not, it still loads the file. */
  readonly typeOnly: boolean;
}

/** In code with the insides of strings blanked, so the specifier shows as spaces between two quotes. */
const STATIC = /\b(?:import|export)\b(\s+type\b(?!\s+from\b))?[\w$*{},\s]*?(?:\bfrom\s*)?(['"])( *)\2/g;
const DYNAMIC = /\bimport\s*()\(\s*(['"])( *)\2/g;

export function importsOf(file: SourceFile): Import[] {
  const matches = [...file.code.matchAll(STATIC), ...file.code.matchAll(DYNAMIC)];
  matches.sort((a, b) => a.index - b.index);
  return matches.map((match) => {
    const from = match.index + match[0].length - 1 - (match[3] as string).length;
    const specifier = file.text.slice(from, match.index + match[0].length - 1);
    return {
      line: file.lineAt(from),
      specifier,
      target: resolveTarget(file.path, specifier),
      typeOnly: (match[1] ?? '') !== '',
    };
  });
}

function resolveTarget(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
