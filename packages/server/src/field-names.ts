/**
 * What a field of a core request is called on the wire, where it is not the same word in snake_case:
 * core counts milliseconds and seconds, the wire has durations.
 */
const RENAMED: Readonly<Record<string, string>> = {
  leaseMs: 'lease',
  timeoutSeconds: 'timeout',
  retryAfterMs: 'retry_after',
  token: 'claim_token',
};

/**
 * The path of a core request's field as protobuf names it. Only the first part is a field of ours:
 * what follows `result` or `requirements` is the caller's own.
 */
export function toWireField(path: string): string {
  const { first, rest } = split(path);
  return (RENAMED[first] ?? toSnakeCase(first)) + rest;
}

/** The same path as the protobuf JSON mapping names it. */
export function toJsonField(path: string): string {
  const { first, rest } = split(path);
  return toCamelCase(RENAMED[first] ?? first) + rest;
}

function split(path: string): { first: string; rest: string } {
  const end = path.indexOf('.');
  return end === -1
    ? { first: path, rest: '' }
    : { first: path.slice(0, end), rest: path.slice(end) };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
