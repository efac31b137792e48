import type { KeyPath } from './document.js';
import { scenarioJsonSchema } from './json-schema.js';

// Which keys there are, for suggestions. Asked for only when something is wrong, so the schema is made then.

/** What is needed of a JSON schema to find one's way in it. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Shape>>;
}

let schema: Shape | undefined;

function root(): Shape {
  schema ??= scenarioJsonSchema() as Shape;
  return schema;
}

/** The keys that may stand in the map at `path`, from the root of a file. */
export function keysAt(path: KeyPath): string[] {
  let shapes = alternatives(root());
  for (const step of path) shapes = shapes.flatMap((shape) => below(shape, step)).flatMap(alternatives);
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

/** The dotted paths of all keys of a job, `queue.size` among them. */
export function jobKeyPaths(): string[] {
  return pathsBelow({ $ref: '#/$defs/job' }, '');
}

export function jobKeys(): string[] {
  return keysAt(['defaults']);
}

export function fileKeys(): string[] {
  return keysAt([]);
}

function pathsBelow(shape: Shape, prefix: string): string[] {
  return alternatives(shape).flatMap((one) =>
    Object.entries(one.properties ?? {}).flatMap(([key, value]) => [
      prefix + key,
      ...pathsBelow(value, `${prefix}${key}.`),
    ]),
  );
}

function below(shape: Shape, step: PropertyKey): Shape[] {
  const { properties, additionalProperties, items } = shape;
  const named = Object.entries(properties ?? {}).find(([key]) => key === step);
  if (named !== undefined) return [named[1]];
  if (items !== undefined) return [items];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

function alternatives(shape: Shape): Shape[] {
  const { $ref, anyOf } = shape;
  if ($ref !== undefined) return alternatives(root().$defs?.[$ref.slice('#/$defs/'.length)] ?? {});
  return anyOf === undefined ? [shape] : anyOf.flatMap(alternatives);
}
