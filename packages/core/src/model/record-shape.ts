import { z } from 'zod';
import type { JsonObject } from './json.ts';

/** What stored records and files are made of. */

export const count = z.int().nonnegative();
/** Milliseconds since the Unix epoch. */
export const time = z.int().nonnegative();
export const text = z.string();
/** An id: stores separate what they index by NUL, and not all keep lone surrogates. */
export const id = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'));
/** What `defineWorkflow` takes for the name of a state or a role. */
export const NAME = /^[a-z][a-z0-9_]{0,63}$/;
/** A definition's name is no key of an object that people write, so it may have hyphens. */
export const DEFINITION_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

export const name = z.string().regex(NAME);
export const definitionName = z.string().regex(DEFINITION_NAME);
/** As it was parsed: a copy might lose keys that mean something to JavaScript. */
export const json = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON object',
);
export const texts = z.array(text).readonly();

/** An object of `shape` in which every key is there; what may be absent is `undefined`. */
type Whole<S extends z.ZodRawShape> = { readonly [K in keyof S]: z.output<S[K]> };

/** The schema of a stored object: JSON leaves out keys without a value, which `completeSnapshot` adds. */
export function record<S extends z.ZodRawShape>(shape: S) {
  return z.object(shape) as unknown as z.ZodType<Whole<S>> & { readonly shape: S };
}

/**
 * A record by names that callers choose. `z.record` leaves `__proto__` out without a word: here it is a
 * key like any other, so that the code that knows the legal names can refuse it.
 */
export function recordByName<V extends z.ZodType>(value: V, name: z.ZodString = z.string()) {
  const schema = z.unknown().transform((found, context) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      context.addIssue({ code: 'custom', message: 'expected an object' });
      return z.NEVER;
    }
    const entries = Object.entries(found).map(([key, member]) => {
      const parsed = value.safeParse(member);
      const issues = [
        ...(name.safeParse(key).success ? [] : [{ message: 'is no name', path: [] }]),
        ...(parsed.error?.issues ?? []),
      ];
      for (const { message, path } of issues) {
        context.addIssue({ code: 'custom', message, path: [key, ...path] });
      }
      return [key, parsed.data] as const;
    });
    return Object.fromEntries(entries);
  });
  return schema as z.ZodType as z.ZodType<
    Record<string, z.output<V>>,
    Readonly<Record<string, z.input<V>>>
  >;
}

/** The same without members that are undefined. */
export type Present<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/** Options of which each has a value, by the caller or by default. */
export type Resolved<T> = { [Name in keyof T]-?: Exclude<T[Name], undefined> };

/**
 * The members that are there: one that is undefined is absent, and replaces no default.
 *
 * @example
 * const resolved = { pollMs: 500, ...present(options) };
 */
export function present<T extends object>(members: T): Present<T> {
  const found = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as Present<T>;
}
