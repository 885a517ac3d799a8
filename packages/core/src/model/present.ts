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
