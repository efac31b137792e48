import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { BARRIERS, type Findings } from './evidence.js';
import { idsAsText } from './ids.js';
import { AREAS, type Area, type Catalogue, type Side, type Statement, statementsOf } from './statements.js';

export const DOCUMENT = fileURLToPath(new URL('../../../docs/CONFORMANCE.md', import.meta.url));

type Status = 'tested' | 'not applicable' | 'missing';

const INTRODUCTION = `# Conformance

<!-- Written by \`npm run conformance\`. -->

Which normative statements of VIRTIO 1.4 the tests of vring stand for. This page is written from a run of all tests,
and a run of all tests fails when the page says anything else than the run shows.

- **tested**: a test that names the statement's id in its title, or in that of a \`describe\` around it, ran and passed.
  How much of the statement it looks at, only the test itself can tell.
- **n/a**: nothing in vring can be concerned. The reasons are in
  [not-applicable.csv](../test/conformance/not-applicable.csv).
- **missing**: neither. Either no test names it, or vring does not do it yet.

A barrier (${[...BARRIERS].join(', ')}) counts as tested only by a \`*-barriers.test.ts\`, which looks at
the order of the accesses. A test in \`test/unit/host\` counts for devices only, one in \`test/unit/guest\` for drivers
only.

Of a statement the first words are given, of the tests of a file the first. The administration virtqueue, virtio-ccw
and device types that vring does not have are left out.

## Summary
`;

/** The page, as prettier would have it. */
export async function renderDocument(catalogue: Catalogue, findings: Findings): Promise<string> {
  const statusOf = ({ id }: Statement): Status => {
    if (findings.tested.has(id)) return 'tested';
    return catalogue.notApplicable.has(id) ? 'not applicable' : 'missing';
  };
  const areas = AREAS.map((area) => ({ area, statements: statementsOf(area, catalogue.statements) }));
  const summary = [
    ...areas.map(({ area, statements }) => countRow(area.title, statements, statusOf)),
    countRow('**all**', [...catalogue.statements.values()], statusOf),
  ];
  const parts = [
    INTRODUCTION,
    '| area | driver: statements | tested | n/a | missing | device: statements | tested | n/a | missing |',
    `| --- |${' ---: |'.repeat(8)}`,
    ...summary,
    ...areas.map(({ area, statements }) => renderArea(area, statements, statusOf, catalogue, findings)),
  ];
  return format(parts.join('\n'), { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT });
}

function countRow(
  title: string,
  statements: readonly Statement[],
  statusOf: (statement: Statement) => Status,
): string {
  const cells = (['driver', 'device'] satisfies Side[]).flatMap((side) => {
    const ofSide = statements.filter((statement) => statement.side === side);
    const count = (status: Status): number => ofSide.filter((one) => statusOf(one) === status).length;
    return [ofSide.length, count('tested'), count('not applicable'), count('missing')];
  });
  return `| ${[title, ...cells].join(' | ')} |`;
}

function renderArea(
  area: Area,
  statements: readonly Statement[],
  statusOf: (statement: Statement) => Status,
  catalogue: Catalogue,
  findings: Findings,
): string {
  const missing = statements.filter((one) => statusOf(one) === 'missing').map(({ id }) => id);
  const rows = statements.map((statement) => {
    const { id, level, side, clause, words } = statement;
    const begins = `${escape(words)} …`;
    return `| ${[id, clause, level, side, begins, statusCell(id, catalogue, findings)].join(' | ')} |`;
  });
  // Not aligned: one long title would move every line of the table.
  return [
    `\n## ${area.title}\n`,
    `Missing: ${missing.length === 0 ? 'none' : idsAsText(missing)}.\n`,
    '<!-- prettier-ignore -->',
    '| id | clause | level | side | begins | status |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function statusCell(id: string, { notApplicable }: Catalogue, { tested }: Findings): string {
  const reason = notApplicable.get(id);
  const cells = (tested.get(id) ?? []).map(({ file, title, hasMore }) => {
    return `[${file.replace(/^test\//, '')}](../${file}): ${escape(title)}${hasMore ? ', and more' : ''}`;
  });
  if (cells.length > 0) return cells.join('<br>');
  return reason === undefined ? '**missing**' : `n/a: ${escape(reason)}`;
}

/** What would start something in a cell of a table. */
function escape(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*<|[]/g, '\\$&');
}
