import { functionsOf } from './functions.js';
import type { Offence, Rule } from './rule.js';
import type { SourceFile } from './source.js';

const MAX_FILE_LINES = 400;
const MAX_MEDIAN_LINES = 150;
const MAX_FUNCTION_LINES = 70;
const MAX_COLUMNS = 120;

export const fileSizeRule: Rule = {
  title: `a file has at most ${MAX_FILE_LINES} lines, the median file of src at most ${MAX_MEDIAN_LINES}`,
  check: (tree) => [
    ...tree
      .in(/^(src|workers)\/.*\.ts$/)
      .filter((file) => file.lines.length > MAX_FILE_LINES)
      .map((file) => ({
        path: file.path,
        line: MAX_FILE_LINES + 1,
        message: `${file.lines.length} lines, at most ${MAX_FILE_LINES}: it has two jobs`,
      })),
    ...checkMedian(tree.in(/^src\/.*\.ts$/)),
  ],
  sample: {
    'src/memory/small.ts': repeatLine('x();', 150),
    'src/memory/full.ts': repeatLine('x();', 400),
    'src/memory/over.ts': repeatLine('x();', 401),
  },
  offendersInSample: ['src/memory/over.ts:401', 'src:1'],
};

export const functionSizeRule: Rule = {
  title: `a function has at most ${MAX_FUNCTION_LINES} lines`,
  check: (tree) => tree.in(/^(src|workers|test\/(tidy|support))\/.*\.ts$/).flatMap(checkFunctions),
  sample: {
    'src/memory/a.ts': [
      '/** A class of any length { is no function. */',
      'export class A extends mixin(B) {',
      '  static with(size: number): { a: Map<string, B>; b: readonly B[] } {',
      repeatLine("    x('{', `{${size}`, /[/{]/.test(y));", 69) + '  }',
      repeatLine('  f(a: A | undefined): void { g(); }', 40),
      '  short<T>(value: T): asserts value is NonNullable<T> {',
      repeatLine('    if (value) { y(); }', 68) + '  }',
      '}',
      'export const arrow = (a: number): number => {',
      repeatLine('  y();', 70) + '};',
      '',
    ].join('\n'),
  },
  offendersInSample: ['src/memory/a.ts:3', 'src/memory/a.ts:186'],
};

export const lineLengthRule: Rule = {
  title: `a line of code has at most ${MAX_COLUMNS} columns`,
  check: (tree) => tree.in(/\.(ts|js)$|^\.ci\//).flatMap(checkLines),
  sample: {
    'src/memory/a.ts': `${'x'.repeat(120)}\n// ${'x'.repeat(118)}\n`,
  },
  offendersInSample: ['src/memory/a.ts:2'],
};

function checkMedian(files: readonly SourceFile[]): Offence[] {
  const sizes = files.map((file) => file.lines.length).sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  if (median <= MAX_MEDIAN_LINES) return [];
  return [
    { path: 'src', line: 1, message: `the median file has ${median} lines, at most ${MAX_MEDIAN_LINES}` },
  ];
}

function checkFunctions(file: SourceFile): Offence[] {
  return functionsOf(file).flatMap(({ name, firstLine, lastLine }) => {
    const lines = lastLine - firstLine + 1;
    if (lines <= MAX_FUNCTION_LINES) return [];
    return [
      {
        path: file.path,
        line: firstLine,
        message: `${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}`,
      },
    ];
  });
}

function checkLines(file: SourceFile): Offence[] {
  return file.lines.flatMap((text, i) => {
    if (text.length <= MAX_COLUMNS) return [];
    return [{ path: file.path, line: i + 1, message: `${text.length} columns, at most ${MAX_COLUMNS}` }];
  });
}

function repeatLine(line: string, count: number): string {
  return `${line}\n`.repeat(count);
}
