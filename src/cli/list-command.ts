import path from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import { CATALOGUE } from '../explore/programs/catalogue.js';
import { tableLines } from '../report/table.js';
import { readDocument } from '../runs/read-run.js';
import { runHeading } from '../runs/run-heading.js';
import { describeScenario } from '../scenario/load.js';
import { shippedScenarios } from './find-scenario.js';
import { storeOf } from './keep-run.js';
import { writeJson, type Terminal } from './terminal.js';

export function addListCommand(program: Command, terminal: Terminal): void {
  program
    .command('list')
    .description('list what comes with vring, or the runs that are kept')
    .addArgument(
      new Argument('[what]', 'what to list').choices(['scenarios', 'programs', 'runs']).default('scenarios'),
    )
    .option('--json', 'one JSON document on stdout')
    .action((what, { json }) => LISTS[what](terminal, json === true));
}

const LISTS = { scenarios: listScenarios, programs: listPrograms, runs: listRuns } as const;

function listScenarios(terminal: Terminal, json: boolean): void {
  const scenarios = shippedScenarios().map(({ name, file }) => {
    return { name, file, description: describeScenario(file).description };
  });
  if (json) {
    writeJson(terminal, { schemaVersion: 1, command: 'list', scenarios });
    return;
  }
  const rows = scenarios.map(({ name, description }) => [name, description]);
  for (const line of tableLines(rows, ['left', 'left'])) terminal.stdout.write(`${line}\n`);
}

function listPrograms(terminal: Terminal, json: boolean): void {
  const programs = Object.entries(CATALOGUE).map(([name, { title, options }]) => ({ name, title, options }));
  if (json) {
    writeJson(terminal, { schemaVersion: 1, command: 'list', programs });
    return;
  }
  const rows = programs.map(({ name, title, options }) => [name, title, options.join(' ')]);
  for (const line of tableLines(rows, ['left', 'left', 'left'])) terminal.stdout.write(`${line}\n`);
}

/** The newest first. What cannot be read is named on the way, and keeps nothing else from being listed. */
function listRuns(terminal: Terminal, json: boolean): void {
  const store = storeOf(terminal.env);
  const runs = store.ids().flatMap((id) => {
    const directory = path.join(store.directory, id);
    try {
      return [{ id, directory, ...runHeading(readDocument(directory)) }];
    } catch (error) {
      terminal.stderr.write(`! ${error instanceof Error ? error.message : String(error)}\n`);
      return [];
    }
  });
  if (json) {
    writeJson(terminal, { schemaVersion: 1, command: 'list', directory: store.directory, runs });
    return;
  }
  const rows = runs.map(({ id, command, name, verdict, started_at: at }) => [
    id,
    command,
    name,
    verdict,
    `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`,
  ]);
  for (const line of tableLines(rows, ['left', 'left', 'left', 'left', 'left']))
    terminal.stdout.write(`${line}\n`);
}
