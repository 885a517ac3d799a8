import { BatonError } from '@baton/core';
import { isCertificateProblem } from '../../stores/certificate-problem.ts';

/** What an error of the SDK has where a server answered. */
interface Answer {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** Errors of the SDK before it asks a server. */
const SETTINGS: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'found no credentials, expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role of the machine',
  'Region is missing': "found no region, expected 'region' of the URL or AWS_REGION",
};

/** Answers that come of being asked too much or at the wrong moment. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export function statusOf(reason: unknown): number | undefined {
  const status = (reason as Answer | undefined)?.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The server's own word for what went wrong, such as `NoSuchBucket`. */
function codeOf(reason: unknown): string {
  return String((reason as Answer | undefined)?.name ?? '');
}

/**
 * Converts what the SDK threw to a BatonError.
 *
 * @param where the bucket and its server, for people.
 */
export function toBatonError(reason: unknown, where: string): BatonError {
  if (BatonError.is(reason)) return reason;
  const failed = (code: 'invalid_input' | 'unavailable', text: string, retryable?: boolean) =>
    new BatonError(code, `${where}: ${text}`, { cause: reason, retryable });
  const code = codeOf(reason);
  const message = messageOf(reason);
  const setting = SETTINGS[code] ?? SETTINGS[message];
  if (setting !== undefined) return failed('invalid_input', setting);
  const status = statusOf(reason);
  if (status === undefined || status < 300) {
    return failed('unavailable', message, !isCertificateProblem(reason));
  }
  if (code === 'NoSuchBucket') {
    return failed('invalid_input', 'found no such bucket, expected one that exists');
  }
  const answer = message === '' ? code : `${code}: ${message}`;
  if (status === 401 || status === 403) {
    const expected = 'credentials that may read, write, list and delete objects here';
    return failed(
      'invalid_input',
      `found credentials that it refuses (${answer}), expected ${expected}`,
    );
  }
  if (status >= 500 || PASSING.has(status)) {
    return failed('unavailable', `it answered ${status} (${answer})`, status !== 501);
  }
  return failed('invalid_input', `it answered ${status} (${answer})`);
}

/** An answer without words has none, whatever the SDK puts there. */
function messageOf(reason: unknown): string {
  if (reason instanceof AggregateError && reason.message === '') {
    return reason.errors.map(messageOf).join('; ');
  }
  const { message } = BatonError.from(reason);
  return message === 'UnknownError' ? '' : message;
}
