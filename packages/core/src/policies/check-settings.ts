import type { z } from 'zod';
import type { FieldViolation } from '../model/errors.ts';
import type { Redact } from '../model/redact.ts';
import { describeIssues, describeProtoKeys } from './describe-issues.ts';

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
