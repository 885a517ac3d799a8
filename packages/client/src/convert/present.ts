import { BatonError } from '@baton/core/errors';

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that have no value. */
export function present<T extends object>(members: T): Present<T> {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Present<T>;
}

/** @throws BatonError `invalid_input` that names `field`, for what is no count. */
export function counted(value: number, field: string): bigint {
  if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw invalid(field, `expected a whole number, 0 to ${Number.MAX_SAFE_INTEGER}, found ${value}`);
}

export function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
