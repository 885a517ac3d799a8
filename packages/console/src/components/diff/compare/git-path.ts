/** Names with special bytes are quoted by git as in C. */
const ESCAPES: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 },
  ...{ '"': 34, '\\': 92 },
};

/** A path as git writes it, perhaps quoted. */
export function unquoted(path: string): string {
  if (!path.startsWith('"')) return path;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [, octal, escaped, plain] of path.slice(1, -1).matchAll(PIECES)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (escaped !== undefined) bytes.push(ESCAPES[escaped] ?? escaped.charCodeAt(0));
    else for (const byte of encoder.encode(plain)) bytes.push(byte);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    // No text: as git writes it, so that no two paths become one.
    return path;
  }
}

const PIECES = /\\([0-7]{3})|\\(.)|([^\\]+)/gs;

/** The path of `a/<path> b/<path>`; undefined where the two are not the same. */
export function headerPath(both: string): string | undefined {
  const middle = (both.length - 1) / 2;
  const [one, other] = [unquoted(both.slice(0, middle)), unquoted(both.slice(middle + 1))];
  const isSame = one.startsWith('a/') && other.startsWith('b/') && one.slice(2) === other.slice(2);
  return isSame && both[middle] === ' ' ? one.slice(2) : undefined;
}
