import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceFile } from './source.js';

/** Files whose text the rules look at; of all others only the path is known. */
const TEXT_FILE = /\.(ts|js|mjs|json|ya?ml|md|html|sh|c)$|(^|\/)(run|LICENSE|\.[a-z]+)$/;

/** The files of the project, or of a sample that stands for it. */
export class Tree {
  readonly files: readonly SourceFile[];
  private readonly paths: ReadonlySet<string>;

  constructor(files: readonly SourceFile[], paths: readonly string[]) {
    this.files = files;
    // With every folder above a file, so that a link to a folder resolves too.
    this.paths = new Set(paths.flatMap((path) => [path, ...foldersAbove(path)]));
  }

  /** Everything under `root` that would be committed. */
  static ofFolder(root: string): Tree {
    const paths = listFiles(root, '', ignoredBy(join(root, '.gitignore')));
    const texts = paths.filter((path) => TEXT_FILE.test(path));
    const files = texts.map((path) => new SourceFile(path, readFileSync(join(root, path), 'utf8')));
    return new Tree(files, paths);
  }

  static ofSample(sample: Readonly<Record<string, string>>): Tree {
    const files = Object.entries(sample).map(([path, text]) => new SourceFile(path, text));
    return new Tree(files, Object.keys(sample));
  }

  /** Whether a file or a folder is there. */
  has(path: string): boolean {
    return this.paths.has(path);
  }

  get(path: string): SourceFile | undefined {
    return this.files.find((file) => file.path === path);
  }

  /** Files whose path matches. */
  in(pattern: RegExp): readonly SourceFile[] {
    return this.files.filter((file) => pattern.test(file.path));
  }
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, i).join('/'));
}

/** Only the three forms that our .gitignore uses: `folder/`, `*.ending` and a plain name. */
function ignoredBy(gitignore: string): (name: string) => boolean {
  const text = existsSync(gitignore) ? readFileSync(gitignore, 'utf8') : '';
  const patterns = ['.git', ...text.split('\n').map((line) => line.trim().replace(/\/$/, ''))];
  const endings = patterns.filter((pattern) => pattern.startsWith('*')).map((pattern) => pattern.slice(1));
  return (name) => patterns.includes(name) || endings.some((ending) => name.endsWith(ending));
}

function listFiles(root: string, folder: string, isIgnored: (name: string) => boolean): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !isIgnored(entry.name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, path, isIgnored) : [path];
    })
    .sort();
}
