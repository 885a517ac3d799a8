import {
  type Assignment,
  BatonError,
  type JsonObject,
  type JsonValue,
  type Outcome,
} from '@baton/core';
import { copyJsonObject, outcomeSchema, parseJson } from '@baton/core/internal';

export type Answer =
  | {
      readonly kind: 'result';
      readonly result: JsonObject;
      /** A branch or commit that holds the files. */
      readonly filesFrom?: string;
    }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'unusable'; readonly problem: string };

/** `retry: …` or `fail: …` instead of a result. */
const OTHERWISE = /^(retry|fail):\s*(\S.*)$/is;
/** `from <branch>: …` takes the files from that branch. */
const FILES = /^from\s+(\S+?):\s*(\S.*)$/is;

/** Reads a person's answer: a result or an outcome as JSON, or text for the main field. */
export function readAnswer(said: string, assignment: Assignment): Answer {
  const text = said.trim();
  const [, otherwise, reason = ''] = OTHERWISE.exec(text) ?? [];
  if (otherwise !== undefined) {
    const kind = otherwise.toLowerCase() === 'retry' ? 'request_retry' : 'fail';
    return { kind: 'outcome', outcome: { kind, reason } };
  }
  if (text.startsWith('{')) return readJson(text, assignment);
  const [, filesFrom, words = text] = FILES.exec(text) ?? [];
  const answer = readText(words, fieldsOf(assignment));
  return answer.kind === 'result' && filesFrom !== undefined ? { ...answer, filesFrom } : answer;
}

function readJson(text: string, assignment: Assignment): Answer {
  let found: JsonObject;
  try {
    found = copyJsonObject(parseJson(text));
  } catch (reason) {
    return { kind: 'unusable', problem: BatonError.from(reason).message };
  }
  if (typeof found['kind'] === 'string') {
    const outcome = outcomeSchema.safeParse(found);
    if (outcome.success && outcome.data.kind !== 'ask')
      return { kind: 'outcome', outcome: outcome.data };
  }
  const { filesFrom, ...result } = found;
  const missing = fieldsOf(assignment)
    .filter(({ name, required }) => required && result[name] === undefined)
    .map(({ name }) => name);
  if (missing.length > 0) {
    return { kind: 'unusable', problem: `it lacks ${missing.join(', ')}` };
  }
  return { kind: 'result', result, ...(typeof filesFrom === 'string' && { filesFrom }) };
}

/** Fills the required fields with text: as a whole for a text, line by line for a list. */
function readText(text: string, fields: readonly OutputField[]): Answer {
  const required = fields.filter((field) => field.required);
  const wanting = required.filter(({ type }) => type === 'other').map(({ name }) => name);
  if (wanting.length > 0) {
    return {
      kind: 'unusable',
      problem: `text does not say ${wanting.join(', ')}: answer with JSON`,
    };
  }
  const lines = text.split('\n').flatMap((line) => {
    const item = line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim();
    return item === '' ? [] : [item];
  });
  const values = required.map(({ name, type, least }): [string, JsonValue] => {
    if (type === 'text') return [name, text];
    return [name, least > 0 ? lines : []];
  });
  if (required.length > 0) return { kind: 'result', result: Object.fromEntries(values) };
  // Every field was measured, so the text is a remark.
  return { kind: 'result', result: text === '' ? {} : { remark: text } };
}

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
