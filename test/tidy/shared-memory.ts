import { find, type Offence, type PatternRule, type Rule } from './rule.js';
import type { SourceFile } from './source.js';

const NAMES: readonly PatternRule[] = [
  {
    pattern: /(?<![.\w$])(Atomics|DataView)\b/,
    message: (name) => `${name} belongs to src/memory: go through a MemoryPort`,
  },
  {
    pattern: /\bnew\s+SharedArrayBuffer\b/,
    message: () => 'shared memory is made in src/memory',
  },
];

/** What a buffer is called here. Judging by names is a heuristic: it asks for a second look, not for a proof. */
const BUFFER_NAME = String.raw`(?:\w*[bB]uffer|sab)\b`;
const VIEW_MAKER = String.raw`(?:new\s+(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array|Buffer\s*\.\s*from)`;
/** A view of a buffer; with a size or a list as the first argument it would be a private array, fine anywhere. */
const VIEW = new RegExp(String.raw`\b${VIEW_MAKER}\(\s*((?:[\w$.#!?]*\.)?${BUFFER_NAME})\s*[,)]`, 'g');
const PRIVATE_ARRAY = String.raw`(?:new\s+\w+Array\(\s*(?:\d|\[|(?!${BUFFER_NAME})\w+\s*[)*])|Buffer\.alloc\w*\()`;

export const sharedMemoryRule: Rule = {
  title: 'only src/memory touches shared memory directly',
  check: (tree) =>
    tree
      .in(/^(src|workers|bin)\//)
      .filter((file) => !file.path.startsWith('src/memory/'))
      .flatMap(checkFile),
  sample: {
    'src/memory/port.ts': 'Atomics.load(new Int32Array(new SharedArrayBuffer(8)), 0);\n',
    'src/guest/driver.ts': [
      '// Atomics.wait would sleep here.',
      "const text = 'DataView';",
      'Atomics.notify(words, 0);',
      'const view = new DataView(bytes);',
      'const sab = new SharedArrayBuffer(16);',
      'const words = new Int32Array(sab);',
      'const halves = new Uint16Array(this.port.buffer, 0, 8);',
      'const mine: Uint16Array = new Uint16Array(size);',
      'const data = Buffer.from(memory.buffer);',
      'function read(memory: SharedArrayBuffer): void {}',
      'const words = new Uint32Array(mine.buffer);',
      'const again = new Uint32Array(words.buffer);',
      '',
    ].join('\n'),
  },
  offendersInSample: [3, 4, 5, 6, 7, 9, 12].map((line) => `src/guest/driver.ts:${line}`),
};

function checkFile(file: SourceFile): Offence[] {
  const views = [...file.code.matchAll(VIEW)].filter((match) => !isPrivate(file, match[1] as string));
  const offences = views.map((match) => {
    const message = `a view over a buffer that may be shared: ${match[0]}`;
    return { path: file.path, line: file.lineAt(match.index), message };
  });
  return [...NAMES.flatMap((name) => find(file, file.code, name)), ...offences].sort(
    (a, b) => a.line - b.line,
  );
}

/** Whether `x.buffer` belongs to an array that this file has made itself, from a size or a list. */
function isPrivate(file: SourceFile, argument: string): boolean {
  const owner = /([\w$]+)[!?]*\.buffer$/.exec(argument)?.[1];
  if (owner === undefined) return false;
  const made = new RegExp(String.raw`(?<![\w$])${owner}(\s*:[^=;]+)?\s*=\s*${PRIVATE_ARRAY}`);
  return made.test(file.code);
}
