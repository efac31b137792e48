import { posix } from 'node:path';
import { find, type Offence, type Rule } from './rule.js';
import { SourceFile } from './source.js';
import type { Tree } from './tree.js';

/** Folders of the machines this was written on; a path into them means nothing to a reader. */
const PRIVATE_FOLDERS = ['work', 'root'] as const;
const [workFolder, rootFolder] = PRIVATE_FOLDERS.map((name) => `/${name}/`);

export const titleRule: Rule = {
  title: 'a document has exactly one title',
  check: (tree) => tree.in(/\.md$/).flatMap(checkTitle),
  sample: {
    'docs/none.md': 'Text.\n\n## Part\n',
    'docs/one.md': '# Title\n\n```sh\n# a comment\n```\n',
    'docs/two.md': '# Title\n\n# Another\n',
  },
  offendersInSample: ['docs/none.md:1', 'docs/two.md:3'],
};

export const linksRule: Rule = {
  title: 'relative links in documents lead somewhere',
  check: (tree) => tree.in(/\.md$/).flatMap((file) => checkLinks(tree, file)),
  sample: {
    'README.md': [
      '[good](docs/a.md#part) [self](#here) [web](https://example.org/x.md) [folder](docs/)',
      '[bad](docs/b.md), ![bad too](pictures/ring.svg)',
      '`[code](nowhere.md)`',
      '[outside](../elsewhere.md)',
      '',
      '[named]: docs/missing.md',
      '',
    ].join('\n'),
    'docs/a.md': '[up](../README.md)\n[root](/README.md)\n',
  },
  offendersInSample: ['README.md:2', 'README.md:2', 'README.md:4', 'README.md:6', 'docs/a.md:2'],
};

export const privatePathsRule: Rule = {
  title: 'no file names a folder of the machine it was written on',
  check: (tree) =>
    tree.files.flatMap((file) =>
      find(file, file.text, {
        pattern: new RegExp(`(?<![\\w./-])/(${PRIVATE_FOLDERS.join('|')})/[\\w./-]*`),
        message: (found) => `${found} exists on one machine only`,
      }),
    ),
  // Put together from parts: this file may not name such a folder either.
  sample: {
    'docs/a.md': `https://example.org${workFolder}x\nsee \`${workFolder}main\`\nhome${rootFolder}x\n`,
    'src/memory/a.ts': `// ${rootFolder}notes\n`,
  },
  offendersInSample: ['docs/a.md:2', 'src/memory/a.ts:1'],
};

function checkTitle(file: SourceFile): Offence[] {
  const titles = proseOf(file).lines.flatMap((text, i) => (/^# \S/.test(text) ? [i + 1] : []));
  if (titles.length === 0) return [{ path: file.path, line: 1, message: 'no title (# ...)' }];
  return titles.slice(1).map((line) => ({ path: file.path, line, message: 'a second title (# ...)' }));
}

function checkLinks(tree: Tree, file: SourceFile): Offence[] {
  const prose = proseOf(file);
  const inline = [...prose.text.matchAll(/\]\(\s*<?([^)\s>]+)/g)];
  const named = [...prose.text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...named].flatMap((match) => {
    const link = match[1] as string;
    if (/^([a-z][a-z0-9+.-]*:|#)/i.test(link) || isThere(tree, file.path, link)) return [];
    return [{ path: file.path, line: prose.lineAt(match.index), message: `${link} is not there` }];
  });
}

function isThere(tree: Tree, from: string, link: string): boolean {
  if (link.startsWith('/')) return false;
  const path = posix.join(posix.dirname(from), decodeURI(link.replace(/[#?].*$/, ''))).replace(/\/$/, '');
  return tree.has(path === '.' ? '' : path);
}

/** The document with its code turned into spaces, so that an example is not taken for a link or a title. */
function proseOf(file: SourceFile): SourceFile {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  const withoutBlocks = file.text.replace(/^( *)(```+|~~~+)[^]*?^\1\2/gm, blank);
  return new SourceFile(file.path, withoutBlocks.replace(/(`+)[^`\n]+\1/g, blank));
}
