import { zooNumber, type Mutant } from '../mutants/mutant.js';
import type { ControlReport } from '../mutants/run-control.js';
import type { LaneReport } from '../mutants/run-lane.js';
import type { MutantReport } from '../mutants/run-mutant.js';
import type { NotRecreated } from '../mutants/zoo.js';
import type { RunningLane, ZooProgress } from '../mutants/zoo-progress.js';
import { formatSeconds, plural } from './format.js';
import type { MutantsReport } from './mutants-json.js';
import type { Paint } from './paint.js';
import { tableLines } from './table.js';

/** What one mutant has come to, as it goes by. */
export function mutantLine({ id, title, lanes, elapsed_s }: MutantReport): string {
  return `${id}  ${lanes.map(laneWord).join('  ')}  ${formatSeconds(elapsed_s)}  ${title}`;
}

/** What the code as it is has come to in a lane. */
export function controlLine(report: ControlReport): string {
  const { seed, repeated, elapsed_s, command } = report;
  const how = seed === null ? (repeated ? ', twice the same' : '') : ` with seed ${seed}`;
  return `control  ${laneWord(report)}${how}  ${formatSeconds(elapsed_s)}  ${toolWords(command)}`;
}

/** Whole seconds of each lane that runs: `mutants 61/148 lanes, Z17 stress-tso 3 s`. */
export function mutantsProgressLine({ done, total, running }: ZooProgress, nowMs: number): string {
  const lanes = running.map(({ id, lane, startMs }: RunningLane) => {
    return `, ${id} ${lane} ${Math.floor((nowMs - startMs) / 1000)} s`;
  });
  return `mutants ${done}/${total} lanes${lanes.join('')}`;
}

/** A table of the mutants, what was not as it must be, and what is not made again. */
export function mutantsText(report: MutantsReport, paint: Paint): string {
  const rows = report.mutants.map((one) => {
    const lanes = one.lanes.map(laneWord).join(' ');
    return [
      one.id,
      one.needs,
      one.side,
      one.layout,
      one.caught_by ?? 'SURVIVED',
      formatSeconds(one.elapsed_s),
      lanes,
      one.title,
    ];
  });
  const head = ['id', 'needs', 'side', 'layout', 'caught by', 'time', 'lanes', 'title'];
  const table = tableLines(
    [head, ...rows],
    ['left', 'left', 'left', 'left', 'left', 'right', 'left', 'left'],
  );
  const wrong = [
    ...report.mutants.flatMap((one) => one.lanes.map((lane) => wrongLine(`${one.id} (${one.replay})`, lane))),
    ...report.control.map((lane) => wrongLine(`control (${lane.replay})`, lane)),
    ...report.canary.map((lane) => wrongLine('canary', lane)),
  ].filter((line) => line !== null);
  return [
    ...table,
    '',
    ...wrong.map((line) => paint('red', line)),
    summary(report, paint),
    ...notRecreatedLines(report.not_recreated),
    '',
  ].join('\n');
}

/** Without running any: what there is. */
export function mutantList(mutants: readonly Mutant[], notRecreated: readonly NotRecreated[]): string {
  const rows = mutants.map(({ id, needs, side, layout, title, origin }) => {
    return [id, needs, side, layout, title, origin];
  });
  const table = tableLines(rows, ['left', 'left', 'left', 'left', 'left', 'left']);
  return [...table, '', ...notRecreatedLines(notRecreated), ''].join('\n');
}

function summary({ mutants, control, canary, seeds }: MutantsReport, paint: Paint): string {
  const caught = mutants.filter((one) => !one.survived).length;
  const right = [...mutants, ...control, ...canary].every((one) => one.as_expected);
  const numbers = new Set(mutants.map(({ id }) => zooNumber(id))).size;
  const alarms = control.filter((lane) => lane.caught).length;
  const text =
    `${plural(mutants.length, 'mutant')} of ${plural(numbers, 'bug')}, ${caught} caught; ` +
    `${plural(control.length, 'lane')} without a mutant${withSeeds(seeds)}, ${plural(alarms, 'alarm')}`;
  return paint(right ? 'green' : 'red', text);
}

function withSeeds(seeds: readonly number[]): string {
  return seeds.length === 0 ? '' : ` (seeds ${seeds.join(', ')})`;
}

/** Of what the lane's name does not say; the rest is in the JSON document. */
const SAID = new Set(['--profile', '--perturb', '--rounds', '--json']);

/** Which tool, and of what: the words behind the entry, up to one that is said already. */
function toolWords(command: string): string {
  const words = command.split(' ');
  const tool = words.slice(words.findIndex((word) => word.endsWith('.js')) + 1);
  const end = tool.findIndex((word) => SAID.has(word));
  return tool.slice(0, end === -1 ? undefined : end).join(' ');
}

function laneWord({ lane, caught, as_expected }: LaneReport): string {
  return `${lane}:${caught ? 'caught' : 'survived'}${as_expected ? '' : '(!)'}`;
}

/** Null: it is as it must be. */
function wrongLine(
  what: string,
  { as_expected, lane, expected, caught, finding, command }: LaneReport,
): string | null {
  if (as_expected) return null;
  const came = caught ? 'was caught' : 'survived';
  const wanted = expected === 'caught' ? 'caught, for its reason' : 'passed';
  const found = finding ?? 'nothing found';
  return `${what}: with ${lane} it must be ${wanted}; it ${came}: ${found}\n  ${command}`;
}

function notRecreatedLines(notRecreated: readonly NotRecreated[]): string[] {
  if (notRecreated.length === 0) return [];
  return ['not made again:', ...notRecreated.map(({ id, title, reason }) => `  ${id}  ${title}: ${reason}`)];
}
