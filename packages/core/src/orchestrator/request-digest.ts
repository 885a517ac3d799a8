import { createHash } from 'node:crypto';

/** Tells whether two requests under one idempotency key are the same, whatever their keys' order. */
export function requestDigest(operation: string, body: object): string {
  return createHash('sha256')
    .update(`${operation} ${canonical(body)}`)
    .digest('base64url');
}

/** JSON with sorted keys; undefined members are left out, as JSON does. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonical(member)}`);
  }
  return `{${members.join(',')}}`;
}
