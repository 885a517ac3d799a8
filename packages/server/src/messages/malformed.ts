import { BatonError, type FieldViolation } from '@baton/core';
import type { DescMessage } from '@bufbuild/protobuf';
import { MAX_MESSAGE_BYTES } from '../limits.ts';

/** What there is of a request that is refused before it is worked on, with what its caller has to know. */
export class Malformed {
  readonly error: BatonError;

  constructor(error: BatonError) {
    this.error = error;
  }
}

/** A request that is larger than any may be. */
export const TOO_LARGE = new Malformed(
  new BatonError('limit_exceeded', `the message is larger than ${MAX_MESSAGE_BYTES} bytes`, {
    metadata: { limit: String(MAX_MESSAGE_BYTES) },
  }),
);

/** @param legal the names of fields, where one is unknown. */
export function notA(
  schema: DescMessage,
  violations: readonly FieldViolation[],
  legal: readonly string[] = [],
): BatonError {
  const found = violations.map(({ field, description }) =>
    field === '' ? description : `${field}: ${description}`,
  );
  return new BatonError('invalid_input', `not a ${schema.typeName}: ${found.join('; ')}`, {
    violations,
    legal,
  });
}
