import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScenarioError } from '../errors.js';
import { packageRoot } from '../report/package-info.js';

/** A scenario that comes with vring: its name is that of its file. */
export interface ShippedScenario {
  readonly name: string;
  readonly file: string;
}

const EXTENSION = /\.ya?ml$/;

export function shippedScenarios(): ShippedScenario[] {
  const folder = fileURLToPath(new URL('scenarios', packageRoot()));
  return readdirSync(folder)
    .filter((entry) => EXTENSION.test(entry))
    .toSorted()
    .map((entry) => ({ name: entry.replace(EXTENSION, ''), file: fromHere(path.join(folder, entry)) }));
}

/** The file that the user means: a path, or the name of a shipped scenario. A path that exists wins. */
export function findScenario(text: string, shipped: readonly ShippedScenario[] = shippedScenarios()): string {
  const found = statSync(text, { throwIfNoEntry: false });
  if (found?.isDirectory() === false) return text;
  const named = shipped.find(({ name }) => name === text);
  if (named !== undefined) return named.file;
  const names = shipped.map(({ name }) => name).join(', ') || 'none';
  const reason = found === undefined ? 'there is no such file' : 'it is a folder';
  throw new ScenarioError(
    'SCENARIO_NOT_FOUND',
    `cannot run '${text}': ${reason}, and no scenario of that name is shipped (shipped: ${names})`,
    { scenario: text },
  );
}

/** Relative where that is shorter to read: inside the current folder. */
function fromHere(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
