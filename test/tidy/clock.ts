import { importsOf } from './imports.js';
import { find, type Offence, type PatternRule, type Rule } from './rule.js';
import type { SourceFile } from './source.js';

const CLOCK = /^src\/clock\.ts$/;
/** Rooms that wait for something outside: threads that may hang, a terminal to redraw, a user. */
const TIMER_ROOMS = /^src\/(clock\.ts$|machine\/|cli\/)/;
const PRODUCT = /^(src|workers)\//;

const WALL_CLOCK: PatternRule = {
  pattern: /(?<![.\w$])(Date\b(?!\s*:)|performance\s*\.|process\s*\.\s*(hrtime|uptime)\b)/,
  message: (found) => `${found}: time comes from src/clock.ts`,
};
const TIMER: PatternRule = {
  pattern: /(?<![.\w$])(setTimeout|setInterval)\b|\bAbortSignal\s*\.\s*timeout\b/,
  message: (found) => `${found}: timers belong to src/machine and src/cli`,
};
const UNSEEDED: PatternRule = {
  pattern: /\bMath\s*\.\s*random\b/,
  message: (found) => `${found}: chance comes from an Rng, so that a seed names the run`,
};
const ENTROPY: PatternRule = {
  pattern: /\b(getRandomValues|randomUUID|randomBytes|randomInt|randomFill\w*)\b/,
  message: (found) => `${found}: a fresh seed comes from src/clock.ts, and nothing else is random`,
};

export const clockRule: Rule = {
  title: 'time and chance come from src/clock.ts and src/rng.ts alone',
  check: (tree) => tree.in(/\.(ts|js)$/).flatMap(checkFile),
  sample: {
    'src/clock.ts': 'performance.now(); new Date(); crypto.getRandomValues(seed); setTimeout(f, 1);\n',
    'src/machine/watch.ts': 'setTimeout(f, 1);\nperformance.now();\n',
    'src/guest/driver.ts': [
      '// Date.now() would tie a run to the day.',
      'const at = Date.now();',
      'const t = performance.now();',
      'const h = process.hrtime.bigint();',
      'setInterval(f, 10);',
      "import { scheduler } from 'node:timers/promises';",
      'const r = Math.random();',
      'const id = crypto.randomUUID();',
      'plan.performance.limit = 3;',
      '',
    ].join('\n'),
    'test/unit/guest/driver.test.ts': 'const now = Date.now();\nconst r = Math.random();\n',
  },
  offendersInSample: [
    'src/machine/watch.ts:2',
    ...[2, 3, 4, 5, 6, 7, 8].map((line) => `src/guest/driver.ts:${line}`),
    'test/unit/guest/driver.test.ts:2',
  ],
};

function checkFile(file: SourceFile): Offence[] {
  const offences: Offence[] = [];
  const isProduct = PRODUCT.test(file.path);
  if (isProduct && !CLOCK.test(file.path)) offences.push(...find(file, file.code, WALL_CLOCK));
  if (isProduct && !TIMER_ROOMS.test(file.path)) {
    offences.push(...find(file, file.code, TIMER), ...timerImports(file));
  }
  offences.push(...find(file, file.code, UNSEEDED));
  if (!CLOCK.test(file.path)) offences.push(...find(file, file.code, ENTROPY));
  return offences.sort((a, b) => a.line - b.line);
}

/** `setTimeout` is caught by its name; this is for what node:timers calls otherwise. */
function timerImports(file: SourceFile): Offence[] {
  return importsOf(file)
    .filter(({ specifier }) => /^(node:)?timers(\/|$)/.test(specifier))
    .map(({ line }) => ({ path: file.path, line, message: 'timers belong to src/machine and src/cli' }));
}
