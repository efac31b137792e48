import type { Grade } from '../../../stress/outcomes.js';
import { formatCount, formatShare } from '../../format.js';
import type { StressReport } from '../../stress-json.js';
import { GRADES, type OutcomeClass, outcomeClasses } from '../../stress-words.js';
import { markup, type Markup } from '../markup.js';
import { tableOf } from '../table.js';

type Row = StressReport['outcomes'][number];

/** Told by a sign and a word, and not by colour alone. */
const LOOKS: Readonly<Record<Grade, { readonly sign: string; readonly style: string }>> = {
  forbidden: { sign: '✗', style: 'bad' },
  interesting: { sign: '◆', style: 'notable' },
  acceptable: { sign: '✓', style: 'good' },
};

/** What each outcome means, the worst first. */
export function outcomeSection({ outcomes }: StressReport): Markup {
  const results = [...new Set(byGrade(outcomes).map(({ result }) => result))];
  const rows = results.flatMap((result) => {
    const own = outcomes.filter((row) => row.result === result);
    const [first] = own;
    if (first === undefined) return [];
    const samples = own.reduce((sum, row) => sum + row.samples, 0);
    return [[meaningOf(first), gradeOf(first), formatCount(samples), first.section]];
  });
  const columns = [
    { title: 'result, and what it means' },
    { title: 'grade' },
    { title: 'samples', isNumber: true },
    { title: 'section', isNumber: true },
  ];
  return markup`<section id="outcomes"><h2>What was seen</h2>
${rows.length === 0 ? markup`<p>Nothing was seen.</p>` : tableOf(columns, rows, 'all outcomes')}</section>
`;
}

/** How often, for each class of rounds; all bars have one scale. */
export function frequencySection(report: StressReport): Markup | null {
  const classes = outcomeClasses(report);
  if (classes.length === 0) return null;
  const width = logWidth(report.outcomes);
  return markup`<section id="frequencies"><h2>How often</h2>
<p class="dim">For each buffer that came back in rounds of that kind; above 100 % where one buffer takes several
accesses. The bars are on a log scale${classes.length > 1 ? ', the same in all tables' : null}.</p>
<div class="classes">${classes.map((one) => classPart(one, width))}</div></section>
`;
}

function classPart({ title, rows }: OutcomeClass, width: (frequency: number) => number): Markup {
  const columns = [
    { title: 'result' },
    { title: '' },
    { title: 'frequency', isNumber: true },
    { title: 'samples', isNumber: true },
    { title: 'grade' },
  ];
  const cells = byGrade(rows).map((row) => [
    markup`${signOf(row)} ${row.result}`,
    markup`<span class="meter ${LOOKS[row.grade].style}" aria-hidden="true"><span
style="width:${(100 * width(row.frequency)).toFixed(1)}%"></span></span>`,
    row.frequency === 0 ? '-' : formatShare(row.frequency),
    formatCount(row.samples),
    wordOf(row),
  ]);
  return markup`<div class="keep"><h3>${title}</h3>
${tableOf(columns, cells, `outcomes of ${title}`)}</div>
`;
}

/** From the decade of the rarest to that of the most frequent; 0 for what has no frequency. */
function logWidth(rows: readonly Row[]): (frequency: number) => number {
  const logs = rows.flatMap(({ frequency }) => (frequency > 0 ? [Math.log10(frequency)] : []));
  const low = Math.floor(Math.min(0, ...logs) - 0.3);
  const high = Math.max(0, ...logs);
  return (frequency) => (frequency > 0 ? (Math.log10(frequency) - low) / (high - low) : 0);
}

function gradeOf(row: Row): Markup {
  return markup`${signOf(row)} ${wordOf(row)}`;
}

function wordOf({ grade }: Row): Markup {
  return markup`<span class="${LOOKS[grade].style}">${grade}</span>`;
}

function signOf({ grade }: Row): Markup {
  const { sign, style } = LOOKS[grade];
  return markup`<span class="${style}" aria-hidden="true">${sign}</span>`;
}

function meaningOf({ result, reason }: Row): Markup {
  return markup`<span class="wrap">${result}<br><span class="dim">${reason}</span></span>`;
}

function byGrade(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((one, other) => GRADES.indexOf(one.grade) - GRADES.indexOf(other.grade));
}
