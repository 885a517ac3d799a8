import { hash } from 'node:crypto';
import { BatonError, type ErrorCode } from '../model/errors.ts';
import { canonicalJson, type JsonObject } from '../model/json.ts';
import type { StoredReply } from '../ports/workflow-store.ts';

/** Of a refusal that moved the workflow: the same request is refused the same way again. */
interface Refusal {
  readonly refused: { readonly code: ErrorCode; readonly message: string };
}

export function refusalOf({ code, message }: BatonError): Refusal {
  return { refused: { code, message } };
}

/** What is kept under a request id; absent for a request without one. */
export function toStoredReply(
  requestId: string | undefined,
  digest: string,
  body: object,
): StoredReply | undefined {
  return requestId === undefined ? undefined : { requestId, digest, body: body as JsonObject };
}

/**
 * The stored reply, if it was given to the same request.
 *
 * @throws BatonError `request_id_reused`; whatever the request was refused with.
 */
export function replayed<R>({ requestId, digest: stored, body }: StoredReply, digest: string): R {
  if (stored !== digest) {
    throw new BatonError(
      'request_id_reused',
      `request id '${requestId}' was used before for another request; a repeated request must be the same in every field`,
      { metadata: { requestId } },
    );
  }
  const { refused } = body as Partial<Refusal>;
  if (refused !== undefined) throw new BatonError(refused.code, refused.message);
  return body as R;
}

/** Tells whether two requests under one idempotency key are the same, whatever their keys' order. */
export function requestDigest(operation: string, body: object): string {
  return hash('sha256', `${operation} ${canonicalJson(body)}`, 'base64url');
}
