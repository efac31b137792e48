import type { Offence, Rule } from './rule.js';
import type { SourceFile } from './source.js';
import type { Tree } from './tree.js';

export const unitTestsRule: Rule = {
  title: 'test/unit mirrors src',
  check: (tree) => tree.in(/^test\/unit\/.*\.ts$/).flatMap((file) => checkFile(tree, file)),
  sample: {
    'src/rng.ts': '',
    'src/memory/allocator.ts': '',
    'test/unit/rng.test.ts': '',
    'test/unit/dice.test.ts': '',
    'test/unit/memory/allocator.test.ts': '',
    'test/unit/memory/helper.ts': '',
    'test/unit/attic/old.test.ts': '',
  },
  offendersInSample: ['test/unit/dice.test.ts:1', 'test/unit/attic/old.test.ts:1'],
};

/** A test in a folder may look at several files of the room; one without a folder is about one file. */
function checkFile(tree: Tree, file: SourceFile): Offence[] {
  const inside = file.path.replace(/^test\/unit\//, '');
  const folder = inside.split('/').slice(0, -1).join('/');
  const wanted = folder === '' ? `src/${inside.replace(/(\.test)?\.ts$/, '.ts')}` : `src/${folder}`;
  return tree.has(wanted) ? [] : [{ path: file.path, line: 1, message: `there is no ${wanted}` }];
}
