import type { GetObjectCommandOutput, S3ClientConfig } from '@aws-sdk/client-s3';
import { BatonError } from '@baton/core';
import type { resolveS3Options } from './s3-artifact-store-options.ts';
import { statusOf, toBatonError } from './s3-errors.ts';

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** By the server's clock, in milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
}

/** What Baton needs of a bucket. Keys are those behind its prefix. All fail with a BatonError. */
export interface Bucket {
  /** For people. */
  readonly name: string;
  /** Writes an object; one that is there is replaced. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** Writes an object under a free key; false where it is taken. Who heard no answer finds its own there. */
  create(key: string, body: Uint8Array): Promise<boolean>;
  /** An object, or bytes of it up to and without `to`; undefined where there is none. */
  get(key: string, range?: ObjectRange): Promise<AsyncIterable<Uint8Array> | undefined>;
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removes an object; one that is gone is no error. */
  remove(key: string): Promise<void>;
  explain(reason: unknown): BatonError;
  close(): void;
}

interface ObjectRange {
  readonly from: number;
  readonly to: number;
}

const CONNECT_MS = 5000;

/** @throws BatonError `invalid_input` when the SDK is not installed. */
export async function openBucket(options: ReturnType<typeof resolveS3Options>): Promise<Bucket> {
  const { bucket, prefix, endpoint } = options;
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const text =
      "artifacts in a bucket need the package '@aws-sdk/client-s3': npm install @aws-sdk/client-s3";
    throw new BatonError('invalid_input', text, { cause });
  });
  const client = new sdk.S3Client(configOf(options));
  const start = prefix === '' ? '' : `${prefix}/`;
  const name = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const where = endpoint === undefined ? name : `${name} at ${endpoint}`;
  const explain = (reason: unknown): BatonError => toBatonError(reason, where);
  const at = (key: string) => ({ Bucket: bucket, Key: start + key });

  async function told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (reason) {
      throw explain(reason);
    }
  }

  async function pageOf(given: string, token: string | undefined) {
    const asked = { Bucket: bucket, Prefix: start + given, ContinuationToken: token };
    return told(client.send(new sdk.ListObjectsV2Command(asked)));
  }

  return {
    name: where,

    async put(key, body) {
      await told(client.send(new sdk.PutObjectCommand({ ...at(key), Body: body })));
    },

    async create(key, body) {
      try {
        const command = { ...at(key), Body: body, IfNoneMatch: '*' };
        await client.send(new sdk.PutObjectCommand(command));
        return true;
      } catch (reason) {
        const status = statusOf(reason);
        // 409: another process writes it at this moment.
        if (status === 412 || status === 409) return false;
        throw explain(reason);
      }
    },

    async get(key, range) {
      const bytes = range && `bytes=${range.from}-${range.to - 1}`;
      try {
        const found = await client.send(new sdk.GetObjectCommand({ ...at(key), Range: bytes }));
        return chunksOf(found, explain);
      } catch (reason) {
        const error = explain(reason);
        if (statusOf(reason) === 404 && isOfObject(reason)) return undefined;
        throw error;
      }
    },

    async *list(given) {
      let token: string | undefined;
      do {
        const page = await pageOf(given, token);
        for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
          const modifiedAt = LastModified?.getTime() ?? Number.POSITIVE_INFINITY;
          yield { key: Key.slice(start.length), size: Size, modifiedAt };
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    async remove(key) {
      await told(client.send(new sdk.DeleteObjectCommand(at(key))));
    },

    explain,
    close: () => client.destroy(),
  };
}

function configOf(options: ReturnType<typeof resolveS3Options>): S3ClientConfig {
  const { endpoint, region, forcePathStyle, credentials, idleTimeoutMs } = options;
  return {
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials: credentials as S3ClientConfig['credentials'] }),
    // Servers that are not Amazon's refuse checksums that they do not know; content has digests of its own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(CONNECT_MS, idleTimeoutMs),
      // No limit to the whole: a large content takes its time on a slow line.
      socketTimeout: idleTimeoutMs,
    },
  } as S3ClientConfig;
}

function isOfObject(reason: unknown): boolean {
  return (reason as { name?: unknown }).name !== 'NoSuchBucket';
}

/** The bytes of an answer. It is closed when its reader stops. */
async function* chunksOf(
  { Body: body }: GetObjectCommandOutput,
  explain: (reason: unknown) => BatonError,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body as unknown as AsyncIterable<Uint8Array>;
  } catch (reason) {
    throw explain(reason);
  }
}
