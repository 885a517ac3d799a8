import type { z } from 'zod';
import { currentFailure } from './cancelled.ts';
import { type WorkflowSnapshot, workflowSchema } from './workflow.ts';

type Absent<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** A snapshot as JSON brings it back: keys without a value are missing. */
export type StoredSnapshot = Omit<WorkflowSnapshot, Absent<WorkflowSnapshot>> &
  Partial<Pick<WorkflowSnapshot, Absent<WorkflowSnapshot>>>;

type Kind = 'string' | 'number' | 'object' | 'array';
type Complete = (value: unknown) => unknown;

interface Key {
  readonly name: string;
  /** The kind of value that every record has there; undefined: a record may lack the key. */
  readonly kind: Kind | undefined;
  /** Adds what is missing inside; undefined: nothing can be. */
  readonly complete: Complete | undefined;
}

const KEYS = keysOf(workflowSchema.shape);

/**
 * `stored` with every key in its place, and what older versions recorded otherwise as this one has it.
 *
 * @throws TypeError for JSON of another shape, naming the key.
 */
export function completeSnapshot(stored: StoredSnapshot): WorkflowSnapshot {
  for (const { name, kind } of KEYS) {
    if (kind === undefined) continue;
    const found = kindOf(stored[name as keyof StoredSnapshot]);
    if (found !== kind) throw new TypeError(`${name}: expected ${kind}, found ${found}`);
  }
  const whole = completeKeys(KEYS, stored as Members) as Writable;
  if (whole.failure !== undefined) whole.failure = currentFailure(whole.failure);
  return whole;
}

type Writable = { -readonly [K in keyof WorkflowSnapshot]: WorkflowSnapshot[K] };
type Members = Readonly<Record<string, unknown>>;

function completeKeys(
  keys: readonly Key[],
  stored: Members,
  whole: Record<string, unknown> = {},
): object {
  for (const { name, complete } of keys) {
    const value = stored[name];
    whole[name] = complete === undefined || value === undefined ? value : complete(value);
  }
  return whole;
}

function keysOf(shape: Readonly<Record<string, z.ZodType>>): readonly Key[] {
  return Object.entries(shape).map(([name, schema]) => ({
    name,
    kind: kindIn(schema),
    complete: completerOf(schema),
  }));
}

/** What zod's schemas tell of themselves, as far as it matters here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

function definitionOf(schema: z.ZodType): Definition {
  return (schema as unknown as { def: Definition }).def;
}

function completerOf(schema: z.ZodType): Complete | undefined {
  const { innerType, element, shape } = definitionOf(schema);
  if (innerType !== undefined) return completerOf(innerType);
  if (element !== undefined) {
    const complete = completerOf(element);
    return complete && ((value) => (value as unknown[]).map(complete));
  }
  if (shape === undefined) return undefined;
  const keys = keysOf(shape);
  const isAlwaysWhole = keys.every(({ kind, complete }) => kind !== undefined && !complete);
  if (isAlwaysWhole) return undefined;
  // What a newer version knows more of is kept.
  return (value) => completeKeys(keys, value as Members, { ...(value as Members) });
}

function kindIn(schema: z.ZodType): Kind | undefined {
  const { type, innerType } = definitionOf(schema);
  switch (type) {
    case 'optional':
      return undefined;
    case 'readonly':
      return kindIn(innerType as z.ZodType);
    case 'string':
    case 'number':
    case 'array':
      return type;
    default:
      // Objects, and records by names and payloads, which zod knows as transforms and as custom.
      return 'object';
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
