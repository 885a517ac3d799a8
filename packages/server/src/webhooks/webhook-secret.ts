import { createHmac } from 'node:crypto';

/** What a secret has to be, for people. */
export const SECRET_FORM = "'whsec_' and 24 to 64 bytes in base64";

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** The key of a secret as Standard Webhooks writes it; undefined for what is none. */
export function secretKey(secret: string): Buffer | undefined {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined;
  if (encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : undefined;
}

/**
 * The headers of a message after Standard Webhooks, with a signature for each key: while a secret is rotated,
 * receivers know one or the other.
 *
 * @param seconds since the Unix epoch, of this try.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  keys: readonly Buffer[],
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): Readonly<Record<string, string>> {
  const signatures = keys.map((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
    return `v1,${digest}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}
