import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';

/** Tells whether two requests under one idempotency key are the same, whatever their keys' order. */
export function requestDigest(operation: string, body: object): string {
  return createHash('sha256')
    .update(`${operation} ${canonicalJson(body)}`)
    .digest('base64url');
}
