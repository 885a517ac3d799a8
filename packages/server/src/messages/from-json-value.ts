import type { FieldViolation } from '@baton/core';
import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import { notA } from './malformed.ts';
import { structFields } from './message-codec.ts';

/** Payloads have a limit of their own, and protobuf-es counts each of their levels twice. */
const OPTIONS = { recursionLimit: 1000 } as const;

/** Enough to mend a request by. */
const MOST_VIOLATIONS = 8;

/**
 * The message that a JSON value is in the protobuf JSON mapping.
 *
 * @throws BatonError `invalid_input` with the path of each field that is unknown, given twice, or of
 * another kind.
 */
export function fromJsonValue(schema: DescMessage, json: unknown): Message {
  const { rest, payloads } = withoutPayloads(schema, json);
  try {
    return Object.assign(read(schema, rest), payloads);
  } catch (reason) {
    const found = problemsOf(schema, json, []);
    const { violations, legal } = found.length > 0 ? told(found) : told([problem([], reason)]);
    throw notA(schema, violations, legal);
  }
}

function read(schema: DescMessage, json: unknown): Message {
  checkNumberText(schema, json);
  return fromJson(schema, json as JsonValue, OPTIONS);
}

/**
 * Payloads are JSON on both sides, and protobuf-es makes several objects of each of their values on the way
 * from one to the other. So it reads empty ones, and they come beside it.
 */
function withoutPayloads(
  schema: DescMessage,
  json: unknown,
): { readonly rest: unknown; readonly payloads: Readonly<Record<string, JsonObject>> } {
  const payloads: Record<string, JsonObject> = {};
  if (!isJsonObject(json)) return { rest: json, payloads };
  let rest = json;
  for (const name of structFields(schema).values()) {
    const payload = json[name];
    if (!isJsonObject(payload)) continue;
    payloads[name] = payload;
    rest = { ...rest, [name]: {} };
  }
  return { rest, payloads };
}

function isJsonObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

interface Problem {
  readonly violation: FieldViolation;
  /** The fields that there are, where one is unknown. */
  readonly legal: readonly string[];
}

function told(problems: readonly Problem[]) {
  return {
    violations: problems.slice(0, MOST_VIOLATIONS).map(({ violation }) => violation),
    legal: problems.find(({ legal }) => legal.length > 0)?.legal ?? [],
  };
}

function problem(path: readonly string[], reason: unknown, legal: readonly string[] = []): Problem {
  const { cause, message } = reason instanceof Error ? reason : new Error(String(reason));
  // The cause is about the field alone, without its type's name.
  const description = cause instanceof Error ? cause.message : message;
  return { violation: { field: path.join('.'), description }, legal };
}

/** What is wrong with each member by itself, down to the innermost that is. */
function problemsOf(schema: DescMessage, json: unknown, path: readonly string[]): Problem[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return [problem(path, `expected an object, found ${kindOf(json)}`)];
  }
  const known = new Map<DescField, string>();
  return Object.entries(json).flatMap(([name, value]) => {
    const field = schema.fields.find((one) => one.jsonName === name || one.name === name);
    if (field === undefined) {
      const legal = schema.fields.map(({ jsonName }) => jsonName);
      const description = `unknown field; fields: ${legal.join(', ')}`;
      return [problem([...path, name], description, legal)];
    }
    const here = [...path, field.name];
    const other = known.get(field);
    if (other !== undefined) return [problem(here, `given twice, as ${other} and ${name}`)];
    known.set(field, name);
    return problemsOfField(schema, field, value, here);
  });
}

function problemsOfField(
  schema: DescMessage,
  field: DescField,
  value: unknown,
  path: readonly string[],
): Problem[] {
  const reason = failure(schema, field, value);
  if (reason === undefined) return [];
  const inside = members(field, value).flatMap(([name, member, wrapped]) =>
    field.message !== undefined && !isWellKnown(field.message)
      ? problemsOf(field.message, member, [...path, ...name])
      : name.length === 0
        ? []
        : problemAt(failure(schema, field, wrapped), [...path, ...name]),
  );
  return inside.length > 0 ? inside : [problem(path, reason)];
}

function problemAt(reason: unknown, path: readonly string[]): Problem[] {
  return reason === undefined ? [] : [problem(path, reason)];
}

/** The values of a field with what leads to each, and each as the field's only one. */
function members(field: DescField, value: unknown): [string[], unknown, unknown][] {
  if (field.fieldKind === 'list') {
    return Array.isArray(value) ? value.map((one, index) => [[String(index)], one, [one]]) : [];
  }
  if (field.fieldKind === 'map') {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([key, one]) => [[key], one, { [key]: one }])
      : [];
  }
  return field.fieldKind === 'message' ? [[[], value, value]] : [];
}

function failure(schema: DescMessage, field: DescField, value: unknown): unknown {
  try {
    read(schema, { [field.jsonName]: value });
    return undefined;
  } catch (reason) {
    return reason;
  }
}

/** Such as a Duration, which is no object in JSON. */
function isWellKnown({ typeName }: DescMessage): boolean {
  return typeName.startsWith('google.protobuf.');
}

function kindOf(json: unknown): string {
  if (json === null) return 'null';
  return Array.isArray(json) ? 'a list' : typeof json;
}

/** What JSON has as a number, which the JSON mapping takes as text too. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const NO_NUMBERS = new Set(['NaN', 'Infinity', '-Infinity']);

const NOT_NUMBERS = new Set([ScalarType.STRING, ScalarType.BYTES, ScalarType.BOOL]);
const FRACTIONS = new Set([ScalarType.DOUBLE, ScalarType.FLOAT]);

type Check = (value: unknown) => void;

/**
 * Refuses numbers that are text of JavaScript's and not of JSON's, such as "0x10": protobuf-es reads them, and
 * other clients of the same mapping do not.
 *
 * @throws Error about the text alone
 */
function checkNumberText(schema: DescMessage, json: unknown): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return;
  const checks = checksOf(schema);
  if (checks.size === 0) return;
  for (const [name, value] of Object.entries(json)) checks.get(name)?.(value);
}

const known = new WeakMap<DescMessage, ReadonlyMap<string, Check>>();

/** By both names of a field, as the mapping reads both. */
function checksOf(schema: DescMessage): ReadonlyMap<string, Check> {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const checks = new Map<string, Check>();
  known.set(schema, checks);
  for (const field of schema.fields) {
    const check = checkOf(field);
    if (check === undefined) continue;
    checks.set(field.name, check).set(field.jsonName, check);
  }
  return checks;
}

function checkOf(field: DescField): Check | undefined {
  const one = checkOfOne(field);
  if (one === undefined) return undefined;
  if (field.fieldKind !== 'list' && field.fieldKind !== 'map') return one;
  return (value) => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(one);
  };
}

function checkOfOne({ message, scalar }: DescField): Check | undefined {
  if (message !== undefined) {
    // Well-known types have texts and numbers of their own kind.
    if (message.typeName.startsWith('google.protobuf.')) return undefined;
    return (value) => checkNumberText(message, value);
  }
  if (scalar === undefined || NOT_NUMBERS.has(scalar)) return undefined;
  const takesNoNumbers = FRACTIONS.has(scalar);
  return (value) => {
    if (typeof value !== 'string' || NUMBER.test(value)) return;
    if (takesNoNumbers && NO_NUMBERS.has(value)) return;
    throw new Error(`expected a decimal number, found '${value.slice(0, 40)}'`);
  };
}
