import { BatonError } from '../model/errors.ts';

/** Where the error of a command that was ended has the end of what it wrote. */
const WROTE = 'wrote';

/** `reason`, with what the role says of its command, whose attempt was ended for that reason. */
export function addLastWords(reason: unknown, ofRole: unknown): BatonError {
  const error = BatonError.from(reason);
  const wrote = BatonError.is(ofRole) ? ofRole.metadata[WROTE] : undefined;
  if (wrote === undefined || WROTE in error.metadata) return error;
  return copyOf(error, error.message, { ...error.metadata, [WROTE]: wrote });
}

/** `error`, whose message ends with the last words of its `cause`, for people. */
export function tellLastWords(error: BatonError, cause: BatonError): BatonError {
  const wrote = cause.metadata[WROTE];
  if (wrote === undefined) return error;
  return copyOf(error, `${error.message}; its command wrote last:\n${wrote}`, error.metadata);
}

function copyOf(
  { code, retryable, violations, legal, cause }: BatonError,
  message: string,
  metadata: BatonError['metadata'],
): BatonError {
  return new BatonError(code, message, { retryable, violations, legal, metadata, cause });
}
