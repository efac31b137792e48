import type { RecordedResult } from '../../../bench/read-results.js';
import type { CompareSource } from '../../../runs/compare-source.js';
import { settingDifferences } from '../../../runs/run-differences.js';
import { isLoadDifferent } from '../../compare-warnings.js';
import type { Environment } from '../../environment.js';
import type { RunReport } from '../../run-json.js';
import { runReportOf } from '../../stored-documents.js';
import { CLOCK_FACT, environmentFacts, LOAD_FACT } from '../environment-section.js';
import { startedText } from '../heading.js';
import { markup, type Markup, type Part } from '../markup.js';
import { tableOf } from '../table.js';
import type { CompareData } from './compare-data.js';

/** Of a history of many runs, so many values of a side are told. */
const VALUES_MAX = 3;

const COLUMNS = [{ title: '' }, { title: '' }, { title: 'A' }, { title: 'B' }] as const;

/** Where and how both sides were measured, side by side; what is not the same is marked. */
export function sidesSection({ a, b }: CompareData): Markup {
  const about = [rowOf('what', a.file, b.file, false), ...runRows(a, b), ...startRows(a, b)];
  return markup`<section id="environment"><h2>A and B</h2>
${tableOf(COLUMNS, [...about, ...environmentRows(a.records, b.records)], 'environments of A and B')}
${settingsPart(a, b)}</section>
`;
}

function settingsPart(a: CompareSource, b: CompareSource): Markup | null {
  const rows = a.run === null || b.run === null ? [] : settingDifferences(a.run, b.run);
  if (rows.length === 0) return null;
  const columns = [{ title: 'job' }, { title: 'setting' }, { title: 'A' }, { title: 'B' }];
  return markup`<h3>Settings that differ</h3>
${tableOf(
  columns,
  rows.map(({ job, setting, a: inA, b: inB }) => [job, setting, inA, inB]),
  'settings that differ',
)}`;
}

function runRows(a: CompareSource, b: CompareSource): readonly Part[][] {
  const [inA, inB] = [a, b].map(({ run }) => (run === null ? null : runReportOf(run)));
  if (inA === null || inB === null || inA === undefined || inB === undefined) return [];
  return [
    rowOf('scenario', inA.scenario.name, inB.scenario.name),
    rowOf('verdict', inA.verdict, inB.verdict),
    rowOf('seed', String(inA.seed), String(inB.seed), false),
    rowOf('again', commandOf(inA), commandOf(inB), false),
  ];
}

function commandOf({ replay }: RunReport): Markup {
  return markup`<code class="wrap">${replay}</code>`;
}

function startRows(a: CompareSource, b: CompareSource): readonly Part[][] {
  const [inA, inB] = [a, b].map(({ records }) => distinct(records.map((one) => startedText(one.started_at))));
  return [rowOf('started', shown(inA ?? []), shown(inB ?? []), false)];
}

function environmentRows(a: readonly RecordedResult[], b: readonly RecordedResult[]): readonly Part[][] {
  const [inA, inB] = [factsOf(a), factsOf(b)];
  const names = distinct([...inA.keys(), ...inB.keys()]);
  return names.map((name) => {
    const [one, other] = [inA.get(name) ?? [], inB.get(name) ?? []];
    return rowOf(name, shown(one), shown(other), isDifference(name, one, other));
  });

  /** Loads and steps of the clock are measured: they are never quite the same. */
  function isDifference(name: string, one: readonly string[], other: readonly string[]): boolean {
    if (name === CLOCK_FACT) return false;
    return name === LOAD_FACT ? isLoadDifferent(a, b) : distinct([...one, ...other]).length !== 1;
  }
}

/** What is known of the environments of one side, each value once. */
function factsOf(records: readonly RecordedResult[]): ReadonlyMap<string, readonly string[]> {
  const facts = records.flatMap(({ environment }) => environmentFacts(environment as Partial<Environment>));
  const names = distinct(facts.map(([name]) => name));
  return new Map(
    names.map((name) => [name, distinct(facts.flatMap(([one, text]) => (one === name ? [text] : [])))]),
  );
}

function rowOf(name: string, a: Part, b: Part, isDifferent = a !== b): Part[] {
  return [name, isDifferent ? markup`<strong class="warn">\u2260 differs</strong>` : null, a, b];
}

function shown(values: readonly string[]): string {
  if (values.length === 0) return 'not known';
  const rest = values.length - VALUES_MAX;
  return values.slice(0, VALUES_MAX).join('; ') + (rest > 0 ? `; ${rest} more` : '');
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
