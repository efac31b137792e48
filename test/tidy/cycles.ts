import { importsOf } from './imports.js';
import type { Offence, Rule } from './rule.js';
import type { Tree } from './tree.js';

/** Imports by file that still exist after compilation: a cycle of types alone breaks nothing. */
type Graph = ReadonlyMap<string, readonly { readonly target: string; readonly line: number }[]>;

export const cyclesRule: Rule = {
  title: 'no file imports itself, directly or in a circle',
  check: (tree) => findCycles(graphOf(tree)),
  sample: {
    'src/memory/a.ts': "import { b } from './b.js';\nimport type { D } from './d.js';\n",
    'src/memory/b.ts': "import { assert } from '../assert.js';\n\nimport { c } from './c.js';\n",
    'src/memory/c.ts': "import { type A, a } from './a.js';\n",
    'src/memory/d.ts': "import { a } from './a.js';\n",
  },
  offendersInSample: ['src/memory/c.ts:1'],
};

function graphOf(tree: Tree): Graph {
  const graph = new Map<string, { target: string; line: number }[]>();
  for (const file of tree.in(/^(src|workers)\/.*\.ts$/)) {
    const values = importsOf(file).filter((imported) => !imported.typeOnly);
    graph.set(
      file.path,
      values.flatMap(({ target, line }) => (target === null ? [] : [{ target, line }])),
    );
  }
  return graph;
}

/** One offence for each import that leads back to a file on the way to it. */
function findCycles(graph: Graph): Offence[] {
  const offences: Offence[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (done.has(path)) return;
    const here = [...way, path];
    for (const { target, line } of graph.get(path) ?? []) {
      const start = here.indexOf(target);
      if (start === -1) visit(target, here);
      else offences.push({ path, line, message: `circle: ${[...here.slice(start), target].join(' -> ')}` });
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return offences;
}
