import { BatonError } from '@baton/core';
import type { Bucket } from './bucket.ts';
import { statusOf } from './s3-errors.ts';

const KEY = 'format';
/** Of the names and contents of the objects. */
const FORMAT = '1';

/**
 * Makes sure that the bucket is there and has nothing of a newer version, and that its server refuses to create what is
 * there, which everything rests on.
 *
 * @throws BatonError `invalid_input`, `unavailable`.
 */
export async function checkFormat(bucket: Bucket): Promise<void> {
  const body = await bucket.get(KEY);
  if (body === undefined) await create(bucket);
  else await check(bucket, body);
  if (!(await create(bucket))) return;
  const text = `${bucket.name}: its server replaced an object though it was asked to only create it (If-None-Match: *); expected a server that answers 412`;
  throw new BatonError('invalid_input', text);
}

async function create(bucket: Bucket): Promise<boolean> {
  try {
    return await bucket.create(KEY, Buffer.from(FORMAT));
  } catch (reason) {
    if (statusOf((reason as Error).cause) !== 501) throw reason;
    const text = `${bucket.name}: its server cannot only create an object (If-None-Match: *), which artifacts need`;
    throw new BatonError('invalid_input', text, { cause: reason });
  }
}

async function check(bucket: Bucket, body: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const found = Buffer.concat(chunks).toString('utf8').slice(0, 20);
  if (found === FORMAT) return;
  const text = `${bucket.name} has artifacts of format '${found}', expected ${FORMAT}: use a newer Baton, or another prefix`;
  throw new BatonError('invalid_input', text);
}
