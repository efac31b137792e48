import { z } from 'zod';
import { fileSchema } from './schema.js';

/** JSON Schema (2020-12) of a scenario file, for editors. */
export function scenarioJsonSchema(): object {
  return { title: 'vring scenario', ...z.toJSONSchema(fileSchema, { io: 'input' }) };
}
