import { readFileSync } from 'node:fs';
import { idsIn, numberOf } from './ids.js';

export type Side = 'driver' | 'device';

/** One normative statement of VIRTIO 1.4. */
export interface Statement {
  readonly id: string;
  readonly clause: string;
  readonly side: Side;
  readonly level: string;
  /** How it begins: enough to find it. */
  readonly words: string;
}

/** A part of the specification, as a range of ids. */
export interface Area {
  readonly title: string;
  readonly first: number;
  readonly last: number;
}

export interface Catalogue {
  readonly statements: ReadonlyMap<string, Statement>;
  /** Why nothing here can be concerned, by id. */
  readonly notApplicable: ReadonlyMap<string, string>;
}

export const AREAS: readonly Area[] = [
  { title: 'Status, features, reset, configuration (2.1 to 2.5)', first: 1, last: 24 },
  { title: 'Virtqueue reset (2.6)', first: 25, last: 30 },
  { title: 'Split virtqueues (2.7)', first: 31, last: 76 },
  { title: 'Packed virtqueues (2.8)', first: 77, last: 101 },
  { title: 'Shared memory regions (2.10)', first: 102, last: 102 },
  { title: 'Initialization, cleanup, suspend (3)', first: 234, last: 255 },
  { title: 'Reserved feature bits (6)', first: 1458, last: 1478 },
  { title: 'virtio-mmio (4.2)', first: 360, last: 394 },
  { title: 'virtio-pci (4.1)', first: 256, last: 359 },
  { title: 'Block device (5.2)', first: 681, last: 771 },
  { title: 'Entropy device (5.4)', first: 780, last: 782 },
];

const FOLDER = new URL('../../conformance/', import.meta.url);

export function loadCatalogue(): Catalogue {
  const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
  return parseCatalogue(read('statements.csv'), read('not-applicable.csv'));
}

export function parseCatalogue(statementsCsv: string, notApplicableCsv: string): Catalogue {
  const statements = new Map<string, Statement>();
  for (const row of parseCsv(statementsCsv, ['id', 'side', 'level', 'first_words', 'spec_section'])) {
    const { id, side, level, first_words: words, spec_section: clause } = row;
    if (side !== 'driver' && side !== 'device') throw new Error(`${id}: "${side}" is no side`);
    if (statements.has(id)) throw new Error(`${id} is there twice`);
    statements.set(id, { id, clause, side, level, words });
  }
  const notApplicable = new Map<string, string>();
  for (const { ids, reason } of parseCsv(notApplicableCsv, ['ids', 'reason'])) {
    if (idsIn(ids).length === 0 || reason === '') throw new Error(`not applicable: "${ids}", "${reason}"`);
    for (const id of idsIn(ids)) {
      if (!statements.has(id)) throw new Error(`not applicable: there is no ${id}`);
      if (notApplicable.has(id)) throw new Error(`not applicable: ${id} is there twice`);
      notApplicable.set(id, reason);
    }
  }
  return { statements, notApplicable };
}

export function statementsOf(area: Area, statements: Catalogue['statements']): Statement[] {
  return [...statements.values()].filter(({ id }) => numberOf(id) >= area.first && numberOf(id) <= area.last);
}

/** The lines of a table behind its head, by the columns asked for; a cell may stand in quotes, and none spans lines. */
function parseCsv<Name extends string>(text: string, names: readonly Name[]): Record<Name, string>[] {
  const [head = [], ...rows] = text.trimEnd().split('\n').map(parseLine);
  const columns = names.map((name) => head.indexOf(name));
  if (columns.includes(-1)) throw new Error(`${head.join()}: not all of ${names.join()}`);
  return rows.map((cells) => {
    if (cells.length !== head.length) throw new Error(`${cells.join()}: not ${head.length} cells`);
    const entries = names.map((name, i) => [name, cells[columns[i] as number]]);
    return Object.fromEntries(entries) as Record<Name, string>;
  });
}

function parseLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? (plain as string),
  );
}
