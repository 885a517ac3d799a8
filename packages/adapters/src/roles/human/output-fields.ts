import type { Assignment, JsonObject } from '@baton/core';

/** Something that a person has to hand over. */
export interface OutputField {
  readonly name: string;
  readonly description: string;
  readonly type: 'text' | 'texts' | 'other';
  readonly required: boolean;
  /** Entries that a list must have. */
  readonly least: number;
  /** JSON type, for people. */
  readonly shown: string;
}

/** What the runner adds or the role fills in by itself. */
const FILLED: ReadonlySet<string> = new Set(['evidence', 'changedFiles']);

/**
 * The fields of the output that a person has to give, in the order of its schema. Left out is what
 * was measured before the person is asked.
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
