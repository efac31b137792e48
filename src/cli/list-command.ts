import { Argument, type Command } from '@commander-js/extra-typings';
import { CATALOGUE } from '../explore/programs/catalogue.js';
import { tableLines } from '../report/table.js';
import { describeScenario } from '../scenario/load.js';
import { shippedScenarios } from './find-scenario.js';
import { writeJson, type Terminal } from './terminal.js';

export function addListCommand(program: Command, terminal: Terminal): void {
  program
    .command('list')
    .description('list what comes with vring')
    .addArgument(
      new Argument('[what]', 'what to list').choices(['scenarios', 'programs']).default('scenarios'),
    )
    .option('--json', 'one JSON document on stdout')
    .action((what, { json }) =>
      (what === 'programs' ? listPrograms : listScenarios)(terminal, json === true),
    );
}

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
