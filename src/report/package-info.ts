import { existsSync, readFileSync } from 'node:fs';
import { assert } from '../assert.js';

/**
 * The folder of vring's package.json, found upwards: the source runs from `src`, the compiled code from
 * `dist/src`.
 */
export function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    assert(parent.href !== folder.href, 'vring has lost its package.json');
    folder = parent;
  }
  return folder;
}

export interface PackageInfo {
  readonly version: string;
  /** Node versions that vring runs on, as npm writes them: `>=20.19`. */
  readonly engines: { readonly node: string };
}

export function packageInfo(): PackageInfo {
  return JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8')) as PackageInfo;
}
