import { z } from 'zod';
import type { FieldViolation } from '../model/errors.ts';
import type { Redact } from '../model/redact.ts';

const SHOWN_CHARACTERS = 80;

/**
 * What is wrong with a document, by path: what was found and what was expected. What was found is
 * masked before it is cut: a key may stand where the name of its variable was expected.
 */
function describeIssues(
  schema: z.ZodType,
  error: z.ZodError,
  document: unknown,
  redact: Redact,
): readonly FieldViolation[] {
  return error.issues.flatMap(chosenIssues).flatMap((issue) => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(z.toJSONSchema(schema, { io: 'input' }), path);
      return issue.keys.map((key) => ({
        field: pathText([...path, key]),
        description: `unknown key; expected one of ${known.join(', ')}`,
      }));
    }
    const field = pathText(path);
    if (issue.code === 'custom') return [{ field, description: issue.message }];
    return [
      { field, description: `found ${shown(valueAt(document, path), redact)}; ${expected(issue)}` },
    ];
  });
}

/**
 * The keys `__proto__` of a document, which records leave out without a word, and what is expected in
 * their place.
 */
function describeProtoKeys(schema: z.ZodType, document: unknown): readonly FieldViolation[] {
  const paths = protoPaths(document, []);
  if (paths.length === 0) return [];
  const root = z.toJSONSchema(schema, { io: 'input' });
  return paths.map((path) => {
    const known = keysAt(root, path.slice(0, -1));
    const expected = known.length === 0 ? 'another name' : `one of ${known.join(', ')}`;
    return { field: pathText(path), description: `unknown key; expected ${expected}` };
  });
}

function protoPaths(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return name === '__proto__' ? [here] : protoPaths(member, here);
  });
}

/**
 * Of a choice between kinds of values, what is wrong by the one kind that was found. Where none was,
 * the choice itself.
 */
function chosenIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ofKind = issue.errors.filter((choice) => !choice.some(isOfOtherKind));
  const [chosen, ...more] = ofKind;
  if (chosen === undefined || more.length > 0) return [issue];
  return chosen
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    .flatMap(chosenIssues);
}

function isOfOtherKind({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

/** The kinds of values that a choice is between. */
function kindsOf({ errors }: z.core.$ZodIssueInvalidUnion): readonly string[] {
  const kinds = errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? inner.expected : []));
  return [...new Set(kinds)];
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') {
    return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_union') return `expected ${kindsOf(issue).join(' or ')}`;
  return issue.message;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function shown(value: unknown, redact: Redact): string {
  if (value === undefined) return 'nothing';
  const text = redact(JSON.stringify(value) ?? String(value));
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    document,
  );
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  /** Of a choice between kinds of values. */
  readonly anyOf?: readonly SchemaNode[];
  /** Of an object whose keys are free. */
  readonly additionalProperties?: unknown;
  readonly propertyNames?: { readonly enum?: readonly string[] };
}

/** The keys that an object at `path` may have. */
function keysAt(root: unknown, path: readonly PropertyKey[]): readonly string[] {
  let node = root as SchemaNode | undefined;
  for (const key of path) {
    const member = node?.properties?.[String(key)] ?? node?.additionalProperties;
    const next = typeof key === 'number' ? node?.items : member;
    node = objectOf(next as SchemaNode | undefined);
  }
  return node?.propertyNames?.enum ?? Object.keys(node?.properties ?? {});
}

/** The object among the kinds of values that may stand there. */
function objectOf(node: SchemaNode | undefined): SchemaNode | undefined {
  return node?.anyOf?.find(({ properties }) => properties !== undefined) ?? node;
}

/** `commands.verify[0].argv` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : text === ''
          ? String(key)
          : `${text}.${String(key)}`,
    '',
  );
}

export type CheckedSettings<T> =
  | { readonly kind: 'valid'; readonly settings: T }
  | { readonly kind: 'invalid'; readonly violations: readonly FieldViolation[] };

/** Holds a settings file against its schema: what is wrong says by path what was found and expected. */
export function checkSettings<S extends z.ZodType>(
  schema: S,
  document: unknown,
  redact: Redact,
): CheckedSettings<z.output<S>> {
  const parsed = schema.safeParse(document);
  const left = describeProtoKeys(schema, document);
  if (parsed.success && left.length === 0) return { kind: 'valid', settings: parsed.data };
  const found = parsed.success ? [] : describeIssues(schema, parsed.error, document, redact);
  const more = left.filter(({ field }) => !found.some((one) => one.field === field));
  return { kind: 'invalid', violations: [...found, ...more] };
}

/** What is wrong with a settings file, a line each. */
export function violationLines(violations: readonly FieldViolation[]): readonly string[] {
  return violations.map(({ field, description }) =>
    field === '' ? description : `${field}: ${description}`,
  );
}
