import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import { code, prose, table } from './table.ts';

/** The parts of JSON Schema that the configuration's schema uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Row = readonly [path: string, type: string, byDefault: string, description: string];

/** Where objects with the same members were first listed, by those members. */
type Listed = Map<string, string>;

/**
 * Every key of a `baton.config.json`: a section for each key at the top, a row for each below it. What
 * several keys have alike, such as the sandbox of a command, is listed once.
 */
export function configurationReference(): string {
  const listed: Listed = new Map();
  const file = join(root, 'packages/cli/baton.config.schema.json');
  const schema: Schema = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== '$schema')
    .map(([name, member]) => {
      const required = schema.required?.includes(name) ?? false;
      return `## ${name}\n\n${rowsTable(rowsOf(name, member, required, listed))}`;
    })
    .join('\n\n');
}

function rowsTable(rows: readonly Row[]): string {
  return table(
    ['key', 'type', 'default', 'means'],
    rows.map(([path, type, byDefault, description]) => [
      code(path),
      type,
      byDefault,
      prose(description),
    ]),
  );
}

function rowsOf(path: string, schema: Schema, required: boolean, listed: Listed): readonly Row[] {
  const byDefault = required ? 'required' : defaultOf(schema);
  const { description = '' } = schema;
  const structure = structureOf(schema);
  const before = listed.get(structure);
  if (before !== undefined) {
    const like = `Has what ${code(before)} has.`;
    return [[path, typeOf(schema), byDefault, description ? `${description}. ${like}` : like]];
  }
  if (structure !== '') listed.set(structure, path);
  const own: Row = [path, typeOf(schema), byDefault, description];
  const seen = new Set([path]);
  const below = membersOf(path, schema, listed);
  return [own, ...below.filter(([one]) => !seen.has(one) && seen.add(one))];
}

/** What lies below a key, once for each path: the alternatives of a key share rows. */
function membersOf(path: string, schema: Schema, listed: Listed): readonly Row[] {
  const { properties = {}, additionalProperties, items } = schema;
  const named = Object.entries(properties).flatMap(([name, member]) =>
    rowsOf(`${path}.${name}`, member, schema.required?.includes(name) ?? false, listed),
  );
  const open = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...named,
    ...(open === undefined ? [] : rowsOf(`${path}.<name>`, open, false, listed)),
    ...(items === undefined || isScalar(items) ? [] : membersOf(`${path}[]`, items, listed)),
    ...alternativesOf(schema).flatMap((one) => membersOf(path, one, listed)),
  ];
}

/** The members of an object as text, to find one that has the same; empty where it has none. */
function structureOf(schema: Schema): string {
  const members = membersOf('', schema, new Map());
  return members.length > 1 ? JSON.stringify(members) : '';
}

function typeOf(schema: Schema): string {
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((one) => code(JSON.stringify(one))).join(', ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return `${schema.type ?? 'any'}${rangeOf(schema)}`;
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const least = minimum ?? exclusiveMinimum;
  const isUnbounded = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER;
  if (least === undefined) return isUnbounded ? '' : `, at most ${maximum}`;
  const from = exclusiveMinimum === undefined ? `from ${least}` : `above ${least}`;
  return isUnbounded ? `, ${from}` : `, ${from} to ${maximum}`;
}

function defaultOf({ default: value }: Schema): string {
  const isShown = value !== undefined && value !== null && typeof value !== 'object';
  return isShown ? code(JSON.stringify(value)) : '';
}

function alternativesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

function isScalar(schema: Schema): boolean {
  return schema.properties === undefined && alternativesOf(schema).length === 0;
}
