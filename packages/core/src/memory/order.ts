/** The orders in which a store lists. */

export function byCreation(
  a: { readonly createdAt: number; readonly id: string },
  b: { readonly createdAt: number; readonly id: string },
): number {
  return a.createdAt - b.createdAt || byCodePoint(a.id, b.id);
}

/** As SQL's binary collations do; JavaScript's own order differs above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
