import type { z } from 'zod';
import { areChecked } from '../model/checked-offers.ts';
import { BatonError, type FieldViolation } from '../model/errors.ts';
import type { ClaimOffer } from '../model/requests.ts';

/** Enough to mend a request by; a list of thousands would be larger than the request. */
const MOST_VIOLATIONS = 50;

/** `value` as `schema` has it. @throws BatonError `invalid_input` with every violation, or `limit_exceeded`. */
export function validate<T extends z.ZodType>(
  schema: T,
  value: unknown,
  what: string,
): z.output<T> {
  const parsed = parse(schema, value, what);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const violations = issues.slice(0, MOST_VIOLATIONS).map(
    (issue): FieldViolation => ({
      field: issue.path.join('.'),
      description: textOf(issue, value),
    }),
  );
  const found = violations.map((v) =>
    v.field === '' ? v.description : `${v.field}: ${v.description}`,
  );
  const more = issues.length - violations.length;
  if (more > 0) found.push(`and ${more} more`);
  const tooLarge = parsed.error.issues.some(
    (issue) => issue.code === 'custom' && issue.params?.['code'] === 'limit_exceeded',
  );
  throw new BatonError(
    tooLarge ? 'limit_exceeded' : 'invalid_input',
    `${what} is not valid: ${found.join('; ')}`,
    { violations },
  );
}

/** The same; what is offered to go on with is not checked again where it was before. */
export function validateTaking<T extends z.ZodType<object>>(
  schema: T,
  value: z.input<T>,
  what: string,
): z.output<T> {
  const { takeNext } = (value ?? {}) as { readonly takeNext?: readonly ClaimOffer[] };
  if (!areChecked(takeNext)) return validate(schema, value, what);
  return { ...validate(schema, { ...(value as object), takeNext: undefined }, what), takeNext };
}

/** A schema of a user's own may throw. */
function parse<T extends z.ZodType>(schema: T, value: unknown, what: string) {
  try {
    return schema.safeParse(value);
  } catch (cause) {
    const { message } = BatonError.from(cause);
    throw new BatonError('invalid_input', `${what} could not be checked: ${message}`, { cause });
  }
}

/** With what was found, of which zod tells nothing where it is too small or too large: its size, never a text. */
function textOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return issue.message;
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    value,
  );
  const size = typeof found === 'string' || Array.isArray(found) ? found.length : found;
  const unit = UNITS[issue.origin] ?? (String(issue.path.at(-1)).endsWith('Ms') ? ' ms' : '');
  const [least, limit] =
    issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  const bound =
    issue.inclusive === false ? { 'at least': 'more than', 'at most': 'less than' }[least] : least;
  return `expected ${bound} ${limit}${unit}, found ${size}${unit}`;
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };
