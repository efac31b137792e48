import type { Command } from '@commander-js/extra-typings';
import { scenarioJsonSchema } from '../scenario/json-schema.js';
import { writeJson, type Terminal } from './terminal.js';

export function addSchemaCommand(program: Command, terminal: Terminal): void {
  program
    .command('schema')
    .description('print the JSON schema of scenario files, for editors')
    .addHelpText('after', '\nExample:\n  $ vring schema > schema.json')
    .action(() => writeJson(terminal, scenarioJsonSchema()));
}
