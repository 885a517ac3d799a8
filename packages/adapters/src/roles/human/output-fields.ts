import type { Assignment, JsonObject } from '@baton/core';

/** A field of the output that a person fills in. */
export interface OutputField {
  readonly name: string;
  readonly description: string;
  readonly type: 'text' | 'texts' | 'other';
  readonly required: boolean;
  /** Smallest number of items in a list. */
  readonly least: number;
  /** The JSON type, worded for people. */
  readonly shown: string;
}

/** Members that the runner or the role fills in. */
const FILLED: ReadonlySet<string> = new Set(['evidence', 'changedFiles']);

/**
 * The fields of the output that a person gives, in the order of the schema, without those that were measured
 * before.
 */
export function fieldsOf({ outputSchema, inputs }: Assignment): readonly OutputField[] {
  const properties = (outputSchema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = (outputSchema['required'] ?? []) as readonly string[];
  const measured = inputs['measured'] ?? {};
  return Object.entries(properties)
    .filter(([name]) => !FILLED.has(name) && !Object.hasOwn(measured, name))
    .map(([name, schema]) => {
      const items = (schema['items'] ?? {}) as JsonObject;
      const isTexts = schema['type'] === 'array' && items['type'] === 'string';
      return {
        name,
        description: String(schema['description'] ?? ''),
        type: schema['type'] === 'string' ? 'text' : isTexts ? 'texts' : 'other',
        required: required.includes(name),
        least: Number(schema['minItems'] ?? 0),
        shown: isTexts ? 'list of text' : String(schema['type'] ?? 'any'),
      };
    });
}
