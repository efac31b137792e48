import { find, type PatternRule, type Rule } from './rule.js';

const REMINDER: PatternRule = {
  pattern: /\b(TODO|FIXME|HACK|XXX)\b/,
  message: (found) => `${found}: do it, or write an issue`,
};
const NARROWED: PatternRule = {
  pattern: /\.\s*(only|skip|todo)\s*[.(]/,
  message: (found) => `${found}: this would leave tests out without a word`,
};
const CONSOLE: PatternRule = {
  pattern: /(?<![.\w$])console\s*\.\s*\w+/,
  message: (found) => `${found}: only src/cli and src/report print`,
};

export const remindersRule: Rule = {
  title: 'no reminders in comments',
  check: (tree) => [
    ...tree.in(/\.(ts|js)$/).flatMap((file) => find(file, file.comments, REMINDER)),
    ...tree.in(/\.ya?ml$|^\.ci\//).flatMap((file) => find(file, file.text, REMINDER)),
  ],
  sample: {
    'src/memory/a.ts': "const kind = 'TODO';\n/* FIXME */\nx(); // TODO later\n",
    'scenarios/a.yaml': 'name: a # XXX\n',
  },
  offendersInSample: ['src/memory/a.ts:2', 'src/memory/a.ts:3', 'scenarios/a.yaml:1'],
};

export const narrowedTestsRule: Rule = {
  title: 'no test is left out',
  check: (tree) => tree.in(/^test\/.*\.ts$/).flatMap((file) => find(file, file.code, NARROWED)),
  sample: {
    'test/unit/a.test.ts': [
      'describe.only("a", () => {});',
      '// it.only("b")',
      'it.skip("c");',
      'test.skip.each([1])("d");',
      'const { only } = plan;',
      '',
    ].join('\n'),
  },
  offendersInSample: [1, 3, 4].map((line) => `test/unit/a.test.ts:${line}`),
};

export const consoleRule: Rule = {
  title: 'only src/cli and src/report print',
  check: (tree) =>
    tree
      .in(/^(src|workers)\//)
      .filter((file) => !/^src\/(cli|report)\//.test(file.path))
      .flatMap((file) => find(file, file.code, CONSOLE)),
  sample: {
    'src/cli/run.ts': 'console.log(1);\n',
    'src/guest/driver.ts': "// console.log\nconsole.log('x');\ndevice.console.error();\n",
    'workers/guest.ts': 'console.error(1);\n',
  },
  offendersInSample: ['src/guest/driver.ts:2', 'workers/guest.ts:1'],
};
