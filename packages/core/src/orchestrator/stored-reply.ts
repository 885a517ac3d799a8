import { hash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';
import { BatonError, type ErrorCode } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
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
  digest: RequestDigest,
  body: object,
): StoredReply | undefined {
  return requestId === undefined ? undefined : new Reply(requestId, body as JsonObject, digest);
}

/** A class, because getters that objects have of their own would give each object a shape of its own. */
class Reply implements StoredReply {
  readonly requestId: string;
  declare readonly digest: string;
  readonly body: JsonObject;
  readonly #digest: RequestDigest;

  constructor(requestId: string, body: JsonObject, digest: RequestDigest) {
    this.requestId = requestId;
    this.body = body;
    this.#digest = digest;
    Object.defineProperty(this, 'digest', Reply.#digestProperty);
  }

  /** A store that writes nothing out never asks for it, unless the request comes again. */
  static readonly #digestProperty: PropertyDescriptor & ThisType<Reply> = {
    enumerable: true,
    get() {
      return this.#digest();
    },
  };
}

/**
 * The stored reply, if it was given to the same request.
 *
 * @throws BatonError `request_id_reused`; whatever the request was refused with.
 */
export function replayed<R>(
  { requestId, digest: stored, body }: StoredReply,
  digest: RequestDigest,
): R {
  if (stored !== digest()) {
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
export type RequestDigest = () => string;

/** Made when it is asked for, once. @param body must not change. */
export function requestDigest(operation: string, body: object): RequestDigest {
  let digest: string | undefined;
  return () => {
    digest ??= hash('sha256', `${operation} ${canonicalJson(body)}`, 'base64url');
    return digest;
  };
}
